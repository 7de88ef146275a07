"""The operator's list of calls: who is to be called because money has not come in, and what came of each call.

An account comes on the list by a step of the ladder or by hand, once at a time. A call has a result by its code; the
result says after how many days the next try is, or that no call follows. What is paid closes the entry.

    results   not-reached 1 day, calls-back 2 days, reached-promises 7 days, wrong-number no further call

    3 May     put on the list by step call        to be called from 3 May
    3 May     not-reached                          to be called from 4 May
    4 May     reached-promises, on 9 May           to be called from 9 May
    8 May     nothing is overdue any more          closed
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_printable, require_text

MOST_RESULTS = 50
MOST_DAYS = 366

# --- values and events


class CallResult(msgspec.Struct, frozen=True, kw_only=True):
    """What may come of a call, and after how many days the customer is called again; None for not at all."""

    code: str
    name: str
    next_try_days: int | None = None


USUAL_RESULTS = (
    CallResult(code="reached-promises", name="Reached, promises to pay", next_try_days=7),
    CallResult(code="reached-disputes", name="Reached, disputes the debt", next_try_days=14),
    CallResult(code="not-reached", name="Not reached", next_try_days=1),
    CallResult(code="calls-back", name="Will call back", next_try_days=2),
    CallResult(code="wrong-number", name="Wrong number"),
    CallResult(code="refuses", name="Refuses to pay"),
)


@event("call-results-set")
class CallResultsSet(Event, frozen=True, kw_only=True):
    """From now on these results may be noted, instead of those before."""

    results: tuple[CallResult, ...]


@event("call-wanted")
class CallWanted(Event, frozen=True, kw_only=True):
    """The customer is to be called about what is overdue on the account: by a step, or by hand."""

    reason: str
    step: str = ""


@event("call-noted")
class CallNoted(Event, frozen=True, kw_only=True):
    """Somebody called. The next try is on a day; without one no call follows, and the entry is closed."""

    customer: PersonNumber
    result: str
    next_try_on: date | None
    note: Personal[str] = ""


@event("call-closed")
class CallClosed(Event, frozen=True, kw_only=True):
    """The customer need not be called any more."""

    reason: str


# --- state


class WantedCall(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An entry of the list: since when, from when the customer is to be called, and how often that was tried."""

    since_on: date
    next_try_on: date
    tries: int = 0


def apply_results(state: tuple[CallResult, ...] | None, fact: Event) -> tuple[CallResult, ...] | None:
    """Fold one event of the results of calls."""
    return fact.results if isinstance(fact, CallResultsSet) else state


# --- decisions


def set_results(known: Sequence[CallResult], results: Sequence[CallResult], on: date) -> list[Event]:
    """Results with codes of their own; those that hold already change nothing."""
    if not 1 <= len(results) <= MOST_RESULTS:
        raise InvalidValue(f"must be 1 to {MOST_RESULTS}", field="number of results", value=len(results))
    codes = [result.code for result in results]
    for result in results:
        require_text(result.code, "result")
        require_text(result.name, f"name of result {result.code}")
        if codes.count(result.code) > 1:
            raise InvalidValue("is the code of two results; each has its own", field="result", value=result.code)
        if result.next_try_days is not None and not 0 <= result.next_try_days <= MOST_DAYS:
            raise InvalidValue(f"must be 0 to {MOST_DAYS}", field=f"days to the next try after {result.code}",
                               value=result.next_try_days)  # fmt: skip
    return [] if tuple(results) == tuple(known) else [CallResultsSet(effective_on=on, results=tuple(results))]


def want_call(known: WantedCall | None, reason: str, on: date, step: str = "") -> list[Event]:
    """Put an account on the list; if it is there, it stays as it is."""
    require_text(reason, "reason")
    return [] if known is not None else [CallWanted(effective_on=on, reason=reason, step=step)]


def note_call(known: WantedCall | None, results: Sequence[CallResult], noted: CallNoted, today: date) -> list[Event]:
    """Note what came of a call. The day of the next try is that of the result unless another one was agreed."""
    _require_wanted(known)
    require_printable(noted.note, "note")
    result = next((result for result in results if result.code == noted.result), None)
    if result is None:
        codes = ", ".join(result.code for result in results)
        raise InvalidValue(f"must be one of {codes}", field="result", value=noted.result)
    on = noted.next_try_on
    if on is None and result.next_try_days is not None:
        on = today + timedelta(days=result.next_try_days)
    if on is not None and on < today:
        raise InvalidValue(f"is before today, {today}", field="next try on", value=on)
    return [msgspec.structs.replace(noted, next_try_on=on)]


def close_call(known: WantedCall | None, reason: str, on: date) -> list[Event]:
    """Take an account off the list."""
    _require_wanted(known)
    require_text(reason, "reason")
    return [CallClosed(effective_on=on, reason=reason)]


def closed_by_payment(known: WantedCall | None, *, is_overdue: bool, on: date) -> list[Event]:
    """An account on which nothing is overdue leaves the list."""
    return [] if known is None or is_overdue else [CallClosed(effective_on=on, reason="nothing is overdue any more")]


def _require_wanted(known: WantedCall | None) -> None:
    if known is None:
        raise NotFound("the account is not on the list of calls; put it there first", field="call", value="")
