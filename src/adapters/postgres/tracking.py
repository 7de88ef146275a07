"""How far the followers of the log have come: the library's recorders of tracking, on the table of our migrations.

A follower names itself and notes the last position that it dealt with. A position that is not beyond the one noted is
an `IntegrityError`: of two processes that follow under the same name, only the first notes a position.
"""

from __future__ import annotations

from eventsourcing.postgres import PostgresProcessRecorder, PostgresTrackingRecorder

from adapters.postgres.recorder import EventRecorder


class FollowerRecorder(PostgresTrackingRecorder):
    """Notes positions alone, for a follower whose work lies outside this database."""

    def create_table(self) -> None:
        """Migrations own the tables."""


class FollowerEventRecorder(EventRecorder, PostgresProcessRecorder):
    """Writes events together with the position that caused them: both are kept, or neither is."""
