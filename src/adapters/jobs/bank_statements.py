"""Import of a bank's statements; booking of those that were recorded before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from adapters.banks.account_numbers import ibans_of
from adapters.banks.statements import read_statement_file
from adapters.bootstrap.application import Application
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from billing_core.bank_statements.recorded import FileTaken
from billing_core.kernel.errors import NotFound
from commands.bank_statements.importing import StatementFile, StatementReport
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from projections.bank_statements.statements import statements_to_book

# About as many bytes as a movement takes in the longer formats: only the bar and the choice of a process rest on it.
BYTES_OF_MOVEMENT = 1_000


class BookStatements(Job, frozen=True, kw_only=True):
    """Book the statements that were recorded or overruled, and whose movements were not gone through.

    Returns and reversals whose payment was not found are tried again too.
    """


def import_statements(work: Work, name: str = "") -> StatementReport:
    """Check, record and book every statement of the file; a dry run writes nothing."""
    assert work.file is not None
    count = work.file.stat().st_size // BYTES_OF_MOVEMENT
    report = StatementReport()
    with work.watch("Movements", "movements", None) as advance:
        if work.is_dry_run:
            file = statement_file(work.file, _hash_of(work.file), name)
            with work.app.statement_import(0) as run:
                run.rehearse(file, work.origin, report, advance)
            return report
        kept = work.app.attachments.keep_as_it_came(work.file)
        file = statement_file(work.file, kept.content_hash, name)
        with work.app.statement_import(count) as run:
            run.take_in(file, work.origin, report, advance)
    take_back(work.app, work.origin)
    return report


def statement_file(path: Path, content_hash: str, name: str) -> StatementFile:
    """A file of statements, of whichever format."""
    return StatementFile(FileTaken(content_hash=content_hash, name=name), partial(read_statement_file, path), ibans_of)


def take_back(app: Application, origin: Origin) -> tuple[int, int]:
    """Have returns and reversals take back what they can; how many did, and how many wait."""
    settled = app.taking_back().settle(origin)
    app.runner.catch_up()
    return settled


def book_recorded(app: Application, origin: Origin, progress: Progress) -> tuple[StatementReport, Sequence[str]]:
    """Book what is left of recorded statements; the report, and those whose file cannot be read any more."""
    app.runner.catch_up()
    with app.queries.transaction() as cursor:
        waiting = {row.content_hash: row for row in statements_to_book(cursor)}
    report, failed = StatementReport(), list[str]()
    for content_hash, row in waiting.items():
        try:
            _, path = app.attachments.find(content_hash)
        except NotFound:
            failed.append(row.statement)
            continue
        with app.statement_import(row.movements) as run:
            run.take_in(statement_file(path, content_hash, row.file_name), origin, report, progress)
    take_back(app, origin)
    return report, failed


def book_statements(_: BookStatements, work: Work) -> StatementReport:
    """Book what is left of recorded statements, and try returns and reversals again."""
    with work.watch("Movements", "movements", None) as advance:
        report, failed = book_recorded(work.app, work.origin, advance)
    for name in failed:
        report.reject(0, NotFound("its file is no longer kept; import it again", field="statement", value=name))
    return report


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


JOBS: Jobs = {BookStatements: Kind(book_statements)}
