"""Attachments on the whole program: kept for a day and as long as something names them."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from adapters.attachments.content_folder import ContentFolder
from adapters.bootstrap.attachments import NAMED_ARE_KEPT, SOUND, Attachments, AttachmentTooLarge
from adapters.bootstrap.automation import automation_of
from adapters.postgres.attachments import PostgresAttachments
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.ports import KeptFile
from projections.platform.area import Area, attachments_of
from tests.adapters.attachments.files import PDF, PNG
from tests.operators import Operator, silent
from tests.waiting import eventually

HASH = hashlib.sha256(PDF).hexdigest()
NAMED = "SELECT hash FROM billing.named_in_tests"


@pytest.fixture
def attachments(operator: Operator, tmp_path: Path) -> Attachments:
    """The attachments of a program with an area that names some of them in a table."""
    operator.execute("CREATE TABLE billing.named_in_tests (hash text NOT NULL)")
    application = operator.application
    rows = PostgresAttachments(application.tables, attachments_of([Area(), Area(attachments=NAMED)]))
    return Attachments(ContentFolder(tmp_path / "files"), rows, lambda: None, 100)


def keep(attachments: Attachments, content: bytes = PDF, declared: str = "application/pdf") -> KeptFile:
    incoming = attachments.begin()
    try:
        incoming.add(content)
        return attachments.keep(incoming, declared)
    finally:
        incoming.abandon()


def name(operator: Operator, content_hash: str) -> None:
    operator.execute("INSERT INTO billing.named_in_tests VALUES (%s)", content_hash)


def age(operator: Operator) -> None:
    """A day passes."""
    operator.execute("UPDATE billing.attachments SET kept_at = kept_at - interval '25 hours'")


def kept_hashes(operator: Operator) -> list[str]:
    return [row[0] for row in operator.select("SELECT hash FROM billing.attachments ORDER BY hash")]


def test_a_file_is_kept_once_with_its_size_and_type(operator: Operator, attachments: Attachments):
    kept = keep(attachments)

    assert kept == keep(attachments) == KeptFile(HASH, len(PDF), "application/pdf")
    found, path = attachments.find(HASH)
    assert (found, path.read_bytes()) == (kept, PDF)
    assert kept_hashes(operator) == [HASH]


def test_a_file_that_is_empty_too_large_or_something_else_is_not_kept(
    operator: Operator, attachments: Attachments, tmp_path: Path
):
    with pytest.raises(InvalidValue, match="is empty"):
        keep(attachments, b"")
    with pytest.raises(AttachmentTooLarge):
        keep(attachments, b"x" * 101, "text/plain")
    with pytest.raises(InvalidValue, match="not of this media type"):
        keep(attachments, PDF, "image/png")

    assert kept_hashes(operator) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with pytest.raises(NotFound):
        attachments.find(HASH)


def test_a_command_holds_a_file_that_came_in_and_no_other(operator: Operator, attachments: Attachments):
    kept = keep(attachments)

    with operator.application.store.transaction() as transaction:
        assert transaction.hold_file(HASH) == kept
        assert transaction.hold_file("0" * 64) is None


def test_a_file_that_nothing_names_goes_after_a_day(operator: Operator, attachments: Attachments):
    named, unnamed = keep(attachments), keep(attachments, PNG, "image/png")
    name(operator, named.content_hash)

    assert attachments.remove_unnamed(silent) == 0
    age(operator)
    assert attachments.remove_unnamed(silent) == 1

    assert kept_hashes(operator) == [named.content_hash]
    assert attachments.find(named.content_hash)[1].is_file()
    with pytest.raises(NotFound):
        attachments.find(unnamed.content_hash)


def test_a_file_that_comes_in_again_or_is_attached_has_another_day(operator: Operator, attachments: Attachments):
    keep(attachments)
    age(operator)
    keep(attachments)
    assert attachments.remove_unnamed(silent) == 0

    age(operator)
    with operator.application.store.transaction() as transaction:
        transaction.hold_file(HASH)
    assert attachments.remove_unnamed(silent) == 0


def test_a_file_that_is_being_attached_is_waited_for_and_stays(operator: Operator, attachments: Attachments):
    keep(attachments)
    age(operator)
    is_held, may_end = Event(), Event()

    def attach() -> None:
        with operator.application.store.transaction() as transaction:
            transaction.hold_file(HASH)
            is_held.set()
            may_end.wait(60)

    with ThreadPoolExecutor(2) as threads:
        attaching = threads.submit(attach)
        assert is_held.wait(60)
        removing = threads.submit(attachments.remove_unnamed, silent)
        eventually(lambda: operator.select("SELECT FROM pg_stat_activity WHERE wait_event = 'transactionid'"))
        may_end.set()
        attaching.result()
        assert removing.result() == 0

    assert attachments.find(HASH)[1].is_file()


def test_a_file_that_is_named_no_longer_goes(operator: Operator, attachments: Attachments):
    """As when its customer was forgotten, and the read model shows the attachment no more."""
    keep(attachments)
    name(operator, HASH)
    age(operator)
    assert attachments.remove_unnamed(silent) == 0

    operator.execute("DELETE FROM billing.named_in_tests")

    assert attachments.remove_unnamed(silent) == 1


def test_the_check_names_what_is_missing_or_altered_and_what_is_named_but_not_kept(
    operator: Operator, attachments: Attachments
):
    altered, missing = keep(attachments), keep(attachments, PNG, "image/png")
    assert [finding.offenders for finding in attachments.findings(silent)] == [[], []]

    attachments.find(altered.content_hash)[1].write_bytes(b"other")
    attachments.find(missing.content_hash)[1].unlink()
    name(operator, "f" * 64)

    found = {finding.invariant: finding.offenders for finding in attachments.findings(silent)}
    assert set(found[SOUND]) == {f"{altered.content_hash}: altered", f"{missing.content_hash}: missing"}
    assert found[NAMED_ARE_KEPT] == ["f" * 64]


def test_the_whole_check_has_the_attachments(operator: Operator):
    kept = keep(operator.application.attachments)
    assert SOUND in [finding.invariant for finding in operator.application.check() if not finding.offenders]

    operator.application.attachments.find(kept.content_hash)[1].unlink()

    (broken,) = [finding for finding in operator.application.check() if finding.offenders]
    assert (broken.invariant, broken.offenders) == (SOUND, [f"{HASH}: missing"])


def test_the_timed_work_removes_them(operator: Operator):
    keep(operator.application.attachments)
    age(operator)

    record = automation_of(operator.application).works.start("unnamed-attachments", "clerk")

    assert (record.state, record.outcome) == ("done", "1 file removed")
    assert kept_hashes(operator) == []
