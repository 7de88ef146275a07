"""Import of a bank's statements; booking of those that were recorded before; Fio as a thread of the worker."""

from __future__ import annotations

from pathlib import Path

from adapters.bootstrap.application import Application
from adapters.bootstrap.fio_poll import FioPoll
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.statement_files import book_recorded, rehearse_file, take_in_file
from adapters.processes.worker import Loop, Part
from billing_core.kernel.errors import NotFound
from commands.bank_statements.importing import StatementReport
from commands.platform.ports import Origin
from commands.platform.progress import Progress

FIO_PAUSE_SECONDS = 600.0


class BookStatements(Job, frozen=True, kw_only=True):
    """Book the statements that were recorded or overruled, and whose movements were not gone through.

    Returns and reversals whose payment was not found are tried again too.
    """


def import_statements(work: Work, name: str = "") -> StatementReport:
    """Check, record and book every statement of the file; a dry run writes nothing."""
    assert work.file is not None
    do = rehearse_file if work.is_dry_run else take_in_file
    with work.watch("Movements", "movements", None) as advance:
        return do(work.app, work.file, name, work.origin, advance)


def book_statements(_: BookStatements, work: Work) -> StatementReport:
    """Book what is left of recorded statements, and try returns and reversals again."""
    with work.watch("Movements", "movements", None) as advance:
        report, failed = book_recorded(work.app, work.origin, advance)
    for name in failed:
        report.reject(0, NotFound("its file is no longer kept; import it again", field="statement", value=name))
    return report


def loops(database_url: str, settings: Settings) -> list[Loop]:
    """The thread that asks Fio, if an account has a token."""

    def open_poll(progress: Progress) -> Part:
        application = Application(database_url, settings)

        def take_in(path: Path, origin: Origin) -> StatementReport:
            return take_in_file(application, path, path.name, origin, progress)

        return Part(FioPoll(application, settings, take_in).advance, application.close)

    return [Loop("fio", open_poll, FIO_PAUSE_SECONDS)] if settings.fio_tokens else []


JOBS: Jobs = {BookStatements: Kind(book_statements)}
LOOPS = loops
