"""Packed files that mean harm: they cost a bounded share of disk, memory and time, and write nowhere but in staging."""

import bz2
import gzip
import io
import lzma
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from landing.landing_files import borough, fill

from safer_assets.landing import Landing, LandingReport
from safer_assets.landing.archives import RATIO_FREE_BYTES

MEGABYTE = 1 << 20


def land(folder: Path, content: bytes) -> LandingReport:
    """Land one file and look that nothing stays but the store's own files."""
    landing = Landing(folder / "landing")
    report = landing.land(fill(folder / "source", {"x": content}))
    below = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
    assert below == {"source", "landing"}, "something was written outside the store"
    assert not (landing.root / "staging").exists()
    return report


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def overlapping(files: int, size: int) -> bytes:
    """A zip of many names for one packed stream: each is harmless, together they unpack to files x size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"\x20" * size
    kernel = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(kernel), size, 1, 0) + b"a"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(kernel), size, 1, *[0] * 6) + b"a"
    directory = entry * files
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, files, files, len(directory), len(header) + len(kernel), 0)
    return header + kernel + directory + end


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: gzip.compress(b"\x20" * (4 * RATIO_FREE_BYTES)), id="gzip"),
        pytest.param(lambda: zipped({"a": b"\x20" * (4 * RATIO_FREE_BYTES)}), id="zip"),
        pytest.param(lambda: zipped({"b.zip": zipped({"a": b"\x20" * (4 * RATIO_FREE_BYTES)})}), id="nested"),
        pytest.param(lambda: gzip.compress(gzip.compress(b"\x20" * (4 * RATIO_FREE_BYTES))), id="gzip-in-gzip"),
        pytest.param(lambda: overlapping(60_000, 60 * MEGABYTE), id="many-names"),
        pytest.param(lambda: overlapping(4_000, 60 * MEGABYTE), id="overlapping"),
        pytest.param(lambda: zipped({f"{n}": b"\x20" * (16 * MEGABYTE) for n in range(16)}), id="many-members"),
    ],
)
def test_a_bomb_costs_little_and_is_refused_by_name(bomb: object, tmp_path: Path) -> None:
    """Threat: archive bombs."""
    assert callable(bomb)
    content = bomb()
    begun = time.process_time()
    report = land(tmp_path, content)
    assert report.new == []
    (refusal,) = report.refused
    assert refusal.name.startswith("x")
    assert "unpack" in refusal.reason or "Overlapped" in refusal.reason or "more than 50,000 files" in refusal.reason
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(("method", "pack"), [(zipfile.ZIP_LZMA, lzma.compress), (zipfile.ZIP_BZIP2, bz2.compress)])
def test_methods_that_unpack_without_a_limit_are_not_unpacked(method: int, pack: object, tmp_path: Path) -> None:
    """Threat: archive bombs. A megabyte of LZMA holds seven gigabytes, and is unpacked at once or not at all."""
    assert callable(pack)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = land(tmp_path, zipped({"a.csv": b"\x20" * (256 * MEGABYTE)}, method))
    assert "packed in an uncommon way" in report.refused[0].reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 300 * 1024


def test_an_archive_inside_itself_ends(tmp_path: Path) -> None:
    """Threat: archive bombs."""
    content = zipped({"a.csv": borough().encode()})
    for _ in range(20):
        content = zipped({"x.zip": content})
    assert "archives inside archives" in land(tmp_path, content).refused[0].reason


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """Threat: archive bombs. Landed in a process that may have no more than a gigabyte beside its code."""
    (tmp_path / "bomb").write_bytes(gzip.compress(b"a,b,c\n" * (40 * MEGABYTE)))
    program = (
        "import resource, sys; from pathlib import Path; from safer_assets.landing import Landing\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))\n"
        "print(len(Landing(Path(sys.argv[1]) / 'landing').land(Path(sys.argv[1]) / 'bomb').refused))\n"
        # Not ru_maxrss: that begins with what the process that started this one held.
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    refused, peak = done.stdout.split()
    assert refused == "1"
    assert int(peak) < 1024 * 1024, "kilobytes"


names = st.text(alphabet=st.sampled_from("ab/\\.:~$'\"{}%\n é"), min_size=1, max_size=40)


@settings(max_examples=60)
@given(names)
def test_no_name_in_an_archive_writes_anywhere(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Threat: archive traversal. Whatever a member is called, it lands under its sha256 or is refused by its name."""
    folder = tmp_path_factory.mktemp("name")
    report = land(folder, zipped({name: borough().encode()}))
    if not name.endswith("/"):
        assert len(report.new) + len(report.refused) == 1
    for manifest in report.new:
        assert ".." not in manifest.name.replace("\\", "/").split("!", 1)[1].split("/")
