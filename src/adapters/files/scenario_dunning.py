"""Dunning in a scenario: what is done if money does not come in, and what the customer does about it.

    country: CZ                                       # whose holidays count; without it only weekends are not worked
    dunning_policies:
      - code: home
        name: Households
        currency: EUR
        skips: [weekends, holidays]
        steps:
          - {code: reminder, when: {by: days, days: 7}, message: overdue}
          - {code: suspend, when: {by: days, days: 21}, actions: [{does: suspend}]}
    promise_terms: {most_days: 10, most_per_month: 2}
    accounts:
      - code: A1
        dunning: home                                 # the policy of its billing plan
        payments: [{on: 2026-03-10, amount: "19.90"}]
        reversals: [{on: 2026-03-15, payment: 1}]     # the first of the payments; amount, reason
        promises: [{on: 2026-03-20, until: 2026-03-27}]
        disputes: [{on: 2026-03-11, invoice: "1", until: 2026-03-20, reason: wrong amount}]
        pauses: [{on: 2026-03-11, until: 2026-04-01, reason: in hospital}]   # invoice; for good without until
        insolvencies: [{on: 2026-06-01, until: 2026-12-01, reference: KSPH 12 INS 34/2026}]

The documents of each account are numbered 1, 2, 3 in the order in which they are issued.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from adapters.edge.faults import FaultAt, Part
from adapters.files.scenario_timeline import EntrySchema
from adapters.files.yaml_documents import FilePart
from billing_core.dunning.facts import (
    DunningPaused,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.policies import DunningPolicy, require_policy
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, parse_amount
from billing_core.payments.events import PaymentReceived
from commands.simulation import Fact, PaymentToReverse, PromiseToOpen

Location = tuple[Part, ...]

# --- what is written


class PaymentSchema(EntrySchema, frozen=True, kw_only=True):
    amount: str


class ReversalSchema(EntrySchema, frozen=True, kw_only=True):
    """A payment of the account, counted from 1, is taken back, or an amount of it."""

    payment: int
    amount: str | None = None
    reason: str = "returned by the bank"


class PromiseSchema(EntrySchema, frozen=True, kw_only=True):
    """The customer promises to pay what is owed by a day."""

    until: date


class DisputeSchema(EntrySchema, frozen=True, kw_only=True):
    """The customer disputes an invoice, until the dispute is settled."""

    invoice: str
    until: date | None = None
    reason: str = "disputed"


class PauseSchema(EntrySchema, frozen=True, kw_only=True):
    """Nothing is done about the account, or about one invoice, until a day; for good without one."""

    until: date | None = None
    reason: str = "paused"
    invoice: str = ""


class InsolvencySchema(EntrySchema, frozen=True, kw_only=True):
    """Proceedings over the customer, until they are over."""

    reference: str
    until: date | None = None


class DunnedSchema(FilePart, frozen=True, kw_only=True):
    """What a customer does about money."""

    payments: tuple[PaymentSchema, ...] = ()
    reversals: tuple[ReversalSchema, ...] = ()
    promises: tuple[PromiseSchema, ...] = ()
    disputes: tuple[DisputeSchema, ...] = ()
    pauses: tuple[PauseSchema, ...] = ()
    insolvencies: tuple[InsolvencySchema, ...] = ()


# --- reading


def require_policies(policies: Sequence[DunningPolicy], currency: str) -> dict[str, DunningPolicy]:
    """The policies by code, each one that can be followed and in the currency of the scenario."""
    found: dict[str, DunningPolicy] = {}
    for number, policy in enumerate(policies):
        location = ("dunning_policies", number)
        if policy.code in found:
            raise FaultAt((*location, "code"), f"policy {policy.code!r} stands twice")
        if policy.currency != currency:
            raise FaultAt((*location, "currency"), f"'{policy.currency}' is not that of the scenario")
        try:
            found[policy.code] = require_policy(policy)
        except InvalidValue as refused:
            raise FaultAt(location, str(refused)) from None
    return found


def facts_of_money(
    account: DunnedSchema, code: str, currency: str, location: Location
) -> Iterator[tuple[date, Fact, Location]]:
    """The facts of an account's money, each with the day on which it becomes known and its place."""
    for number, payment in enumerate(account.payments):
        here = (*location, "payments", number)
        yield payment.learnt_on(), _payment(payment, code, number, currency, here), here
    for number, reversal in enumerate(account.reversals):
        here = (*location, "reversals", number)
        yield reversal.learnt_on(), _reversal(reversal, account, currency, here), here
    for number, promise in enumerate(account.promises):
        yield promise.learnt_on(), PromiseToOpen(promise.on, promise.until), (*location, "promises", number)
    for number, pause in enumerate(account.pauses):
        paused = DunningPaused(
            effective_on=pause.on, until_on=pause.until, reason=pause.reason, invoice=pause.invoice
        )  # fmt: skip
        yield pause.learnt_on(), paused, (*location, "pauses", number)
    yield from _disputes(account, location)
    yield from _insolvencies(account, location)


def _disputes(account: DunnedSchema, location: Location) -> Iterator[tuple[date, Fact, Location]]:
    for number, dispute in enumerate(account.disputes):
        here = (*location, "disputes", number)
        disputed = ItemDisputed(effective_on=dispute.on, invoice=dispute.invoice, reason=dispute.reason)
        yield dispute.learnt_on(), disputed, here
        if dispute.until is not None:
            ended = ItemDisputeEnded(effective_on=dispute.until, invoice=dispute.invoice, outcome="settled")
            yield dispute.until, ended, here


def _insolvencies(account: DunnedSchema, location: Location) -> Iterator[tuple[date, Fact, Location]]:
    for number, known in enumerate(account.insolvencies):
        here = (*location, "insolvencies", number)
        yield known.learnt_on(), InsolvencyNoted(effective_on=known.on, reference=known.reference), here
        if known.until is not None:
            yield known.until, InsolvencyEnded(effective_on=known.until, outcome="over"), here


def _payment(payment: PaymentSchema, account: str, number: int, currency: str, location: Location) -> PaymentReceived:
    amount = _amount(payment.amount, currency, location)
    return PaymentReceived(
        effective_on=payment.on, customer=account, source="scenario", reference=str(number + 1), amount=amount
    )


def _reversal(reversal: ReversalSchema, account: DunnedSchema, currency: str, location: Location) -> PaymentToReverse:
    if not 1 <= reversal.payment <= len(account.payments):
        raise FaultAt((*location, "payment"), f"the account has no payment {reversal.payment}; they count from 1")
    amount = None if reversal.amount is None else _amount(reversal.amount, currency, location)
    return PaymentToReverse(reversal.on, f"scenario:{reversal.payment}", amount, reversal.reason)


def _amount(written: str, currency: str, location: Location) -> Money:
    try:
        return parse_amount(written, currency, "amount")
    except InvalidValue as refused:
        raise FaultAt((*location, "amount"), f"{written!r} {refused.message}") from None
