"""Landing a source: every file is known, new, refused with a reason, or unknown with a reason.

What is here: the order of things. What is not: each thing (source.py, archives.py, store.py, availability.py, feeds/).
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from safer_assets.errors import FeedError, LandingError
from safer_assets.feeds import ALL, Content, Description, Feed, probe
from safer_assets.feeds.headings import listed
from safer_assets.landing.alone import alone
from safer_assets.landing.archives import ArchiveError, Unpacker
from safer_assets.landing.availability import available_from
from safer_assets.landing.intake import Part
from safer_assets.landing.manifest import FILE_ID_DIGITS, Manifest, Refusal
from safer_assets.landing.seen import Seen, State, Verdict, stamp
from safer_assets.landing.source import SourceFile, source_files
from safer_assets.landing.store import Store

Progress = Callable[[int, int, str], None]
"""Called before each file with its number (from 1), how many there are, and its name."""


@dataclass
class LandingReport:
    """What became of a source.

    Attributes:
        new: Files landed now.
        known: How many were landed before, or stand in the source twice.
        refused: What a feed knows and must refuse, and what nobody can read.
        unknown: What no feed knows.
        redated: Files landed before whose sidecar is new or has changed.
    """

    new: list[Manifest] = field(default_factory=list)
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    unknown: list[Refusal] = field(default_factory=list)
    redated: list[Manifest] = field(default_factory=list)


class Landing:
    """The landed files of one store.

    Args:
        root: Its folder; made by the first landing.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._store = Store(self.root)

    def manifests(self) -> list[Manifest]:
        """Every landed file, by feed, vintage and name."""
        return sorted(
            self._store.manifests(), key=lambda m: (m.feed, m.vintage or date.min, m.historical, m.name, m.sha256)
        )

    def content_path(self, manifest: Manifest) -> Path:
        """Where the bytes of a landed file stand."""
        return self._store.content_path(manifest.sha256)

    def verify(self, manifest: Manifest) -> None:
        """Compare a landed file with its manifest.

        Raises:
            LandingError: It is gone, or not the bytes that were landed.
        """
        self._store.verify(manifest)

    def set_aside(self, sha256: str, why: str) -> Refusal:
        """Keep a landed file out from now on; its bytes and the reason stay, and landing it again lists the reason.

        Args:
            sha256: The file's sha256, or the first 12 digits of it, which the gate and the warehouse print.
            why: The reason, in words for people.

        Raises:
            LandingError: No such file is landed.
        """
        with self._only_one():
            found = [m for m in self._store.manifests() if m.sha256.startswith(sha256)]
            if len(found) != 1 or len(sha256) < FILE_ID_DIGITS:
                raise LandingError(
                    f"{sha256} is not landed in {self.root}, so it cannot be set aside. Give the sha256 or its first "
                    f"{FILE_ID_DIGITS} digits, with the --partnership and --source of the refresh that named it."
                )
            refusal = Refusal(name=found[0].name, reason=why, sha256=found[0].sha256, feed=found[0].feed, final=True)
            self._store.withdraw(found[0], refusal)
        return refusal

    def land(self, source: Path, progress: Progress | None = None) -> LandingReport:
        """Land every file of a folder (with all folders below it), or one file.

        A file that was looked at before and has not changed since is not opened. Whatever stops the landing, what was
        landed until then stays whole, and the next landing goes on.

        Raises:
            LandingError: The source is not there, or another landing into this store is under way.
        """
        if not Path(source).exists():
            raise LandingError(f"{source} is not there. Give a folder (or one file) of the publishers' files.")
        report = LandingReport()
        with self._only_one():
            found = list(source_files(Path(source).resolve(), self.root.resolve()))
            report.unknown += [entry for entry in found if isinstance(entry, Refusal)]
            files = [entry for entry in found if isinstance(entry, SourceFile)]
            seen = Seen(self.root / "seen.json", self._store.staging)
            # One thread: most files are small, and 160 of them took 6 s with one thread and 6 to 14 s with two.
            with duckdb.connect(config={"threads": 1}) as con:
                judge = _Judge(self._store, con, report)
                for number, file in enumerate(files, start=1):
                    if progress:
                        progress(number, len(files), file.name)
                    judge.file(file, seen)
            seen.save()
        return report

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Keep a second landing out, and clear away what one that was killed left in staging."""
        busy = f"another landing into {self.root} is under way. Wait until it has ended, then try again."
        with alone(self.root / ".lock", busy):
            shutil.rmtree(self._store.staging, ignore_errors=True)
            self._store.staging.mkdir()
            yield
            shutil.rmtree(self._store.staging, ignore_errors=True)


class _Judge:
    """Decides what becomes of each file, and does it."""

    def __init__(self, store: Store, con: duckdb.DuckDBPyConnection, report: LandingReport) -> None:
        self._store = store
        self._con = con
        self._report = report

    def file(self, file: SourceFile, seen: Seen) -> None:
        """A source file: from memory where it is as it was, else by looking into it."""
        try:
            remembered = seen.recall(file)
            if remembered is not None and self._recalled(file, remembered):
                return
            stamped = stamp(file)
            published = file.published()
            with tempfile.TemporaryDirectory(dir=self._store.staging) as folder:
                verdicts = self._look(file, Unpacker(Path(folder), self._is_landed), published)
                if stamp(file) != stamped:
                    # What was landed is whole as it was read; what the file is to become is read the next time.
                    self._say(file, "changed while it was being read. Land it again when it is complete.")
                else:
                    seen.note(file, stamped, verdicts)
        except LandingError as error:
            self._say(file, str(error))
        except OSError as error:
            self._say(file, f"cannot be read ({error.strerror or error}). Check its permissions.")

    def _recalled(self, file: SourceFile, verdicts: Sequence[Verdict]) -> bool:
        """Repeat what was said of a file; False where the store has lost what it said it had."""
        known = 0
        said: list[tuple[Verdict, Refusal]] = []
        for verdict in verdicts:
            if verdict.state == "landed" and self._is_landed(verdict.sha256):
                known += 1
                continue
            aside = self._store.refusal(verdict.sha256) if verdict.state == "landed" else None
            if verdict.state == "landed" and aside is None:
                return False
            refusal = Refusal(
                name=file.name + verdict.member,
                reason=aside.reason if aside else verdict.reason,
                sha256=verdict.sha256,
                feed=verdict.feed,
            )
            said.append((verdict, refusal))
        self._report.known += known
        for verdict, refusal in said:
            (self._report.unknown if verdict.state == "unknown" else self._report.refused).append(refusal)
        return True

    def _look(self, file: SourceFile, unpacker: Unpacker, published: date | None) -> list[Verdict]:
        try:
            parts = unpacker.unpack(file.path, file.name)
        except ArchiveError as error:
            return [self._refuse(file, unpacker.whole(file.path, file.name), str(error).removeprefix(f"{file.name}: "))]
        return [self._part(file, part, published) for part in parts]

    def _part(self, file: SourceFile, part: Part, published: date | None) -> Verdict:
        """One file that is not packed: landed, known, refused or unknown."""
        if part.fault:
            return self._refuse(file, part, part.fault)
        if manifest := self._store.manifest(part.sha256):
            self._report.known += 1
            self._redate(manifest, published)
            return _verdict(file, part, "landed", feed=manifest.feed)
        if (aside := self._store.refusal(part.sha256)) and aside.final:
            return self._refuse(file, part, aside.reason, aside.feed, final=True)
        contents = probe(part.path, part.name, part.bad_byte)
        if problem := next((content.problem for content in contents if content.problem), ""):
            return self._refuse(file, part, problem)
        for content in contents:
            for feed in ALL:
                if feed.recognises(content):
                    return self._recognised(file, part, content, feed, published)
        return self._refuse(file, part, _not_known(contents), state="unknown")

    def _recognised(
        self, file: SourceFile, part: Part, content: Content, feed: Feed, published: date | None
    ) -> Verdict:
        try:
            manifest = _manifest(file, part, feed, feed.describe(content, self._con), published)
        except FeedError as error:
            return self._refuse(file, part, str(error).removeprefix(f"{content.name}: "), feed.name)
        self._store.add(part.path, manifest)
        self._report.new.append(manifest)
        return _verdict(file, part, "landed", feed=feed.name)

    def _redate(self, manifest: Manifest, published: date | None) -> None:
        """A sidecar that is new or has changed dates a landed file anew; one that is gone changes nothing."""
        if published is None or published == manifest.published:
            return
        dated = _dated(manifest, published)
        self._store.record(dated)
        self._report.redated.append(dated)

    def _refuse(
        self,
        file: SourceFile,
        part: Part,
        reason: str,
        feed: str = "",
        *,
        state: State = "refused",
        final: bool = False,
    ) -> Verdict:
        refusal = Refusal(name=part.name, reason=reason, sha256=part.sha256, feed=feed, final=final)
        if part.path.exists():
            self._store.keep_aside(part.path, refusal)
        (self._report.unknown if state == "unknown" else self._report.refused).append(refusal)
        return _verdict(file, part, state, reason, feed)

    def _is_landed(self, sha256: str) -> bool:
        return self._store.manifest(sha256) is not None

    def _say(self, file: SourceFile, reason: str) -> None:
        self._report.refused.append(Refusal(name=file.name, reason=reason))


def _manifest(file: SourceFile, part: Part, feed: Feed, found: Description, published: date | None) -> Manifest:
    origin = str(file.path) + part.name.removeprefix(file.name)
    manifest = Manifest(
        sha256=part.sha256,
        feed=feed.name,
        scheme=found.scheme,
        first_month=found.first_month,
        vintage=found.vintage,
        historical=found.historical,
        rows=found.rows,
        columns=found.columns,
        name=part.name,
        origin=origin,
        bytes=part.size,
        landed_at=datetime.now(UTC).replace(tzinfo=None),
        available_from=None,
        force=found.force,
        refreshed=found.refreshed,
        published=None,
    )
    return _dated(manifest, published)


def _dated(manifest: Manifest, published: date | None) -> Manifest:
    if published and manifest.vintage and published < manifest.vintage:
        raise LandingError(
            f"its sidecar says published = {published}, but it holds {manifest.vintage:%Y-%m}. "
            "Give the day it came out."
        )
    day = available_from(
        manifest.feed,
        vintage=manifest.vintage,
        historical=manifest.historical,
        refreshed=manifest.refreshed,
        published=published,
    )
    return manifest.model_copy(update={"published": published, "available_from": day})


def _not_known(contents: Sequence[Content]) -> str:
    """Why no feed takes it, with what was found in its place."""
    first = contents[0]
    if not first.is_table:
        return f"is {first.what}, which no feed reads."
    if len(first.header) == 1:
        return "is text without columns, which no feed reads."
    return f"no feed knows its columns: {listed(first.header)}."


def _verdict(file: SourceFile, part: Part, state: State, reason: str = "", feed: str = "") -> Verdict:
    member = part.name.removeprefix(file.name)
    return Verdict(member=member, sha256=part.sha256, state=state, reason=reason, feed=feed)
