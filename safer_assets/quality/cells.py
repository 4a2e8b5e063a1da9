"""Cells of `incoming` as SQL: blank, trimmed, quoted for a message; and reference rows as SQL literals.

What is here: small pieces of SQL that rules are written with. What is not: any rule. Nothing here or in the rules takes
a name or a value from a landed file, so no SQL is made of somebody else's text.
"""

from collections.abc import Sequence
from typing import Final

# Nine digits fit an INTEGER; a larger count of crimes in one cell is no count.
WHOLE_NUMBER: Final = r" *\d{1,9} *"

LSOA_CODE: Final = r"[EW]01\d{6}"
GSS_CODE: Final = r"[EWSNKJ]\d{8}"


PAIR: Final = "trim(coalesce(offence_group, '')) || ' / ' || trim(coalesce(offence_subgroup, ''))"
"""SQL of a row's (group, sub-group) pair as reference/offence_aliases.csv has it."""


def sql(*clauses: str) -> str:
    """One statement or relation from its clauses, so that each stands on its own line."""
    return " ".join(clauses)


def text(column: str) -> str:
    """SQL of a cell as text, blank where there is none."""
    return f"coalesce({column}, '')"


def key(column: str) -> str:
    """SQL of a name as the models join it: trimmed, in lower case, blank where there is none."""
    return f"lower(trim(coalesce({column}, '')))"


def literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def values(rows: Sequence[Sequence[str]]) -> str:
    """Reference rows as an SQL VALUES list."""
    return ", ".join("(" + ", ".join(literal(cell) for cell in row) + ")" for row in rows)


def number_reason(column: str) -> str:
    """SQL that says in words what is wrong with a cell that is no whole number."""
    shown = f"'\"' || {column} || '\"'"
    return (
        f"case when trim({text(column)}) = '' then 'the cell is blank' "
        f"when try_cast({column} as double) is null then {shown} || ' is not a number' "
        f"when try_cast({column} as double) < 0 then {shown} || ' is negative' "
        f"when try_cast({column} as double) <> floor(try_cast({column} as double)) then {shown} || ' is not whole' "
        f"else {shown} || ' is not written as a whole number that a month can hold' end"
    )


def quoted(what: str, column: str = "value") -> str:
    """SQL of a reason that shows the value: '"x" <what>'."""
    return f"'\"' || {column} || '\" ' || {literal(what)}"
