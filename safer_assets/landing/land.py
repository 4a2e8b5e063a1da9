"""Landing a source: every file is known, new, refused with a reason, or unknown with a reason.

What is here: the order of things. What is not: each thing (source.py, archives.py, store.py, availability.py, feeds/).
"""

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from safer_assets.errors import FeedError, LandingError
from safer_assets.feeds import ALL, Content, Description, Feed, probe
from safer_assets.feeds.headings import listed
from safer_assets.landing.alone import alone
from safer_assets.landing.archives import ArchiveError, Unpacker
from safer_assets.landing.availability import available_from
from safer_assets.landing.intake import Part
from safer_assets.landing.manifest import FILE_ID_DIGITS, Manifest, Refusal
from safer_assets.landing.personal import find_personal, is_plain_text
from safer_assets.landing.seen import Seen, State, Verdict, stamp
from safer_assets.landing.source import SourceFile, source_files
from safer_assets.landing.store import Store

# These are about the store and never about one file of the source: to go on would leave the files after it out.
_STORE_FAULTS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

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
        healed: Files landed before whose copy or manifest was damaged or gone, and is whole again; also among the
            known.
    """

    new: list[Manifest] = field(default_factory=list)
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    unknown: list[Refusal] = field(default_factory=list)
    redated: list[Manifest] = field(default_factory=list)
    healed: list[Manifest] = field(default_factory=list)


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

    def is_kept(self, sha256: str) -> bool:
        """Whether these bytes are landed, or were kept out with a reason."""
        return self._store.manifest(sha256) is not None or self._store.refusal(sha256) is not None

    def verify(self, manifest: Manifest) -> None:
        """Compare a landed file with its manifest; a damaged copy makes way, so that it can be landed again.

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
        with self.still():
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
            LandingError: The source is not there, another landing into this store is under way, or the store cannot
                be written.
        """
        if not Path(source).exists():
            raise LandingError(f"{source} is not there. Give a folder (or one file) of the publishers' files.")
        report = LandingReport()
        with self.still():
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
                judge.without_record()
            seen.save()
        return report

    def damaged(self) -> list[str]:
        """Read every landed file, and say which are not what was landed, with what to do; they make way, see verify."""
        found = []
        with self.still():
            for manifest in self._store.manifests():
                try:
                    self._store.verify(manifest)
                except LandingError as error:
                    found.append(str(error))
        return found

    @contextmanager
    def still(self) -> Iterator[None]:
        """Keep a second landing out for as long as the block runs, and clear away what a killed one left in staging."""
        busy = f"another landing into {self.root} is under way. Wait until it has ended, then try again."
        try:
            with alone(self.root / ".lock", busy):
                shutil.rmtree(self._store.staging, ignore_errors=True)
                try:
                    self._store.staging.mkdir()
                    yield
                finally:
                    shutil.rmtree(self._store.staging, ignore_errors=True)
        except OSError as error:
            raise LandingError(
                f"{self.root} cannot be written ({error.strerror or error}). What was landed before is whole; make "
                "room or correct the folder's rights, then run again."
            ) from error


class _Judge:
    """Decides what becomes of each file, and does it."""

    def __init__(self, store: Store, con: duckdb.DuckDBPyConnection, report: LandingReport) -> None:
        self._store = store
        self._con = con
        self._report = report
        self._newest: datetime | None = None

    def file(self, file: SourceFile, seen: Seen) -> None:
        """A source file: from memory where it is as it was, else by looking into it."""
        try:
            remembered = seen.recall(file)
            if remembered is not None and self._recalled(file, remembered):
                return
            stamped = stamp(file)
            published = file.published()
            with tempfile.TemporaryDirectory(dir=self._store.staging) as folder:
                unpacker = Unpacker(Path(folder), self._is_landed, lambda _: file.open())
                verdicts = self._look(file, unpacker, published)
                if stamp(file) != stamped:
                    # What was landed is whole as it was read; what the file is to become is read the next time.
                    self._say(file, "changed while it was being read. Land it again when it is complete.")
                else:
                    seen.note(file, stamped, verdicts)
        except LandingError as error:
            self._say(file, str(error))
        except OSError as error:
            if error.errno in _STORE_FAULTS:
                raise
            self._say(file, f"cannot be read ({error.strerror or error}). Check its permissions.")

    def without_record(self) -> None:
        """Make the manifest anew of what is landed and has lost it, where the source did not have the file any more."""
        for path in self._store.without_record():
            with tempfile.TemporaryDirectory(dir=self._store.staging) as folder:
                self._look(SourceFile(path, path.name), Unpacker(Path(folder), self._is_landed), None)

    def _recalled(self, file: SourceFile, verdicts: Sequence[Verdict]) -> bool:
        """Repeat what was said of a file; False where the store has lost what it said it had."""
        known = 0
        said: list[tuple[Verdict, Refusal]] = []
        for verdict in verdicts:
            if verdict.state == "landed" and self._is_landed(verdict.sha256):
                known += 1
                continue
            aside = self._store.refusal(verdict.sha256)
            if verdict.state == "landed" and aside is None:
                return False
            refusal = Refusal(
                name=file.name + verdict.member,
                reason=aside.reason if aside and verdict.state == "landed" else verdict.reason,
                sha256=verdict.sha256,
                feed=verdict.feed,
                columns=aside.columns if aside else (),
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
            contents = probe(part.path, part.name, part.bad_byte)
            kept = is_plain_text(contents) and not find_personal(contents, self._con, known=False)
            return self._refuse(file, part, part.fault, kept=kept)
        if manifest := self._store.manifest(part.sha256):
            self._report.known += 1
            self._redate(manifest, published)
            return _verdict(file, part, "landed", feed=manifest.feed)
        if manifest := self._store.record_of(part.sha256):
            self._store.put_back(part.path, manifest)
            self._healed(manifest)
            self._redate(manifest, published)
            return _verdict(file, part, "landed", feed=manifest.feed)
        if (aside := self._store.refusal(part.sha256)) and aside.final:
            return self._refuse(file, part, aside.reason, aside.feed, final=True)
        contents = probe(part.path, part.name, part.bad_byte)
        knowing = next(((content, feed) for content in contents for feed in ALL if feed.recognises(content)), None)
        # Before anything else is said of the file: a reason may quote what is in it.
        if personal := find_personal(contents, self._con, known=knowing is not None):
            state: State = "refused" if knowing else "unknown"
            return self._refuse(
                file, part, personal.reason, knowing[1].name if knowing else "", state=state, kept=False
            )
        kept = knowing is not None or is_plain_text(contents)
        if problem := next((content.problem for content in contents if content.problem), ""):
            return self._refuse(file, part, problem, kept=kept)
        if knowing:
            return self._recognised(file, part, *knowing, published)
        return self._refuse(file, part, _not_known(contents), state="unknown", kept=kept)

    def _recognised(
        self, file: SourceFile, part: Part, content: Content, feed: Feed, published: date | None
    ) -> Verdict:
        try:
            manifest = _manifest(file, part, feed, feed.describe(content, self._con), published, self._now())
        except FeedError as error:
            reason = str(error).removeprefix(f"{content.name}: ")
            return self._refuse(file, part, reason, feed.name, columns=content.header)
        lost_its_record = self._store.is_recorded(part.sha256)
        self._store.add(part.path, manifest)
        if lost_its_record:
            self._healed(manifest)
        else:
            self._report.new.append(manifest)
        return _verdict(file, part, "landed", feed=feed.name)

    def _healed(self, manifest: Manifest) -> None:
        self._report.known += 1
        self._report.healed.append(manifest)

    def _now(self) -> datetime:
        """The time, but after every landing before: a clock that was set back must not make a new file an old one."""
        now = datetime.now(UTC).replace(tzinfo=None)
        newest = self._newest or self._store.newest_landing()
        self._newest = max(now, newest + timedelta(microseconds=1)) if newest else now
        return self._newest

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
        columns: tuple[str, ...] = (),
        kept: bool = True,
    ) -> Verdict:
        """Say why a part is kept out, and keep its bytes aside unless nobody can tell what is in them."""
        refusal = Refusal(name=part.name, reason=reason, sha256=part.sha256, feed=feed, final=final, columns=columns)
        if not kept:
            self._store.keep_reason(refusal)
        elif part.path.exists():
            self._store.keep_aside(part.path, refusal)
        (self._report.unknown if state == "unknown" else self._report.refused).append(refusal)
        return _verdict(file, part, state, reason, feed)

    def _is_landed(self, sha256: str) -> bool:
        return self._store.manifest(sha256) is not None

    def _say(self, file: SourceFile, reason: str) -> None:
        self._report.refused.append(Refusal(name=file.name, reason=reason))


def _manifest(
    file: SourceFile, part: Part, feed: Feed, found: Description, published: date | None, now: datetime
) -> Manifest:
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
        landed_at=now,
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
