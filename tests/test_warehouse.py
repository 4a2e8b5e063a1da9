"""The warehouse's file: damaged, in use, or not to be written. What is damaged is made anew, and nothing else is."""

import subprocess
import sys
from pathlib import Path

import pytest

from safer_assets import warehouse
from safer_assets.errors import WarehouseError
from safer_assets.refresh import BoardRefresh
from safer_assets.warehouse import damaged_copies, only_refresh, open_warehouse, read_through

HEADERS, BLOCK = 12288, 262144  # of a DuckDB file
HOLD = (
    "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
)


@pytest.fixture
def refresh(tmp_path: Path) -> BoardRefresh:
    """A warehouse with a table that is longer than a block of the file."""
    made = BoardRefresh(partnership="barnet", source=str(tmp_path), store=str(tmp_path / "store"))
    with open_warehouse(made) as con:
        con.execute("create table raw.kept as select uuid() as a from range(100000)")
    return made


def overwrite(path: Path, at: int, size: int = 4096) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * size)


def tables(refresh: BoardRefresh) -> int:
    with open_warehouse(refresh, read_only=True) as con:
        return len(con.execute("select * from duckdb_tables()").fetchall())


@pytest.mark.parametrize("at", [0, 4096, 8192])
def test_a_file_that_cannot_be_opened_is_moved_aside_and_made_anew(refresh: BoardRefresh, at: int) -> None:
    overwrite(refresh.warehouse_file, at, 8192)
    damaged = refresh.warehouse_file.read_bytes()
    with pytest.raises(WarehouseError, match=r"is damaged .* The next refresh makes it anew"):
        tables(refresh)
    assert refresh.warehouse_file.read_bytes() == damaged, "who only reads changes nothing"
    with open_warehouse(refresh) as con:
        con.execute("create table raw.fresh (n integer)")
    assert tables(refresh) == 1
    assert [path.read_bytes() for path in damaged_copies(refresh)] == [damaged]


def test_damage_that_shows_later_ends_the_work_and_the_next_opening_makes_it_anew(refresh: BoardRefresh) -> None:
    with open_warehouse(refresh) as con:
        found = con.execute("select max(block_id) from pragma_storage_info('raw.kept')").fetchone()
    assert found
    overwrite(refresh.warehouse_file, HEADERS + BLOCK * found[0] + 100, 16)
    with (
        pytest.raises(WarehouseError, match=r"and was moved to warehouse\.duckdb\.damaged-"),
        open_warehouse(refresh) as con,
    ):
        read_through(con)
    assert not refresh.warehouse_file.exists()
    with open_warehouse(refresh) as con:
        read_through(con)


def test_a_file_in_use_is_named_with_its_user_and_left_alone(
    refresh: BoardRefresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "PATIENCE_SECONDS", 0.3)
    words = [sys.executable, "-c", HOLD, str(refresh.warehouse_file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == "open\n"
        with (
            pytest.raises(WarehouseError, match=rf"open in another program \(.*PID {reader.pid}"),
            open_warehouse(refresh),
        ):
            pass
        assert tables(refresh) == 1, "two readers do not disturb each other"
    assert damaged_copies(refresh) == []
    with open_warehouse(refresh):
        pass


def test_a_folder_in_place_of_the_file_is_no_damage(refresh: BoardRefresh) -> None:
    refresh.warehouse_file.unlink()
    refresh.warehouse_file.mkdir()
    with pytest.raises(WarehouseError, match="cannot be used"), open_warehouse(refresh):
        pass
    assert refresh.warehouse_file.is_dir()


def test_a_second_refresh_of_a_store_is_kept_out_and_one_of_another_store_is_not(
    refresh: BoardRefresh, tmp_path: Path
) -> None:
    with only_refresh(refresh.home):
        with pytest.raises(WarehouseError, match="is under way"), only_refresh(refresh.home):
            pass
        with only_refresh(tmp_path / "another" / "real"):
            pass
    with only_refresh(refresh.home):
        pass


def test_an_error_that_is_nobodys_fault_goes_on_as_it_is(refresh: BoardRefresh) -> None:
    with pytest.raises(ValueError, match="mine"), only_refresh(refresh.home), open_warehouse(refresh):
        raise ValueError("mine")
    with pytest.raises(FileNotFoundError), only_refresh(refresh.home):
        Path("nowhere at all").read_bytes()


def test_without_a_warehouse_there_is_nothing_to_read(tmp_path: Path) -> None:
    empty = BoardRefresh(partnership="barnet", source=str(tmp_path), store=str(tmp_path / "store"))
    with pytest.raises(WarehouseError, match="does not exist yet"), open_warehouse(empty, read_only=True):
        pass
