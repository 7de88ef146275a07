"""Forgetting a customer completely: the command, then every copy of the personal data of its events.

The command's own transaction destroys the key, so later reads reveal no personal data. Data read before stand in tables
outside the log: the live ones reach the event some time, read models as of a moment never do, and a killed rebuild or
check leaves half-filled ones behind. The same command again completes an interrupted erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from eventsourcing.postgres import PostgresDatastore

from adapters.bootstrap.registry import streams_of_customer
from adapters.postgres.access_sessions import forget_sessions
from adapters.postgres.erasure import erase_hashes, erase_traces
from adapters.postgres.followers import PostgresDeliveries
from adapters.postgres.jobs import PostgresJobs
from adapters.postgres.log import PostgresLog
from adapters.postgres.own_sessions import TABLES as OWN_SESSIONS
from adapters.postgres.own_sessions import PostgresOwnSessions
from adapters.postgres.person_keys import destroy_due, destroy_keys
from adapters.postgres.personal_reads import PostgresPersonalReads
from adapters.postgres.tables import PostgresTables
from billing_core.parties.forgotten import CustomerForgotten
from commands.accounts import account_stream
from commands.forgetting import ForgetCustomer
from commands.parties import customer_stream, with_merged
from commands.platform.bus import Answer, Bus, Seen
from commands.platform.ports import Origin, Store
from projections.platform import asof
from projections.platform.check import CHECK_SCHEMA
from projections.platform.projection import PersonalProjection
from projections.platform.rebuild import REBUILD_SCHEMA, drop_schema
from projections.platform.runner import LIVE_SCHEMA

KEYS, DELIVERIES, JOBS = "billing.person_keys", "billing.deliveries", "billing.jobs"
READS, SESSIONS = "billing.personal_reads", "billing.access_sessions"
# The lock that the process that fills a schema holds meanwhile.
PASSING_SCHEMAS = {"rebuild": REBUILD_SCHEMA, "check": CHECK_SCHEMA}


class Forgetting:
    """Forgets customers in one database."""

    def __init__(
        self,
        bus: Bus,
        store: Store,
        log: PostgresLog,
        tables: PostgresTables,
        datastore: PostgresDatastore,
        projections: Sequence[PersonalProjection],
    ) -> None:
        self._bus = bus
        self._store = store
        self._log = log
        self._tables = tables
        self._datastore = datastore
        self._projections = projections

    def forget(self, command: ForgetCustomer, origin: Origin, seen: Seen | None = None) -> Answer:
        """Forget a customer and erase every copy; the same command again gets the same answer."""
        answer = self._bus.execute(command, origin, seen)
        records = self._records(command.customer)
        events = self._log.of_streams([customer_stream(record) for record in records], len(records))
        forgotten = [entry.event for entry in events if isinstance(entry.event, CustomerForgotten)]
        with self._tables.transaction("public") as cursor:
            for fact in forgotten:
                destroy_keys(cursor, fact)  # Once more: they may have come back with a backup.
        streams = self._erase_live(records, forgotten)
        PostgresDeliveries(self._tables).erase_errors(streams)
        PostgresJobs(self._tables).erase_results()
        for record in records:
            PostgresPersonalReads(self._tables).forget(record)
            PostgresOwnSessions(self._tables).forget(record)
        copies = asof.forget(self._tables, self._projections, forgotten)
        for lock, schema in PASSING_SCHEMAS.items():
            with self._tables.only_runner(lock):
                drop_schema(self._tables, schema)
        live = [f"{LIVE_SCHEMA}.{table}" for each in self._projections for table in each.tables]
        own = [f"billing.{table}" for table in OWN_SESSIONS]
        erase_traces(self._datastore, [KEYS, DELIVERIES, JOBS, READS, SESSIONS, *own, *live, *copies])
        return answer

    def _records(self, customer: str) -> list[str]:
        """The customer and what was merged into it."""
        with self._store.transaction() as transaction:
            return with_merged(transaction, customer)

    def _erase_live(self, records: Sequence[str], forgotten: Sequence[CustomerForgotten]) -> list[str]:
        """Erase the live copies; the streams that tell of the customer.

        The tables need not have reached the event, since a billing run may write for long. What they have not reached
        is revealed to them no more, except for a page that was read just before; so nobody folds one meanwhile.
        """
        with self._tables.only_runner(LIVE_SCHEMA), self._tables.transaction(LIVE_SCHEMA) as cursor:
            accounts = [account for fact in forgotten for account in fact.accounts]
            for record in records:
                forget_sessions(cursor, record, accounts)
            for projection in self._projections:
                projection.forget(cursor, forgotten)
            streams = sorted(
                {account_stream(account) for account in accounts}
                | {stream for record in records for stream in streams_of_customer(cursor, record)}
            )
            for record in records:
                erase_hashes(cursor, record, streams)
        return streams

    def destroy_due(self, today: date) -> list[str]:
        """Destroy the document keys whose date has come; the numbers of the customers."""
        with self._tables.transaction("public") as cursor:
            customers = destroy_due(cursor, today)
        if customers:
            erase_traces(self._datastore, [KEYS])
        return customers
