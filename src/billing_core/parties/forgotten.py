"""What remains of a forgotten customer: by whose order and why, and which documents still show it.

Whether a customer may be forgotten is decided in `forgetting`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.events import Event, event


class KeptDocument(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A document that must show its buyer until a date, exclusive."""

    number: str
    until: date


@event("customer-forgotten")
class CustomerForgotten(Event, frozen=True, kw_only=True):
    """The person is erased: by whose order and why, from which accounts' payments too, and what the law still keeps.

    `senders` stand for the person in the remittances that were assigned to these accounts.
    """

    customer: str
    ordered_by: str
    reason: str
    accounts: tuple[str, ...] = ()
    kept: tuple[KeptDocument, ...] = ()
    senders: tuple[str, ...] = ()

    @property
    def kept_until(self) -> date | None:
        """The day on which the last document no longer shows its buyer; None if none is kept."""
        return max((document.until for document in self.kept), default=None)

    def keeps(self, document: str, on: date) -> bool:
        """Whether a document still shows its buyer on a day."""
        return any(kept.number == document and on < kept.until for kept in self.kept)
