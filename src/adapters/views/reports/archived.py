"""The answer to a report from the archive: months that have ended from their files, all else from the database.

It is the same statement over the same rows, so it has the same figures; the rows of archived months are those of the
last time that the archive was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg import Cursor

from adapters.bootstrap.settings import read_settings
from adapters.files.report_books import BooksCursor, add_view, has_binary_amounts, opened_books, views_in_books
from adapters.files.report_months import ArchivedView, path_of, read_list
from adapters.postgres.report_rows import Rows, open_rows, types_of
from adapters.reports.ready import ready_views
from adapters.views.query import Reading
from adapters.views.reports.asking import AskReport, Books, ReportAnswer, answered, asked
from billing_core.kernel.errors import InvalidValue, NotFound
from projections.reports.answers import Asked, given_to, statement
from projections.reports.definition import Report, views_of
from projections.reports.views import View


def ask_archived(query: AskReport, reading: Reading) -> ReportAnswer:
    """The answer from the archive that the settings name."""
    question = asked(query, reading)
    with reading.source.cursor() as cursor, books_of(cursor, question.report, archive_folder()) as books:
        require_exact(books, question)
        return answered(query, question, reading, Books(books, views_in_books(ready_views())))


def archive_folder() -> Path:
    """The folder of the archive, with a list of what it holds."""
    folder = read_settings().report_archive
    if folder is None or not read_list(folder):
        raise NotFound("nothing was archived; the setting names its folder", field="report_archive", value=folder or "")
    return folder


@contextmanager
def books_of(cursor: Cursor[Any], report: Report, folder: Path) -> Iterator[Any]:
    """The views of a report, each from its files and from the rows that the cursor finds."""
    listed = read_list(folder)
    views = views_of(report, ready_views())
    if not any(view.name in listed for view in views):
        raise InvalidValue("reads no view that is archived", field="report", value=report.name)
    with opened_books() as connection:
        for view in views:
            rows = Rows(cursor, view, ready_views())
            types, archived = types_of(rows), listed.get(view.name)
            since = archived.before if archived else None
            files = files_of(folder, view, archived, types) if archived else ()
            with closing(open_rows(rows, types, since)) as parts:
                add_view(connection, view, types, parts, files)
        yield BooksCursor(connection)


def files_of(folder: Path, view: View, archived: ArchivedView, types: dict[str, str]) -> Sequence[Path]:
    """The files of a view, which must have the columns that it has now."""
    if archived.types != types:
        raise InvalidValue("was archived with other columns; archive it again", field="view", value=view.name)
    return [path_of(folder, view.name, month) for month in archived.months]


def require_exact(books: BooksCursor, question: Asked) -> None:
    """A report that divides amounts rounds each quotient by itself; another one is answered by the database alone."""
    amounts = [column.name for column in question.report.columns if column.kind == "money"]
    asked_of_books = statement(question, views_in_books(ready_views()))
    if has_binary_amounts(books, asked_of_books, given_to(question), amounts):
        raise InvalidValue("divides amounts without rounding the quotient, as round(sum(a) / count(*), 2) does; ask "
                           "without the archive", field="report", value=question.report.name)  # fmt: skip
