"""The rows of attachments: which contents were kept, and since when.

A row is written before its content reaches its place in the folder, and removed after it, both under a lock of the
hash: whatever crashes, no content is left without a row. `now()` is the clock of the database, the same for all who
write here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from adapters.postgres.tables import PostgresTables
from commands.platform.ports import KeptFile
from projections.platform.runner import LIVE_SCHEMA

PAGE_ROWS = 1_000
INSERT = """
    INSERT INTO billing.attachments (hash, size, media_type, kept_at) VALUES (%s, %s, %s, now())
    ON CONFLICT (hash) DO UPDATE SET kept_at = now() RETURNING hash, size, media_type
"""
HOLD = "UPDATE billing.attachments SET kept_at = now() WHERE hash = %s RETURNING hash, size, media_type"
SELECT_PAGE = """
    SELECT hash, size, media_type FROM billing.attachments WHERE hash > %s ORDER BY hash LIMIT %s
"""
# What was kept or attached within a day stays: its object may not be in the read models yet.
IS_UNNAMED = """
    kept_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM ({named}) AS named (hash) WHERE named.hash = attachments.hash)
"""
SELECT_NOT_KEPT = """
    SELECT DISTINCT named.hash FROM ({named}) AS named (hash)
    WHERE NOT EXISTS (SELECT FROM billing.attachments WHERE attachments.hash = named.hash)
    ORDER BY named.hash LIMIT %s
"""


class PostgresAttachments:
    """The table; `named` is a statement that selects the hashes of all files that something names."""

    def __init__(self, tables: PostgresTables, named: str) -> None:
        self._tables = tables
        self._named = named
        self._is_unnamed = IS_UNNAMED.format(named=named)

    def only_keeper(self, content_hash: str) -> AbstractContextManager[None]:
        """Keep others from keeping or removing this content."""
        return self._tables.only_runner(f"attachment {content_hash}")

    def note(self, kept: KeptFile) -> KeptFile:
        """Note that a content is kept, from now for a day at least; one that is known has its first media type."""
        with self._tables.transaction("billing") as cursor:
            row = cursor.execute(INSERT, (kept.content_hash, kept.size_bytes, kept.media_type)).fetchone()
        assert row is not None
        return KeptFile(*row)

    def find(self, content_hash: str) -> KeptFile | None:
        """A content that is kept."""
        with self._tables.transaction("billing") as cursor:
            statement = "SELECT hash, size, media_type FROM attachments WHERE hash = %s"
            row = cursor.execute(statement, (content_hash,)).fetchone()
        return KeptFile(*row) if row else None

    def all(self) -> Iterator[KeptFile]:
        """Every content that is kept, in order of hash."""
        last = ""
        while page := self._page(last):
            yield from page
            last = page[-1].content_hash

    def unnamed(self) -> list[str]:
        """The contents that nothing has named for a day."""
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            statement = f"SELECT hash FROM billing.attachments WHERE {self._is_unnamed}"
            return [row[0] for row in cursor.execute(statement)]

    @contextmanager
    def forgetting(self, content_hash: str) -> Iterator[bool]:
        """Remove the row of a content when the block ends well; False if something has named it meanwhile.

        A command that attaches it waits until then, and finds no row.
        """
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            # The conditions are those of the row itself: asked again if a command that attaches it was waited for.
            statement = f"DELETE FROM billing.attachments WHERE hash = %s AND {self._is_unnamed}"
            yield cursor.execute(statement, (content_hash,)).rowcount > 0

    def named_but_not_kept(self, limit: int) -> list[str]:
        """The first few hashes that something names and that are not kept."""
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            return [row[0] for row in cursor.execute(SELECT_NOT_KEPT.format(named=self._named), (limit,))]

    def _page(self, after: str) -> list[KeptFile]:
        with self._tables.transaction("billing") as cursor:
            return [KeptFile(*row) for row in cursor.execute(SELECT_PAGE, (after, PAGE_ROWS))]


def hold_kept(cursor: Any, content_hash: str) -> KeptFile | None:
    """A content that is kept, for a day more at least."""
    row = cursor.execute(HOLD, (content_hash,)).fetchone()
    return KeptFile(*row) if row else None
