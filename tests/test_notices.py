"""Notices reach a real mail server and webhook once each, survive that these are down, and give no secret away."""

import json
import logging
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail import MailServer, Webhook

from safer_assets import notices
from safer_assets.notices import LONGEST_WAIT, MOST_TRIES, Kind, Notice, send, targets

CANARY = "s3cretCanary"
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LATE = Notice(
    kind="late_feed",
    title="Met recorded crime by borough: October 2026 is 16 days late",
    lines=("Example Board, meeting of Fri 29 Jan 2027.", "", "Next: fetch the file & run make board."),
    about="example mps_borough 2026-10 2027-01-29 2026-11-22",
)


def notice(about: str, kind: Kind = "failed_run") -> Notice:
    return LATE.model_copy(update={"kind": kind, "about": about, "title": f"Notice {about}"})


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def kept(folder: Path, where: str) -> list[str]:
    """Titles of the notices in outbox or sent."""
    letters = [json.loads(path.read_text()) for path in sorted((folder / where).glob("*.json"))]
    return [letter["notice"]["title"] for letter in letters]


def test_a_notice_is_a_plain_mail_with_a_short_subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        monkeypatch.setenv("SAFER_NOTICES", server.address())
        outcome = send([LATE], tmp_path)
    assert outcome.sent == [LATE.title]
    assert outcome.words() == f"sent: {LATE.title}"
    (mail,) = server.mails
    assert mail["Subject"] == LATE.title
    assert "officer@council.example" in mail["To"]
    assert "pack@board.example" in mail["From"]
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").strip() == "\n".join(LATE.lines), "as written, nothing escaped"


def test_mail_and_webhook_both_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server, Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", f"{server.address()}  {hook.address()}")
        assert send([LATE], tmp_path).sent == [LATE.title]
    assert [mail["Subject"] for mail in server.mails] == [LATE.title]
    (post,) = hook.posts
    assert (post["title"], post["message"]) == (LATE.title, "\n".join(LATE.lines))


def test_the_same_notice_is_sent_once_and_another_day_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server:
        monkeypatch.setenv("SAFER_NOTICES", server.address())
        for _ in range(3):
            send([LATE], tmp_path)
        assert send([LATE], tmp_path).known == [LATE.title]
        assert len(server.mails) == 1
        send([LATE.model_copy(update={"about": LATE.about.replace("11-22", "11-23")})], tmp_path)
        assert len(server.mails) == 2
    assert kept(tmp_path, "sent") == [LATE.title] * 2


def test_nothing_is_sent_or_kept_where_nobody_is_named_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("SAFER_NOTICES", raising=False)
    notices._say_that_nobody_is_told.cache_clear()
    caplog.set_level(logging.DEBUG)
    assert send([LATE], tmp_path).words() == ""
    assert send([LATE], tmp_path).words() == ""
    assert list(tmp_path.iterdir()) == []
    assert [(record.levelno, "not set" in record.message) for record in caplog.records] == [(logging.DEBUG, True)]


def test_what_could_not_be_sent_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_NOTICES", f"mailto://127.0.0.1:{free_port()}?from=a@b.example&to=c@d.example")
    outcome = send([LATE], tmp_path)
    assert outcome.kept == [LATE.title]
    assert kept(tmp_path, "outbox") == [LATE.title]
    with MailServer() as server:
        monkeypatch.setenv("SAFER_NOTICES", server.address())
        outcome = send([notice("next")], tmp_path)
        assert [mail["Subject"] for mail in server.mails] == [LATE.title, "Notice next"], "in the order of writing"
    assert kept(tmp_path, "outbox") == []
    assert sorted(outcome.sent) == sorted(kept(tmp_path, "sent"))


def test_a_server_that_refuses_is_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer(refuses=True) as server:
        monkeypatch.setenv("SAFER_NOTICES", server.address())
        assert send([LATE], tmp_path).kept == [LATE.title]
        server.refuses = False
        assert send([], tmp_path).sent == [LATE.title]
    assert len(server.mails) == 1


def test_whoever_was_reached_is_not_told_again_while_another_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer() as server, Webhook(status=503) as hook:
        monkeypatch.setenv("SAFER_NOTICES", f"{server.address()} {hook.address()}")
        for _ in range(3):
            assert send([LATE], tmp_path).kept == [LATE.title]
        hook.status = 200
        assert send([], tmp_path).sent == [LATE.title]
    assert (len(server.mails), len(hook.posts)) == (1, 1)


def test_a_server_that_hangs_costs_one_wait_and_not_one_a_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes the connection and never says a word
        address = f"json://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setenv("SAFER_NOTICES", address)
        began = datetime.now(UTC)
        outcome = send([notice(f"{number}") for number in range(5)], tmp_path)
        assert datetime.now(UTC) - began < timedelta(seconds=notices.PATIENCE_SECONDS + 5)
    assert len(outcome.kept) == 5


def test_a_notice_is_given_up_after_many_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SAFER_NOTICES", f"json://127.0.0.1:{free_port()}/")
    outcomes = [send([LATE] if not tried else [], tmp_path, now=MORNING) for tried in range(MOST_TRIES)]
    assert [outcome.kept for outcome in outcomes[:-1]] == [[LATE.title]] * (MOST_TRIES - 1)
    assert outcomes[-1].given_up == [LATE.title]
    assert kept(tmp_path, "outbox") == []
    assert f"given up after {MOST_TRIES} tries" in caplog.text


def test_a_notice_is_given_up_when_it_is_old_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_NOTICES", f"json://127.0.0.1:{free_port()}/")
    send([LATE], tmp_path, now=MORNING)
    assert send([], tmp_path, now=MORNING + LONGEST_WAIT).kept == [LATE.title]
    assert send([], tmp_path, now=MORNING + LONGEST_WAIT + timedelta(minutes=1)).given_up == [LATE.title]


def test_a_sent_notice_is_forgotten_after_a_year_or_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", hook.address())
        send([LATE], tmp_path)
        assert send([LATE], tmp_path, now=datetime.now(UTC) + timedelta(days=399)).known
        assert send([LATE], tmp_path, now=datetime.now(UTC) + timedelta(days=401)).sent
    assert len(hook.posts) == 2


def test_no_secret_of_an_address_is_in_any_log_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """User, password, path and query of reachable, refusing and dead targets, with every logger at its loudest."""
    caplog.set_level(1)
    for name in ("apprise", "urllib3", "requests", "safer_assets"):
        caplog.set_level(1, logger=name)
    caplog.set_level(logging.WARNING, logger="mail.log")  # the test's own server, which says all that it hears
    with MailServer() as server, Webhook() as hook, Webhook(status=500) as failing:
        addresses = [
            server.address(f"{CANARY}user:{CANARY}word@"),  # the server knows no log-in, so it cannot be sent
            server.address(),
            hook.address(f"{CANARY}user:{CANARY}word@", f"{CANARY}path?+X-Token={CANARY}"),
            failing.address(f"{CANARY}user:{CANARY}word@", f"{CANARY}path"),
            f"json://{CANARY}user:{CANARY}word@127.0.0.1:{free_port()}/{CANARY}path",
            f"slack://{CANARY}A1234567/{CANARY}B123456/{CANARY}",
            f"discord://{CANARY}/{CANARY}/?format={CANARY}",
            f"{CANARY}.no.scheme/{CANARY}",
            f"unknown://{CANARY}:{CANARY}@{CANARY}/",
        ]
        monkeypatch.setenv("SAFER_NOTICES", " ".join(addresses))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")  # whoever is outside stays outside
        outcome = send([LATE], tmp_path)
    assert outcome.kept == [LATE.title]
    assert len(server.mails) == 1
    assert len(hook.posts) == 1
    said = caplog.text + "".join(capfd.readouterr()) + repr(outcome) + repr(targets())
    assert "did not take" in said
    assert "127.0.0.1" in said, "the host may be named, so that somebody can look there"
    assert CANARY not in said
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2
    assert [path for path in files if CANARY in path.read_text()] == []


def test_a_folder_that_cannot_be_written_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "notices").write_text("a file where the folder should be")
    monkeypatch.setenv("SAFER_NOTICES", f"json://127.0.0.1:{free_port()}/")
    assert send([LATE], tmp_path / "notices").words() == ""
    assert "cannot be written" in caplog.text


def test_a_damaged_letter_is_removed_and_the_others_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "drift-0.json").write_text('{"notice": {"kind": "dri')
    with Webhook() as hook:
        monkeypatch.setenv("SAFER_NOTICES", hook.address())
        assert send([LATE], tmp_path).sent == [LATE.title]
    assert "damaged" in caplog.text
    assert list((tmp_path / "outbox").glob("*.json")) == []


def test_two_processes_send_a_notice_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from safer_assets.notices import Notice, send; "
        "print(send([Notice.model_validate_json(sys.argv[1])], Path(sys.argv[2])).words())"
    )
    with Webhook() as hook:
        environment = {**os.environ, "SAFER_NOTICES": hook.address()}
        command = [sys.executable, "-c", program, LATE.model_dump_json(), str(tmp_path)]
        running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        said = sorted(process.communicate()[0].strip() for process in running)
    assert [process.returncode for process in running] == [0, 0, 0]
    assert said == ["", "", f"sent: {LATE.title}"]
    assert len(hook.posts) == 1


@given(st.text(), st.text())
def test_two_notices_are_one_when_they_are_about_the_same_and_only_then(one: str, other: str) -> None:
    assert (notice(one).identity == notice(other).identity) == (one == other)
    assert notice(one).identity != notice(one, "drift").identity
