"""What a gateway says of its objects when it is asked: of a charge, a refund, a dispute, a stored card.

A report is what is so now, whatever was said before and in which order. `key` is ours: the name of our card payment,
which the gateway keeps with its object. Amounts are compared with our record and never trusted.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from billing_core.kernel.money import Money

ChargeState = Literal["waiting", "succeeded", "failed"]
RefundState = Literal["pending", "done", "failed"]
DisputeState = Literal["inquiry", "open", "won", "lost"]


class ChargeReport(msgspec.Struct, frozen=True, kw_only=True):
    """A charge: `waiting` is one that the customer has to confirm by `link`, or a hosted page that is not paid yet.

    `reference` is the gateway's name of it, `code` why it failed.
    """

    key: str
    reference: str
    state: ChargeState
    amount: Money
    code: str = ""
    text: str = ""
    link: str = ""


class RefundReport(msgspec.Struct, frozen=True, kw_only=True):
    """A refund. `number` is ours within the card payment; 0 if it was made at the gateway by itself."""

    key: str
    reference: str
    state: RefundState
    amount: Money
    number: int = 0
    code: str = ""


class DisputeReport(msgspec.Struct, frozen=True, kw_only=True):
    """The payer disputes a charge at the bank. An `inquiry` takes no money yet."""

    key: str
    reference: str
    state: DisputeState
    amount: Money
    reason: str = ""


class CardReport(msgspec.Struct, frozen=True, kw_only=True):
    """A card as the gateway keeps it: brand, last four digits and last month, `2029-12`; never its number."""

    account: str
    gateway_customer: str
    payment_method: str
    brand: str
    last_four: str
    expires: str
    agreed: str = ""


Report = ChargeReport | RefundReport | DisputeReport | CardReport
