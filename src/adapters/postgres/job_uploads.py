"""Files that came in for jobs, kept by parts: neither who receives one nor who reads it holds it in memory."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from adapters.postgres.tables import PostgresTables
from commands.platform.identity import new_id

SCHEMA = "billing"
# A file whose sender was gone before the job was asked for.
DELETE_ABANDONED = """
    DELETE FROM job_uploads WHERE begun_at < now() - interval '1 day' AND id NOT IN (
        SELECT upload FROM jobs WHERE upload IS NOT NULL)
"""


class PostgresJobUploads:
    """The tables of files."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def begin(self) -> UUID:
        """The id of a new file, still empty."""
        upload = new_id()
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute(DELETE_ABANDONED)
            cursor.execute("INSERT INTO job_uploads (id) VALUES (%s)", (upload,))
        return upload

    def add(self, upload: UUID, part: int, content: bytes) -> None:
        """Keep a part of a file; parts are counted from 0."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("INSERT INTO job_upload_parts VALUES (%s, %s, %s)", (upload, part, content))

    def remove(self, upload: UUID) -> None:
        """Remove a file that no job needs."""
        with self._tables.transaction(SCHEMA) as cursor:
            cursor.execute("DELETE FROM job_uploads WHERE id = %s", (upload,))

    def write(self, upload: UUID, path: Path) -> None:
        """Write a file to a place on this machine, part by part."""
        with path.open("wb") as file:
            part = 0
            while (content := self._part(upload, part)) is not None:
                file.write(content)
                part += 1

    def _part(self, upload: UUID, part: int) -> bytes | None:
        with self._tables.transaction(SCHEMA) as cursor:
            statement = "SELECT content FROM job_upload_parts WHERE upload = %s AND part = %s"
            row = cursor.execute(statement, (upload, part)).fetchone()
        return None if row is None else bytes(row[0])
