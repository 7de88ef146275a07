"""What happens by itself: how far it has come, what was refused or not delivered, and what is done when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from adapters.bootstrap.automation import Automation, automation_of
from adapters.postgres.followers import BEFORE_ALL, PostgresDeliveries
from adapters.postgres.followers import Listed as ListedDelivery
from adapters.postgres.log_lag import Lag
from adapters.postgres.refused_commands import PostgresRefusedCommands
from adapters.views.query import Limit, Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from commands.platform.causes import CauseKind
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.refusals import RefusedCommand
from commands.platform.timed_work import next_due_at
from projections.platform.deadlines import DeadlineRow, list_deadlines
from projections.platform.runner import LIVE_SCHEMA

POSITION_DIGITS = 19


class ListFollowers(Query, frozen=True, kw_only=True):
    """Followers, which deliver events to the outside: how far each has come."""


class ListDeliveries(Listing, frozen=True, kw_only=True):
    """Deliveries that did not succeed: those that wait for their next try, dead letters, and what was dropped.

    Of one `follower`, or of all, in order of follower and position; with a `state` only those in it.
    """

    follower: str = ""
    state: Literal["", "waiting", "dead", "dropped"] = ""


class ListReactions(Query, frozen=True, kw_only=True):
    """Reactions to events: how far each has come."""


class ListRefusedCommands(Query, frozen=True, kw_only=True):
    """Commands of reactions or of wake-ups that were refused: those to be settled, or those that are settled."""

    cause: CauseKind
    settled: Literal["no", "yes"] = "no"


class ListWakeUps(Query, frozen=True, kw_only=True):
    """The deadlines of the areas, in order; a worker hands each over on its day, or at its instant."""

    limit: Limit = 50


class ListTimedWork(Query, frozen=True, kw_only=True):
    """What is done every night: how it went the last time, and when it is done next."""


class DeliveryRow(msgspec.Struct):
    """A delivery that waits, is dead or was dropped; who replayed or dropped it, when and why."""

    follower: str
    position: int
    stream: str
    state: str
    attempts: int
    next_try_at: datetime | None
    error: str
    decided_by: str | None
    decided_at: datetime | None
    decided_reason: str | None


class RefusedCommandRow(msgspec.Struct):
    """A refused command: its cause, why it was refused, and how it was settled."""

    number: int
    name: str
    stream: str
    position: int | None
    subject: str
    due_on: date | None
    due_at: datetime | None
    command: str
    code: str
    reason: str
    refused_at: datetime
    attempts: int
    settlement: str | None
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str | None


class TimedWorkRow(msgspec.Struct):
    """A work with its last doing; `next_due_at` is a time in the sellers' zone, `wanted_by` asked for it by hand."""

    work: str
    next_due_at: str
    last_on: date
    state: str
    outcome: str
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    wanted_by: str | None


def _list_followers(query: ListFollowers, reading: Reading) -> Page[Lag]:
    return Page(automation_of(reading.app).follower_lags(datetime.now(UTC)), None)


def _list_deliveries(query: ListDeliveries, reading: Reading) -> Page[DeliveryRow]:
    deliveries = PostgresDeliveries(reading.app.tables)
    listed = deliveries.listed(query.follower, _place(query.after), query.limit + 1, query.state)
    return page_of([_delivery(each) for each in listed], query.limit, lambda row: f"{row.follower}@{row.position}")


def _place(after: str) -> tuple[str, int]:
    """The place that `next` of the page before names."""
    if not after:
        return BEFORE_ALL
    follower, _, position = after.rpartition("@")
    if not (position.isascii() and position.isdecimal() and len(position) < POSITION_DIGITS):
        raise InvalidValue("is not the `next` of a page of deliveries", field="after", value=after)
    return follower, int(position)


def _delivery(listed: ListedDelivery) -> DeliveryRow:
    of = listed.delivery
    return DeliveryRow(of.follower, of.position, of.stream, listed.state, of.attempts, of.next_try_at, of.error,
                       listed.decided_by, listed.decided_at, listed.decided_reason)  # fmt: skip


def _list_reactions(query: ListReactions, reading: Reading) -> Page[Lag]:
    return Page(automation_of(reading.app).reaction_lags(datetime.now(UTC)), None)


def _list_refused(query: ListRefusedCommands, reading: Reading) -> Page[RefusedCommandRow]:
    listed = PostgresRefusedCommands(reading.app.tables).listed(query.cause, is_settled=query.settled == "yes")
    return Page([_refused(each) for each in listed], None)


def _refused(listed: RefusedCommand) -> RefusedCommandRow:
    cause = listed.cause
    return RefusedCommandRow(
        listed.number, cause.name, cause.stream, cause.position, cause.subject, cause.due_on, cause.due_at,
        listed.command, listed.code, listed.reason, listed.refused_at, listed.attempts, listed.settlement,
        listed.settled_by, listed.settled_at, listed.settled_reason,
    )  # fmt: skip


def _list_wake_ups(query: ListWakeUps, reading: Reading) -> Page[DeadlineRow]:
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        return Page(list_deadlines(cursor, query.limit), None)


def _list_works(query: ListTimedWork, reading: Reading) -> Page[TimedWorkRow]:
    automation = automation_of(reading.app)
    automation.works.register()
    return Page(timed_work_rows(automation), None)


def timed_work_rows(automation: Automation) -> list[TimedWorkRow]:
    """The works of this program; one that runs while no process works belongs to a process that was killed."""
    records, rows = automation.work_records.records(), []
    is_any_running = automation.work_records.is_any_running()
    for name, work in automation.works.works.items():
        record = records[name]
        is_killed = record.state == "running" and not is_any_running
        state, outcome = ("interrupted", "its process was killed") if is_killed else (record.state, record.outcome)
        due = next_due_at(work.at, record.last_on).isoformat()
        rows.append(
            TimedWorkRow(name, due, record.last_on, state, outcome, record.started_by, record.started_at,
                         record.ended_at, record.wanted_by)
        )  # fmt: skip
    return rows


QUERIES: Queries = {
    ListFollowers: _list_followers,
    ListDeliveries: _list_deliveries,
    ListReactions: _list_reactions,
    ListRefusedCommands: _list_refused,
    ListWakeUps: _list_wake_ups,
    ListTimedWork: _list_works,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
