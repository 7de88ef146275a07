"""Correct one account: its services, and in the same decision the credit notes and the invoice that follow.

The corrections and the bill of the changed past are one decision: it is kept as a whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.issuing import SERVICE_CHANGED, bill_events
from billing_core.billing.run import decide_changes, past_changed
from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import Span
from billing_core.parties.details import require_text
from billing_core.services.changes import correct_activation, correct_terms
from billing_core.services.events import (
    SubscriptionActivationCorrected,
    SubscriptionEvent,
    SubscriptionTermsCorrected,
)
from billing_core.services.subscriptions import Subscription, days_on
from commands.accounts import account_stream, load_account
from commands.billing.account import catalogue_of, load_history
from commands.billing.numbers import issue_for
from commands.catalogue import load_tariff
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction
from commands.services import Subject, parameters_given, require_currency_of, subscription_of, usage_settled

# --- commands


class Correction(Command, frozen=True, kw_only=True):
    """Either the right day of activation, or what was right `from` a day up to another, `to` (left out: and still is).

    It names a subscription, or with `on_tariff` every subscription on that tariff, for the days on which it was on it.
    Prices and VAT rates are by component; `parameters` are those that another tariff requires, by name. Its own reason
    takes precedence over that of the command. Recorded usage without a price is charged at the last price or waived, as
    `unpriced_usage` says.
    """

    subscription: str = ""
    on_tariff: str = ""
    activated_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    tariff: str = ""
    agreed_prices: Mapping[str, Decimal] = {}
    vat_rates: Mapping[str, Decimal] = {}
    parameters: Mapping[str, str] = {}
    reason: str = ""
    unpriced_usage: UnpricedUsage | None = None


class CorrectAccount(Command, frozen=True, kw_only=True):
    """Correct wrong records of an account, and post the resulting credits and charges at once."""

    account: str
    corrections: tuple[Correction, ...]
    reason: str


class TouchedDocument(msgspec.Struct, frozen=True):
    """A document that was issued, or an invoice that a moved payment settled or opened again.

    A credit note names the invoice that it corrects.
    """

    what: Literal["credit-note", "invoice", "opened", "settled"]
    number: str
    amount: Money
    corrects: str = ""


class Corrected(msgspec.Struct, frozen=True):
    """The result of a command on one account. `moved` is the amount that a moved payment added (positive) or
    removed.
    """

    account: str
    credited: Money
    charged: Money
    moved: Money
    documents: tuple[TouchedDocument, ...] = ()


# --- handlers


def handle_correct_account(command: CorrectAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    require_text(command.reason, "reason")
    _require_corrections(command.corrections)
    corrections: list[Event] = []
    for correction in command.corrections:
        reason = correction.reason or command.reason
        decided = _decide_with_usage(account, version, correction, reason, corrections, transaction)
        for fact in decided:
            account.apply(fact)
        corrections += decided
    reasons = [correction.reason or command.reason for correction in command.corrections]
    return recorded_and_billed(command.account, corrections, "; ".join(dict.fromkeys(reasons)), transaction, origin)


def _require_corrections(corrections: Sequence[Correction]) -> None:
    """At least one, each of one subscription or of those on a tariff, and about one thing."""
    if not corrections:
        raise InvalidValue("holds no correction", field="corrections")
    for number, correction in enumerate(corrections, 1):
        fault = _fault(correction)
        if fault:
            raise InvalidValue(fault, field=f"correction {number}")


def _fault(correction: Correction) -> str:
    named = correction.tariff or correction.agreed_prices or correction.vat_rates
    if bool(correction.subscription) == bool(correction.on_tariff):
        return "names either a subscription or, with on_tariff, a tariff"
    if (correction.activated_on is None) == (correction.from_on is None):
        return "has either activated_on or from"
    if correction.activated_on is not None and (correction.on_tariff or correction.to_on or named):
        return "has activated_on, so it names a subscription and nothing else"
    if correction.parameters and not (correction.tariff and correction.subscription):
        return "has parameters, which go with the tariff of one subscription; name both"
    return ""


def recorded_and_billed(
    number: str, corrections: Sequence[Event], reason: str, transaction: Transaction, origin: Origin
) -> Decision:
    """Corrections of an account, with the documents of the changed past, which carry the reason."""
    account, version = load_account(transaction, number)
    if not corrections:
        return Decision((), result=_result(account, []))
    # Changes for another reason get documents of their own with that reason.
    facts = _bill(account, version, [], SERVICE_CHANGED, transaction, origin.today)
    for known in (*facts, *corrections):
        account.apply(known)
    facts += corrections
    facts += _bill(account, version, facts, reason, transaction, origin.today)
    return Decision((Append(account_stream(number), version, facts),), result=_result(account, facts))


def _decide_with_usage(
    account: Account, version: int, correction: Correction, reason: str, so_far: Sequence[Event],
    transaction: Transaction,
) -> list[Event]:  # fmt: skip
    """The facts of a correction, and what becomes of usage that it leaves without a price."""
    catalogue = _catalogue(account, correction, transaction)
    decided = [*_decide(account, correction, reason, catalogue)]
    changes: dict[str, list[Event]] = defaultdict(list)
    for fact in decided:
        if isinstance(fact, SubscriptionEvent):
            changes[fact.subscription].append(fact)
    for code, facts in changes.items():
        subject = Subject(account, version, account.subscriptions[code], facts[0].effective_on)
        choice = correction.unpriced_usage
        decided += usage_settled(subject, facts, choice, f"waived: {reason}", catalogue, transaction, so_far)
    return decided


def _catalogue(account: Account, correction: Correction, transaction: Transaction) -> Catalogue:
    """The tariffs that the account has, and the one that a correction names."""
    catalogue = dict(catalogue_of(account, transaction))
    if correction.tariff:
        tariff = require_currency_of(account, load_tariff(transaction, correction.tariff))
        catalogue[tariff.code] = tariff
    return catalogue


def _decide(account: Account, correction: Correction, reason: str, catalogue: Catalogue) -> Sequence[Event]:
    if correction.activated_on is not None:
        moved = SubscriptionActivationCorrected(
            effective_on=correction.activated_on, subscription=correction.subscription, reason=reason
        )
        return correct_activation(
            subscription_of(account, correction.subscription), moved, catalogue, account.opened_on
        )
    decided: list[Event] = []
    for subscription, from_on, to_on in _spans(account, correction):
        fact = SubscriptionTermsCorrected(
            effective_on=from_on,
            to_on=to_on,
            subscription=subscription.code,
            tariff=correction.tariff,
            agreed_prices=dict(correction.agreed_prices),
            vat_rates=dict(correction.vat_rates),
            reason=reason,
        )
        decided += correct_terms(subscription, fact, catalogue, correction.parameters)
        if decided and correction.parameters:
            decided.append(parameters_given(account, subscription.code, correction.parameters, from_on))
    return decided


def _spans(account: Account, correction: Correction) -> Iterable[tuple[Subscription, date, date | None]]:
    """The days and subscriptions of a correction of terms."""
    assert correction.from_on is not None
    if correction.subscription:
        yield subscription_of(account, correction.subscription), correction.from_on, correction.to_on
        return
    for subscription in account.subscriptions.values():
        for span in days_on(subscription, correction.on_tariff, Span(correction.from_on, correction.to_on)):
            yield subscription, span.from_on, span.to_on


def _bill(
    account: Account, version: int, so_far: Sequence[Event], reason: str, transaction: Transaction, on: date
) -> list[Event]:
    """The documents of the changed past; days that were never charged wait for the next run."""
    if not past_changed(account):
        return []
    history = load_history(transaction, account.number, version)
    for fact in so_far:
        history.apply(fact)
    bill = decide_changes(account, catalogue_of(account, transaction), history)
    if bill is None:
        return []
    issue = issue_for(account, transaction, on, bill.documents)
    return bill_events(account, bill, issue, on, reason)


def _result(account: Account, facts: Sequence[Event]) -> dict[str, Any]:
    return {"accounts": [corrected(account, facts)]}


def corrected(account: Account, facts: Sequence[Event]) -> Corrected:
    """The credits and charges of some facts on an account."""
    nothing = zero(account.currency)
    credited = charged = nothing
    documents: list[TouchedDocument] = []
    for fact in facts:
        match fact:
            case CreditNoteIssued():
                credited = credited + fact.gross
                documents.append(TouchedDocument("credit-note", fact.number, fact.gross, fact.corrects))
            case InvoiceIssued():
                charged = charged + fact.gross
                documents.append(TouchedDocument("invoice", fact.number, fact.gross))
    return Corrected(account.number, credited, charged, nothing, tuple(documents))


CONCERNS: Concerns = {CorrectAccount: Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)}
HANDLERS: Handlers = {CorrectAccount: handle_correct_account}
