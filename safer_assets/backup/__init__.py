"""Backup and restore of what one partnership has landed, and of its warehouse.

What is here: one tar file, written whole, and a store made from it, checked before it is put in place. What is not:
packs (they are made again) and settings (they are kept with the code). The tar file is not packed: one damaged byte
costs one member and not the rest, every machine can look into it, and whatever keeps it can pack it better.
"""

from safer_assets.backup.contents import Contents, Member
from safer_assets.backup.restoring import restore
from safer_assets.backup.writing import backup

__all__ = ["Contents", "Member", "backup", "restore"]
