"""Dunning runs: what the last one did, and on which step it left the accounts.

A run is made for today. After a clock was set back none is made before the day of the last one. The next run is
compared with it, step by step:

    step          left there by the last run    gone since    new    now
    reminder                             120            30     45    135
    suspend                               12             2      5     15

Gone since are accounts that paid, or that this run takes a step further.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event

# --- events


@event("dunning-run-completed")
class DunningRunCompleted(Event, frozen=True, kw_only=True):
    """A run has ended: how many accounts it looked at, how many steps it took by `policy/step`, and what followed.

    `standing` are the accounts by the last step taken on their open items, as the run left them. Of the accounts that
    could not be decided the first ones are named, with the reason.
    """

    accounts: int
    steps: dict[str, int]
    standing: dict[str, int]
    suspended: int
    returned: int
    parked: int
    parked_first: dict[str, str] = msgspec.field(default_factory=dict)


class LastRun(msgspec.Struct, frozen=True):
    """The run that was made last."""

    on: date
    standing: Mapping[str, int]


def apply_run(state: LastRun | None, fact: Event) -> LastRun | None:
    """The last run after an event of the stream of runs."""
    return LastRun(fact.effective_on, fact.standing) if isinstance(fact, DunningRunCompleted) else state


# --- decisions


class StandingCompared(msgspec.Struct, frozen=True):
    """The accounts on a step: as the last run left them, gone since, new, and now."""

    before: int
    gone: int
    new: int
    now: int


def require_run_day(last: LastRun | None, on: date) -> None:
    """A run is made on the day of the last one or later, or `InvalidValue`."""
    if last is not None and on < last.on:
        raise InvalidValue(f"is before {last.on}, the day of the last dunning run; set the clock right",
                           field="today", value=on)  # fmt: skip


def compared(last: LastRun | None, kept: Mapping[str, int], now: Mapping[str, int]) -> dict[str, StandingCompared]:
    """The standings of a run compared with those of the last one; `kept` stay on the step on which it left them.

    >>> compared(LastRun(date(2026, 4, 7), {"home/reminder": 12}), {"home/reminder": 9}, {"home/reminder": 13})
    {'home/reminder': StandingCompared(before=12, gone=3, new=4, now=13)}
    """
    before = last.standing if last else {}
    return {
        step: StandingCompared(
            before.get(step, 0), max(before.get(step, 0) - kept.get(step, 0), 0),
            now.get(step, 0) - kept.get(step, 0), now.get(step, 0),
        )
        for step in sorted(before.keys() | now.keys())
    }  # fmt: skip
