"""Payments and what they settle, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.payments.crumbs import CrumbLimitsSet
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
    CreditFreed,
    CreditHeldBack,
    CreditKeptAsIncome,
    CreditPaidOut,
    CreditReleased,
    CreditTransferredAway,
    CreditTransferredIn,
    InvoiceWrittenOff,
    ItemsFellDue,
    KeptCreditRestored,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
    WriteOffCancelled,
)
from billing_core.payments.remittances import RemittanceReceived


def _received(fact: PaymentReceived | RemittanceReceived) -> str:
    reference = f", reference {fact.payment_reference}" if fact.payment_reference else ""
    payer = f", from {fact.payer}" if fact.payer else ""
    method = "" if fact.method == "transfer" else f" by {fact.method}"
    return f"{fact.payment} of {money(fact.amount)}{method}{reference}{payer}"


def _reversed(fact: PaymentReversed) -> str:
    return f"{fact.payment} of {money(fact.amount)}, because: {fact.reason}"


def _refunded(fact: PaymentRefunded) -> str:
    document = f", tax document {fact.tax_document}" if fact.tax_document else ""
    return f"{money(fact.amount)} of {fact.payment}, because: {fact.reason}{document}"


def _part_of_payment(fact: PaymentPartlyReversed) -> str:
    return f"{money(fact.amount)} of {fact.payment}, because: {fact.reason}"


def _parts(fact: CreditPaidOut | PayOutReturned | CreditKeptAsIncome | KeptCreditRestored) -> str:
    parts = ", ".join(f"{money(part.amount)} of {part.credit}" for part in fact.parts)
    return f"{parts}, because: {fact.reason}"


def _written_off(fact: InvoiceWrittenOff) -> str:
    law = f", {fact.law}" if fact.law else ""
    vat = ", ".join(f"{money(part.vat)} VAT at {part.rate:f}%" for part in fact.taxes if part.vat.amount)
    held = f" with {vat}" if vat else ""
    return f"{money(fact.amount)} of invoice {fact.invoice}{held}, because: {fact.reason}{law}"


def _cancelled(fact: WriteOffCancelled) -> str:
    return f"{money(fact.amount)} of invoice {fact.invoice}, because: {fact.reason}"


def _moved_away(fact: PaymentMovedAway) -> str:
    where = f"to account {fact.to_account}" if fact.to_account else "back to the remittances"
    return f"{fact.payment} of {money(fact.amount)} {where}, because: {fact.reason}"


def _moved_in(fact: PaymentMovedIn) -> str:
    return f"{fact.payment} of {money(fact.amount)} from account {fact.from_account}, because: {fact.reason}"


def _transferred_away(fact: CreditTransferredAway) -> str:
    parts = ", ".join(f"{money(part.amount)} of {part.credit}" for part in fact.parts)
    return f"{parts} to account {fact.to_account} as {fact.transfer}, because: {fact.reason}"


def _transferred_in(fact: CreditTransferredIn) -> str:
    return f"{money(fact.amount)} from account {fact.from_account} as {fact.transfer}, because: {fact.reason}"


def _limits(fact: CrumbLimitsSet) -> str:
    limits = "; ".join(
        f"items up to {each.item:f} {each.currency}, credits up to {each.credit:f} {each.currency}, "
        f"older than {each.older_than_days} days" for each in fact.limits
    )  # fmt: skip
    return f"crumbs of seller {fact.seller}: {limits or 'none'}"


def _allocations(allocations: Iterable[Allocation]) -> str:
    return ", ".join(f"invoice {part.invoice} by {money(part.amount)} of {part.credit}" for part in allocations)


SENTENCES: Sentences = {
    PaymentReceived: _received,
    PaymentReversed: _reversed,
    PaymentPartlyReversed: _part_of_payment,
    PaymentRefunded: _refunded,
    CreditPaidOut: _parts,
    InvoiceWrittenOff: _written_off,
    WriteOffCancelled: _cancelled,
    RemittanceReceived: _received,
    CreditHeldBack: lambda fact: f"{money(fact.amount)} of {fact.credit}, because: {fact.reason}",
    CreditFreed: lambda fact: f"{money(fact.amount)} of {fact.credit}",
    PayOutReturned: _parts,
    CreditKeptAsIncome: _parts,
    KeptCreditRestored: _parts,
    CreditTransferredAway: _transferred_away,
    CreditTransferredIn: _transferred_in,
    CrumbLimitsSet: _limits,
    PaymentMovedAway: _moved_away,
    PaymentMovedIn: _moved_in,
    CreditAllocated: lambda fact: f"settled: {_allocations(fact.allocations)}",
    CreditReleased: lambda fact: f"open again: {_allocations(fact.allocations)}",
    ItemsFellDue: lambda fact: f"due, settled by any money from now on: invoice {', '.join(fact.invoices)}",
}


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """The balance, and credits that no invoice has used yet."""
    owes = account.ledger.balance.amount < 0
    yield f"balance {money(account.ledger.balance)}{', which the customer owes' if owes else ''}"
    for credit, left in account.ledger.credits.items():
        held = account.ledger.held_back.get(credit)
        kept = f", {money(held)} of it held back" if held else ""
        use = "; the next invoice uses it" if held != left else ""
        yield f"unused credit {money(left)} of {credit}{kept}{use}"


def _account_facts(account: Account, on: date) -> dict[str, Any]:
    return {"balance": account.ledger.balance, "credits": account.ledger.credits}


ACCOUNT_LINES = _account_lines
ACCOUNT_FACTS = _account_facts
