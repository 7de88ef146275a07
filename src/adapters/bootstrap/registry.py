"""The exports of all areas: handlers, reactions and wake-ups, read models and deadlines, invariants."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import commands.platform.area
import projections.platform.area
from adapters.areas import exported
from adapters.reports.ready import ready_reports, ready_views
from commands.platform.area import handlers_of, reactions_of, wakes_of
from commands.platform.bus import Handlers
from commands.platform.followers import Follower
from projections.parties import records_of
from projections.platform.area import Invariant, attachments_of, invariants_of
from projections.platform.check import EVERYWHERE
from projections.platform.deadlines import Deadlines
from projections.platform.projection import Cursor, PersonalProjection, Projection
from projections.reports.agreements import differences

COMMAND_AREAS: tuple[commands.platform.area.Area, ...] = tuple(exported("commands", "AREA"))
HANDLERS: Handlers = handlers_of(COMMAND_AREAS)
PROJECTION_AREAS: tuple[projections.platform.area.Area, ...] = tuple(exported("projections", "AREA"))
DEADLINES = Deadlines(area.deadlines for area in PROJECTION_AREAS)
PROJECTIONS: tuple[Projection, ...] = (*(each for area in PROJECTION_AREAS for each in area.projections), DEADLINES)
TRUE_BY_DATE: tuple[Projection, ...] = tuple(each for area in PROJECTION_AREAS for each in area.true_by_date)
# Those that show personal data, which are erased from every copy when a customer is forgotten.
PERSONAL = tuple(each for each in PROJECTIONS if isinstance(each, PersonalProjection))


def differing_reports(cursor: Cursor) -> Iterator[str]:
    """The reports whose totals differ although they must agree, on the database's day in UTC."""
    ((today,),) = cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date").fetchall()
    return map(str, differences(cursor, ready_reports(), ready_views(), today))


OF_REPORTS: dict[str, Invariant] = {"reports that must agree have the same totals": differing_reports}
INVARIANTS = invariants_of({**EVERYWHERE, **OF_REPORTS}, PROJECTION_AREAS)
ATTACHMENTS = attachments_of(PROJECTION_AREAS)
REACTIONS = reactions_of(COMMAND_AREAS)
WAKES = wakes_of(COMMAND_AREAS)
# The followers; each room that reaches the outside has its own.
FOLLOWERS: tuple[Follower, ...] = ()


def exemptions(cursor: Cursor, accounts: Sequence[str], on: date) -> dict[str, str]:
    """Which of some accounts are exempt from suspension for non-payment on a date, and why."""
    found: dict[str, str] = {}
    for area in PROJECTION_AREAS:
        for account, reason in area.exemptions(cursor, accounts, on).items():
            found[account] = f"{found[account]}; {reason}" if account in found else reason
    return found


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> dict[str, str]:
    """The seller whose business each of some streams is, for those that are one seller's."""
    return {
        stream: seller
        for area in PROJECTION_AREAS
        for stream, seller in area.sellers_of_streams(cursor, streams).items()
    }


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of a customer's history, area by area, with those of records that were merged into it."""
    records = records_of(cursor, customer)
    return list(
        dict.fromkeys(
            stream
            for area in PROJECTION_AREAS
            for record in records
            for stream in area.streams_of_customer(cursor, record)
        )
    )
