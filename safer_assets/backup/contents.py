"""What a backup says of itself: the last member of its tar file.

What is here: its fields, and which names may stand in a backup. What is not: writing and reading (writing.py,
restoring.py).
"""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

CONTRACT: Final = 1
CONTENTS: Final = "contents.json"
WAREHOUSE: Final = "warehouse.duckdb"
LANDING: Final = "landing"


class Member(BaseModel):
    """One file of a backup: its path in the store, its mode (permissions alone), size and sha256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    mode: int = Field(ge=0, le=0o777)
    bytes: int = Field(ge=0)
    sha256: str


class Contents(BaseModel):
    """Everything in a backup, and whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contract: int
    partnership: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    kind: Literal["real", "sample"]
    made_at: datetime
    landed_files: int
    members: tuple[Member, ...]


def has_its_place(name: str) -> bool:
    """Whether a store may have a file of that name: below landing/, or the warehouse, and nowhere else."""
    path = PurePosixPath(name)
    if str(path) != name or path.is_absolute() or ".." in path.parts:
        return False
    return name == WAREHOUSE or (path.parts[0] == LANDING and len(path.parts) > 1)
