"""The port of a card gateway: what the program asks of one, whichever it is.

Every asking carries our key, the name of the card payment, which the gateway keeps with its object. Before anything is
charged the gateway is asked for the object of this key, so an answer that was lost charges nothing twice. An answer
that did not come is `Undelivered` or `Unavailable`: it is unknown then what the gateway did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from billing_core.cards.payments import CardPayment
from billing_core.cards.reports import CardReport, ChargeReport, RefundReport, Report
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money


class CardAsk(NamedTuple):
    """A card payment for the gateway: its name, and what was asked."""

    key: str
    payment: CardPayment


class RefundAsk(NamedTuple):
    """A refund for the gateway: of which card payment, under which number, how much."""

    key: str
    charge: str
    number: int
    amount: Money


class CardAgreement(NamedTuple):
    """A card is to be stored for an account, under the wording to which the customer agrees."""

    account: str
    name: str
    agreed: str


class SignedCallback(NamedTuple):
    """A callback whose signature is right and recent: the gateway's name of the event, its kind and its object."""

    callback: str
    kind: str
    object: str


class Forged(BillingError):
    """A callback that the gateway did not sign, or signed too long ago."""

    code = "forged"


class Gateway(Protocol):
    """A gateway of cards."""

    @property
    def name(self) -> str:
        """The source of its payments: `stripe`."""

    def charge(self, ask: CardAsk) -> ChargeReport:
        """Charge a stored card, unless the gateway knows a charge of this key already: then that one's report."""

    def open_page(self, ask: CardAsk, back_to: str) -> ChargeReport:
        """A page of the gateway on which the customer pays; the same one for the same key."""

    def open_store_page(self, agreement: CardAgreement, back_to: str) -> str:
        """The address of a page of the gateway on which the customer stores a card."""

    def attach(self, agreement: CardAgreement, payment_method: str) -> CardReport:
        """Store a card that the customer gave to the gateway, by the gateway's name of it."""

    def look(self, ask: CardAsk) -> ChargeReport | None:
        """What the gateway says of a card payment now; None if it knows none of this key."""

    def cancel(self, ask: CardAsk) -> ChargeReport | None:
        """Give up a charge that waits for the customer; what the gateway says of it then."""

    def refund(self, ask: RefundAsk) -> RefundReport:
        """Give back, unless the gateway knows a refund of this key and number already: then that one's report."""

    def read(self, name: str) -> Sequence[Report]:
        """What is so now of an object of the gateway by its name there; nothing if it is none of ours."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> SignedCallback:
        """Who sent a callback, and when; `Forged` unless it was the gateway just now."""
