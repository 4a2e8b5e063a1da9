"""How long and how much memory: the sample twice, and 36 months of 95,000 street rows. `make bench` prints a table.

What is here: measurements, never assertions; a slow machine is not a defect.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

ROWS, MONTHS = 95_000, 36
SAFER = Path(sys.executable).with_name("safer")


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print seconds, and the largest memory any child has had so far."""
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{what:<58} {seconds:7.1f} s   peak so far {peak:7.0f} MiB")  # noqa: T201 # this is what it is for


def safer(place: Path, *words: str) -> None:
    """Run `safer refresh` in a place of its own."""
    environment = os.environ | {"DAGSTER_HOME": str(place / "dagster")}
    command = [str(SAFER), "refresh", "--store", str(place / "store"), "--out", str(place / "out"), *words]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def write_street(folder: Path, rows: int = ROWS, months: int = MONTHS) -> None:
    """Street files of a force of this size, in the archive's layout; one in nine rows is anti-social behaviour."""
    kinds = [
        *("Violence and sexual offences", "Other theft", "Vehicle crime", "Burglary", "Drugs", "Robbery"),
        *("Public order", "Shoplifting", "Anti-social behaviour"),
    ]
    with duckdb.connect() as con:
        for number in range(months):
            month = f"{2023 + number // 12}-{number % 12 + 1:02d}"
            path = folder / month / f"{month}-metropolitan-street.csv"
            path.parent.mkdir(parents=True)
            con.execute(
                """
                copy (
                    select
                        case when kind <> 'Anti-social behaviour' then sha256(concat($month, n)) end as "Crime ID",
                        $month as "Month",
                        'Metropolitan Police Service' as "Reported by",
                        'Metropolitan Police Service' as "Falls within",
                        round(-0.3 + (n % 1000) / 3000.0, 6) as "Longitude",
                        round(51.5 + (n % 777) / 7000.0, 6) as "Latitude",
                        'On or near Street ' || n % 5000 as "Location",
                        'E0100' || lpad(cast(1000 + n % 4835 as varchar), 4, '0') as "LSOA code",
                        list_extract(['Barnet', 'Brent', 'Harrow', 'Camden'], 1 + cast(n % 4 as integer))
                            || ' 00' || n % 9 || 'A' as "LSOA name",
                        kind as "Crime type",
                        case when kind <> 'Anti-social behaviour' then 'Under investigation' end
                            as "Last outcome category",
                        null as "Context"
                    from (select n, list_extract($kinds, 1 + cast(n % 9 as integer)) as kind from range($rows) as r (n))
                ) to $path (header)
                """,
                {"month": month, "kinds": kinds, "rows": rows, "path": str(path)},
            )


def main(_: Sequence[str] = ()) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with measured("sample, first time"):
            safer(place / "sample")
        with measured("sample, nothing new"):
            safer(place / "sample")
        write_street(place / "street")
        asked = ("--source", str(place / "street"), "--basis", "latest", "--data-month", "2025-12")
        with measured(f"{MONTHS} months x {ROWS:,} street rows, first time"):
            safer(place / "large", *asked)
        with measured("the same, nothing new"):
            safer(place / "large", *asked)
        size = (place / "large" / "store" / "barnet" / "real" / "warehouse.duckdb").stat().st_size / 2**20
        print(f"warehouse file {size:.0f} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
