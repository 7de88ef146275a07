"""Reasons for suspensions, desired states of services, and the time from a payment to the return."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.services.suspension_reasons import SuspensionReason
from commands.platform.concerns import HOUSE, LISTED, SHARED, Concerns
from projections.suspensions.desired_states import DesiredState, desired_states, page_of_states
from projections.suspensions.reasons import suspension_reasons
from projections.suspensions.returns import ReturnRow, ReturnTimes, return_times, returns_after

USUAL_DAYS = 30


class ListSuspensionReasons(Listing, frozen=True, kw_only=True):
    """Reasons for suspensions with their policies, in order of code: defined ones, and those that are ready."""


class ShowSuspensionReason(Query, frozen=True, kw_only=True):
    """One reason for suspensions."""

    code: str


class ListDesiredStates(Listing, frozen=True, kw_only=True):
    """What each service is to be like `on` a date, today unless it is named: on, blocked, slow or off.

    They come in order of the position of the last event that changed them, and `after` is such a position: so another
    program asks for what changed since it asked last.
    """

    on: date | None = None
    state: Literal["", "on", "blocked", "slow", "off"] = ""


class ListReturns(Listing, frozen=True, kw_only=True):
    """Services that returned after a payment, with the seconds from its record to the return.

    They returned on the days from `first_on` to `last_on`; without them on the last 30 days.
    """

    first_on: date | None = None
    last_on: date | None = None


class ShowReturnTimes(Query, frozen=True, kw_only=True):
    """How long services that money brought back took after the payment: the median, 99 %, and the longest, in seconds.

    They returned on the days from `first_on` to `last_on`; without them on the last 30 days.
    """

    first_on: date | None = None
    last_on: date | None = None


def _list_reasons(query: ListSuspensionReasons, reading: Reading) -> Page[SuspensionReason]:
    with reading.source.cursor() as cursor:
        found = suspension_reasons(cursor)
    after = [reason for code, reason in found.items() if code > query.after]
    return page_of(after[: query.limit + 1], query.limit, lambda reason: reason.code)


def _show_reason(query: ShowSuspensionReason, reading: Reading) -> SuspensionReason:
    with reading.source.cursor() as cursor:
        found = suspension_reasons(cursor).get(query.code)
    if found is None:
        raise NotFound(
            "no such reason for a suspension; `billing suspension-reasons` lists them", field="reason", value=query.code
        )
    return found


def _list_states(query: ListDesiredStates, reading: Reading) -> Page[DesiredState]:
    on, after = query.on or reading.today, _position(query.after)
    with reading.source.cursor() as cursor:
        reasons = suspension_reasons(cursor)
        found = desired_states(cursor, on, after, query.limit + 1, reasons, query.state, reading.dealer)
    shown, is_more = page_of_states(found, query.limit)
    return Page(list(shown), str(shown[-1].position) if is_more else None)


def _position(after: str) -> int:
    if after and not after.isdecimal():
        raise InvalidValue("is a position, as the answers have it; leave it out for all", field="after", value=after)
    return int(after or 0)


def _list_returns(query: ListReturns, reading: Reading) -> Page[ReturnRow]:
    first, last = _days(query, reading)
    with reading.source.cursor() as cursor:
        found = returns_after(cursor, query.after, query.limit + 1, first, last, reading.dealer)
    return page_of(found, query.limit, lambda row: row.place)


def _show_times(query: ShowReturnTimes, reading: Reading) -> ReturnTimes:
    with reading.source.cursor() as cursor:
        return return_times(cursor, *_days(query, reading))


def _days(query: ListReturns | ShowReturnTimes, reading: Reading) -> tuple[date, date]:
    last = query.last_on or reading.today
    return query.first_on or last - timedelta(days=USUAL_DAYS), last


QUERIES: Queries = {
    ListSuspensionReasons: _list_reasons,
    ShowSuspensionReason: _show_reason,
    ListDesiredStates: _list_states,
    ListReturns: _list_returns,
    ShowReturnTimes: _show_times,
}
CONCERNS: Concerns = {
    ListSuspensionReasons: SHARED,
    ShowSuspensionReason: HOUSE,
    ListDesiredStates: LISTED,
    ListReturns: LISTED,
    ShowReturnTimes: HOUSE,
}
