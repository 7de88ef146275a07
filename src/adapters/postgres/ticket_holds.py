"""Who has a ticket open: rows that end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.postgres.tables import PostgresTables
from adapters.postgres.ticket_reads import holders_of_ticket

HELD_FOR = timedelta(minutes=10)
DELETE_ENDED = "DELETE FROM ticket_holds WHERE until_at < %s"
UPSERT = """
    INSERT INTO ticket_holds (ticket, operator, held_at, until_at) VALUES (%(ticket)s, %(operator)s, %(at)s, %(until)s)
    ON CONFLICT (ticket, operator) DO UPDATE SET until_at = excluded.until_at,
        held_at = CASE WHEN ticket_holds.until_at < excluded.held_at THEN excluded.held_at ELSE ticket_holds.held_at END
"""
DELETE = "DELETE FROM ticket_holds WHERE ticket = %s AND operator = %s"


class PostgresTicketHolds:
    """Keeps holds of tickets; nobody is kept from anything by them."""

    def __init__(self, tables: PostgresTables) -> None:
        self._tables = tables

    def hold(self, ticket: str, operator: str, at: datetime) -> list[str]:
        """The operator has the ticket open for ten minutes more; the others who have it open."""
        with self._tables.transaction("billing") as cursor:
            cursor.execute(DELETE_ENDED, (at,))
            cursor.execute(UPSERT, {"ticket": ticket, "operator": operator, "at": at, "until": at + HELD_FOR})
            return [each for each in holders_of_ticket(cursor, ticket, at) if each != operator]

    def release(self, ticket: str, operator: str) -> None:
        """The operator has closed the ticket's page."""
        with self._tables.transaction("billing") as cursor:
            cursor.execute(DELETE, (ticket, operator))

    def holders(self, ticket: str, at: datetime) -> list[str]:
        """The operators who have a ticket open."""
        with self._tables.transaction("billing") as cursor:
            return list(holders_of_ticket(cursor, ticket, at))
