"""The errors a person is meant to read: every one names the file, the place, the number and the next step.

What is here: the error classes of all rooms. What is not: wording, which is written where the error is raised.
"""


class SaferError(Exception):
    """A problem that the person running the platform can act on; the CLI prints its text and no traceback."""


class SettingsError(SaferError):
    """A partnership's settings, or a run's configuration, cannot be used. Names the file and line."""


class FeedError(SaferError):
    """A file that a feed knows but must refuse. Names the file, the column or row, and what to do."""


class MapError(SaferError):
    """A map, or an area that somebody drew, cannot be used. Says what is wrong, where, and what to do."""


class FetchError(SaferError):
    """A publisher could not be read. Names the address, what came in place of the file, and what to do."""


class LandingError(SaferError):
    """Nothing usable could be landed, or a landed file is damaged."""


class GateError(SaferError):
    """The quality gate keeps a file, and so the board pack, back."""


class WarehouseError(SaferError):
    """The warehouse cannot be opened, read or written. Names the file, and what becomes of it."""


class BackupError(SaferError):
    """A backup cannot be written or restored. Names the file or member, and what to do."""


class PackError(SaferError):
    """A board pack cannot be made, read or written."""
