"""The exports of an area on the floor of read models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from billing_core.kernel.errors import DeclaredTwice
from projections.platform.deadlines import DeadlineFolds
from projections.platform.projection import Cursor, Projection

# A statement that selects those that break it, as text; or a function that finds them, if a statement cannot.
Invariant = str | Callable[[Cursor], Iterable[str]]


def _no_exemptions(cursor: Cursor, accounts: Sequence[str], on: date) -> Mapping[str, str]:
    return {}


def _no_streams(cursor: Cursor, customer: str) -> Sequence[str]:
    return ()


def _no_sellers(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    return {}


class Area(msgspec.Struct, frozen=True):
    """Read models, invariants, deadlines, and the streams that belong to a customer's history.

    `true_by_date` are the read models of what is true, which have an answer for an effective date; `recorded` are those
    of what was decided or recorded, which have none. An invariant finds those that break it, by the sentence that must
    hold. `exemptions` says which of some accounts are exempt from suspension for non-payment on a date, and why.
    `deadlines` says which deadlines an event sets or removes; the area's commands handle their kinds in `wakes`.
    `sellers_of_streams` says which seller's business each of some streams is, so that it is today there when deadlines
    come and events are reacted to; other streams go by the earliest of the sellers' dates.
    `attachments` is a statement that selects the hashes of the files that are attached to what the area shows: a file
    that no area names goes after a day.
    """

    true_by_date: Sequence[Projection] = ()
    recorded: Sequence[Projection] = ()
    invariants: Mapping[str, Invariant] = {}
    exemptions: Callable[[Cursor, Sequence[str], date], Mapping[str, str]] = _no_exemptions
    deadlines: DeadlineFolds = {}
    streams_of_customer: Callable[[Cursor, str], Sequence[str]] = _no_streams
    sellers_of_streams: Callable[[Cursor, Collection[str]], Mapping[str, str]] = _no_sellers
    attachments: str = ""

    @property
    def projections(self) -> tuple[Projection, ...]:
        return (*self.true_by_date, *self.recorded)


def attachments_of(areas: Iterable[Area]) -> str:
    """A statement that selects the hashes of all files that are attached to something."""
    return " UNION ALL ".join(area.attachments for area in areas if area.attachments) or "SELECT NULL::text WHERE false"


def invariants_of(everywhere: Mapping[str, Invariant], areas: Iterable[Area]) -> Mapping[str, Invariant]:
    """The invariants of the platform and of all areas; a sentence is that of one invariant."""
    found = dict(everywhere)
    for sentence, invariant in (pair for area in areas for pair in area.invariants.items()):
        if sentence in found:
            raise DeclaredTwice(f"invariant {sentence!r}")
        found[sentence] = invariant
    return found
