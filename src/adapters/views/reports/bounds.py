"""How long the statement of a report that is asked at once may take.

A report that takes longer is one for files (a job), or asks for too much: it is cut off by the database itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from billing_core.kernel.errors import RuleViolation
from projections.platform.projection import Cursor

MOST_SECONDS = 20


class ReportTooLong(RuleViolation):
    """A report would take too long to be answered at once."""

    code = "report-too-long"


@contextmanager
def in_time(cursor: Cursor, report: str, seconds: int = MOST_SECONDS) -> Iterator[None]:
    """Each statement of the transaction ends within so many seconds, or the report is refused."""
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", (f"{seconds}s",))
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise ReportTooLong(f"takes longer than {seconds} seconds; ask for fewer days or fewer rows", field="report",
                            value=report) from error  # fmt: skip
