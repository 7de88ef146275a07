"""What the tables of the store keep beside the events: a little of each, as it is on 4 and 5 May 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.personal_reads import PostgresPersonalReads
from adapters.postgres.refused_attempts import PostgresRefusedAttempts
from billing_core.dunning.runs import DunningRunCompleted
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.staff.roles import NotPermitted
from commands.platform.ports import Append, Origin
from tests.operators import Operator

SESSION = """
    INSERT INTO billing.access_sessions (server, session, subscriber, address, begun_at, heard_at, ended_at, ended_by,
        interim_seconds, seconds, bytes_in, bytes_out)
    VALUES (%s, %s, %s, '', %s, %s, %s, %s, 300, 3600, 5000000000, 1000000000)
"""
RATED = """
    INSERT INTO billing.usage_rated
    VALUES (%s, 'main', 'calls', '2026-05-04', 'world', '2026-01-01', %s, 'day', 1, %s, %s, %s, 300000)
"""
UNRATED = "INSERT INTO billing.usage_unrated VALUES (%s, 'main', 'calls', '2026-05-04', 'world', '99', %s, %s)"
JOB = """
    INSERT INTO billing.jobs (command_id, content_hash, kind, fields, is_dry_run, actor, role, source, today, asked_at,
        state, attempts, started_at, ended_at, code)
    VALUES (%s, '', %s, '{}', %s, 'eve', '', '', '2026-05-04', %s, %s, 1, %s, %s, %s)
"""
DELIVERY = """
    INSERT INTO billing.deliveries (follower, position, stream, state, attempts, next_try_at, error)
    VALUES (%s, %s, 'account/A0001', %s, %s, %s, 'no answer')
"""
REFUSED = """
    INSERT INTO billing.refused_commands (command_id, cause, name, stream, subject, command, code, reason, refused_at,
        settlement, settled_by, settled_at)
    VALUES (%s, %s, %s, 'account/A0001', '', '', %s, 'reason', %s, %s, %s, %s)
"""


def at(text: str) -> datetime:
    """An instant in UTC: `05-10 23:30` is one of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def by(actor: str, moment: str, source: str = "10.0.0.1") -> Origin:
    """Somebody who works over HTTP at an instant."""
    instant = at(moment)
    return origin_of_process(actor, instant.date())._replace(recorded_at=instant, channel="HTTP", source=source)


def append(operator: Operator, stream: str, origin: Origin, *events: Event) -> None:
    """Write events behind those of a stream."""
    with operator.application.store.transaction() as transaction:
        transaction.append([Append(stream, len(operator.facts(stream)), events)], [], origin)


def fill_store(operator: Operator) -> None:
    """Looks, refused attempts, sessions, rated calls, jobs, deliveries, refused commands and a dunning run."""
    tables = operator.application.tables
    reads, attempts = PostgresPersonalReads(tables), PostgresRefusedAttempts(tables)
    reads.note("parties.read.list-customers", ["A0001", "A0002"], by("eve", "05-04 08:00"))
    reads.note("parties.read.show-customer", ["A0001"], by("adam", "05-05 08:00"))
    attempts.note("sign-in", NotPermitted("wrong password"), by("eve", "05-04 08:00", "10.0.0.9"))
    attempts.note("cash.change.take-payment", InvalidValue("must be positive"), by("eve", "05-04 09:00"))
    for session, name, ended in (
        ("s1", "A0001/main", None),
        ("s2", "stranger", None),
        ("s3", "A0001/main", "05-04 12:00"),
    ):
        operator.execute(SESSION, "nas1", session, name, at("05-04 10:00"), at("05-04 12:00"), ended and at(ended),
                         "stop" if ended else "")  # fmt: skip
    operator.execute(RATED, "A0001", "Germany", 120, 30, 30_000)
    operator.execute(RATED, "A0002", "Germany", 60, 0, 1_000)
    operator.execute(UNRATED, "A0001", "unknown destination", 2)
    fill_queues(operator)
    append(operator, "dunning-run/1", by("night", "05-04 02:00"), DunningRunCompleted(
        effective_on=at("05-04 02:00").date(), accounts=7, steps={"home/remind": 3, "home/suspend": 1},
        standing={}, suspended=1, returned=2, parked=0,
    ))  # fmt: skip


def fill_queues(operator: Operator) -> None:
    """Two jobs that are done after 60 and 90 seconds, one that failed; deliveries that wait and are dead."""
    for kind, is_dry_run, asked, state, began, ended, code in (
        ("bill", False, "05-04 20:00", "done", "05-04 20:00:05", "05-04 20:01:05", ""),
        ("bill", True, "05-05 20:00", "done", "05-05 20:00:15", "05-05 20:01:45", ""),
        ("bill", False, "05-05 22:30", "failed", "05-05 22:30", "05-05 22:30:01", "no-business-date"),
    ):
        operator.execute(JOB, uuid4(), kind, is_dry_run, at(asked), state, at(began), at(ended), code)
    (first, second, third) = operator.select("SELECT position FROM billing.events ORDER BY position LIMIT 3")
    for follower, (position,), state, attempts, next_try in (
        ("webhooks", first, "dead", 8, None), ("webhooks", second, "dead", 8, None),
        ("kafka", third, "waiting", 2, at("05-05 08:00")),
    ):  # fmt: skip
        operator.execute(DELIVERY, follower, position, state, attempts, next_try)
    for cause, name, code, settled in (
        ("reaction", "pay-promise", "closed", "applied"), ("reaction", "pay-promise", "closed", None),
        ("wake-up", "step-limit", "closed", "overruled"),
    ):  # fmt: skip
        operator.execute(REFUSED, uuid4(), cause, name, code, at("05-04 08:00"), settled, settled and "eve",
                         settled and at("05-04 09:00"))  # fmt: skip
