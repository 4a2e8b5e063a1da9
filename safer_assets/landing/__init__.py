"""Files in: recognised by content, kept for ever under their sha256, each with a small manifest.

What is here: landing a folder, the store of landed files, archives, and when a file was available. What is not: how a
feed is recognised or read (feeds/), what is wrong with its rows (quality/). No landed file is ever changed.
"""

from safer_assets.landing.land import Landing, LandingReport, Progress
from safer_assets.landing.manifest import Manifest, Refusal

__all__ = ["Landing", "LandingReport", "Manifest", "Progress", "Refusal"]
