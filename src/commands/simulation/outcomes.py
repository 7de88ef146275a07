"""What comes of a scenario: for each run and account the charges, the documents, and what was done day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.charging.charges import Charge
from billing_core.invoicing.invoices import DocumentEvent
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money


class Happened(NamedTuple):
    """Something that happened on an account on a day, besides its billing."""

    on: date
    fact: Event


class Outcome(NamedTuple):
    """The result of a run for one account, and the balance after it; a positive balance is the customer's money.

    `known` are all charges that were ever posted on it, those that documents and corrections name. `days` has, for an
    account with a policy for money that does not come in, all that happened since the run before.
    """

    charges: Sequence[Charge]
    known: Sequence[Charge]
    documents: Sequence[DocumentEvent]
    balance: Money
    state: Mapping[str, str]
    days: Sequence[Happened] = ()


class RunOutcome(NamedTuple):
    """The result of a run, by account."""

    on: date
    accounts: Mapping[str, Outcome]


def net_and_vat(document: DocumentEvent) -> tuple[Money, Money]:
    """The sums of a document over all its VAT rates."""
    nothing = document.gross - document.gross
    net = sum((tax.base for tax in document.taxes), nothing)
    return net, document.gross - net
