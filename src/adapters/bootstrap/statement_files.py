"""Files of statements: kept by their hash, taken in, and taken up again from where they are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from adapters.banks.account_numbers import ibans_of
from adapters.banks.read_once import ReadOnce
from adapters.banks.statements import read_statement_file
from adapters.bootstrap.application import Application
from billing_core.bank_statements.recorded import FileTaken
from billing_core.kernel.errors import NotFound
from commands.bank_statements.importing import StatementFile, StatementReport
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from projections.bank_statements.statements import statements_to_book

# About as many bytes as a movement takes in the longer formats: only the choice of a process rests on it.
BYTES_OF_MOVEMENT = 1_000


def take_in_file(app: Application, path: Path, name: str, origin: Origin, progress: Progress) -> StatementReport:
    """Keep a file, check, record and book its statements, and have returns take back what they can."""
    kept = app.attachments.keep_as_it_came(path)
    report = StatementReport()
    with (
        _statement_file(path, kept.content_hash, name) as file,
        app.statement_import(path.stat().st_size // BYTES_OF_MOVEMENT) as run,
    ):
        run.take_in(file, origin, report, progress)
    take_back(app, origin)
    return report


def rehearse_file(app: Application, path: Path, name: str, origin: Origin, progress: Progress) -> StatementReport:
    """What would come of a file; nothing is written."""
    with path.open("rb") as content:
        content_hash = hashlib.file_digest(content, "sha256").hexdigest()
    report = StatementReport()
    with _statement_file(path, content_hash, name) as file, app.statement_import(0) as run:
        run.rehearse(file, origin, report, progress)
    return report


def book_recorded(app: Application, origin: Origin, progress: Progress) -> tuple[StatementReport, Sequence[str]]:
    """Book what is left of recorded statements; the report, and those whose file is no longer kept."""
    app.runner.catch_up()
    with app.queries.cursor() as cursor:
        waiting = {row.content_hash: row for row in statements_to_book(cursor)}
    report, failed = StatementReport(), list[str]()
    for content_hash, row in waiting.items():
        try:
            _, path = app.attachments.find(content_hash)
        except NotFound:
            failed.append(row.statement)
            continue
        with _statement_file(path, content_hash, row.file_name) as file, app.statement_import(row.movements) as run:
            run.take_in(file, origin, report, progress)
    take_back(app, origin)
    return report, failed


def take_back(app: Application, origin: Origin) -> tuple[int, int]:
    """Have returns and reversals take back what they can; how many did, and how many wait."""
    settled = app.taking_back().settle(origin)
    app.runner.catch_up()
    return settled


@contextmanager
def _statement_file(path: Path, content_hash: str, name: str) -> Iterator[StatementFile]:
    """A file of statements in any format."""
    with ReadOnce(partial(read_statement_file, path)) as parts:
        yield StatementFile(FileTaken(content_hash=content_hash, name=name), parts.read, ibans_of)
