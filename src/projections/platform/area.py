"""What an area brings to the read models' floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from projections.platform.projection import Cursor, Projection


def _no_streams(cursor: Cursor, customer: str) -> Sequence[str]:
    return ()


class Area(msgspec.Struct, frozen=True):
    """Read models, invariants, and the streams that belong to a customer's history.

    `true_by_date` are the read models of what is true, which have an answer for an effective date; `recorded` are those
    of what was decided or recorded, which have none. An invariant is a statement that selects those that break it, as
    text, by the sentence that must hold.
    """

    true_by_date: Sequence[Projection] = ()
    recorded: Sequence[Projection] = ()
    invariants: Mapping[str, str] = {}
    streams_of_customer: Callable[[Cursor, str], Sequence[str]] = _no_streams

    @property
    def projections(self) -> tuple[Projection, ...]:
        return (*self.true_by_date, *self.recorded)
