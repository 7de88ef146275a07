"""The journal of events as tables of pandas, for sums that know nothing of the read models.

Each event is looked at by itself: what it says is a row or some rows, with the day on which it counts and exact
amounts. Nothing is folded: no state of an account, no table of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pandas as pd

from adapters.bootstrap.application import Application
from billing_core.accounts.events import AccountOpened
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.payments import events as payments
from billing_core.payments import remittances
from billing_core.payments.advances import AdvanceDocument, AdvanceTaxed
from projections.platform.projection import LoggedEvent

PAGE = 5_000
MONEY = ["stream", "account", "payment", "on", "kind", "actor", "amount", "currency"]
CHANGES = ["account", "on", "kind", "of", "amount", "currency"]
DOCUMENTS = ["account", "number", "kind", "on", "tax_point_on", "gross", "net", "vat", "currency", "corrects", "due_on"]
TAXES = ["account", "number", "kind", "on", "tax_point_on", "vat_rate", "base", "vat", "currency"]
LINES = ["account", "number", "kind", "on", "charge", "net", "currency"]
SETTLED = ["account", "document", "credit", "on", "amount", "currency"]
CHARGES = [
    "account", "charge", "on", "tariff", "component", "kind", "amount", "currency", "vat_rate", "includes_vat",
    "subscription", "from_on", "to_on", "agreed", "takes_back", "revision",
]  # fmt: skip


class Journal:
    """Every event of the log, and the tables that are made of them."""

    def __init__(self, application: Application) -> None:
        self._entries = list(_read(application))

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Each account with its seller."""
        rows = [(entry.number, entry.event.seller) for entry in self._of(AccountOpened)]
        return pd.DataFrame(rows, columns=["account", "seller"])

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """By what way and from what source each payment came in."""
        rows = [
            (entry.event.payment, entry.event.method, entry.event.source)
            for entry in self._of(payments.PaymentReceived, remittances.RemittanceReceived)
        ]
        return pd.DataFrame(rows, columns=["payment", "method", "source"]).drop_duplicates("payment")

    @cached_property
    def cash(self) -> pd.DataFrame:
        """What came into the house and left it: what only changes hands within the house is no row of it."""
        rows = [
            (entry.stream, _account(entry), payment, entry.event.effective_on, kind, entry.origin.actor, amount.amount,
             amount.currency)
            for entry in self._entries
            for kind, payment, amount in _cash(entry)
        ]  # fmt: skip
        found = pd.DataFrame(rows, columns=MONEY).merge(self.arrivals, how="left").merge(self.accounts, how="left")
        return found.fillna({"method": "other", "source": ""})  # Of a credit note nothing came in.

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What changes the balance of an account, positive in the customer's favour."""
        rows = [
            (entry.number, entry.event.effective_on, kind, of, amount.amount, amount.currency)
            for entry in self._entries
            for kind, of, amount in _changes(entry)
        ]
        return pd.DataFrame(rows, columns=CHANGES).merge(self.accounts, how="left")

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Invoices and credit notes."""
        rows = [
            (entry.number, fact.number, _kind(fact), fact.effective_on, fact.tax_point_on, fact.gross.amount,
             sum(line.net.amount for line in fact.lines), sum(tax.vat.amount for tax in fact.taxes),
             fact.gross.currency, getattr(fact, "corrects", ""), getattr(fact, "due_on", None))
            for entry in self._of(InvoiceIssued, CreditNoteIssued)
            for fact in [entry.event]
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=DOCUMENTS).merge(self.accounts, how="left")

    @cached_property
    def taxes(self) -> pd.DataFrame:
        """The base and the VAT of each rate of each document, and of each document on an advance."""
        rows = [
            (entry.number, fact.number, _kind(fact), fact.effective_on, fact.tax_point_on, tax.rate, tax.base.amount,
             tax.vat.amount, tax.base.currency)
            for entry in self._of(InvoiceIssued, CreditNoteIssued)
            for fact in [entry.event]
            for tax in fact.taxes
        ]  # fmt: skip
        advances = self.advances.rename(columns={"net": "base"})[TAXES]
        return pd.concat([pd.DataFrame(rows, columns=TAXES), advances]).merge(self.accounts, how="left")

    @cached_property
    def advances(self) -> pd.DataFrame:
        """Tax documents on advances and their corrections."""
        rows = [
            (fact.account, fact.number, "advance" if isinstance(fact, AdvanceTaxed) else "advance-correction",
             fact.effective_on, fact.tax_point_on, fact.vat_rate, fact.gross.amount, fact.base.amount, fact.vat.amount,
             fact.gross.currency, getattr(fact, "corrects", ""), None)
            for entry in self._of(AdvanceDocument)
            for fact in [entry.event]
        ]  # fmt: skip
        columns = [*DOCUMENTS[:5], "vat_rate", *DOCUMENTS[5:]]
        return pd.DataFrame(rows, columns=columns).merge(self.accounts, how="left")

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines of documents, each with its charge."""
        rows = [
            (entry.number, fact.number, _kind(fact), fact.effective_on, line.charge, line.net.amount, line.net.currency)
            for entry in self._of(InvoiceIssued, CreditNoteIssued)
            for fact in [entry.event]
            for line in fact.lines
        ]
        charges = self.charges.rename(columns={"kind": "charge_kind"}).drop(
            columns=["on", "currency", "amount", "seller"]
        )
        found = pd.DataFrame(rows, columns=LINES).merge(self.accounts, how="left")
        return found.merge(charges, how="left", on=["account", "charge"])

    @cached_property
    def charges(self) -> pd.DataFrame:
        """Charges as they were posted, in the terms of their price list."""
        rows = [
            (entry.number, charge.key, entry.event.effective_on, charge.tariff, _component(charge), charge.kind,
             charge.amount.amount, charge.amount.currency, charge.vat_rate, charge.includes_vat, charge.subscription,
             charge.from_on, charge.to_on, charge.agreed, charge.corrects or "", charge.revision)
            for entry in self._of(ChargesPosted)
            for charge in entry.event.charges
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=CHARGES).merge(self.accounts, how="left")

    @cached_property
    def settled(self) -> pd.DataFrame:
        """What settled an invoice, a write-off too; negative if it was released."""
        rows = [
            (entry.number, invoice, credit, entry.event.effective_on, amount.amount, amount.currency)
            for entry in self._entries
            for invoice, credit, amount in _settled(entry.event)
        ]
        return pd.DataFrame(rows, columns=SETTLED).merge(self.accounts, how="left")

    @cached_property
    def whole_reversals(self) -> pd.DataFrame:
        """What was left of payments when they were taken back."""
        rows = [(entry.number, entry.event.amount.amount, entry.event.amount.currency)
                for entry in self._of(payments.PaymentReversed)]  # fmt: skip
        return pd.DataFrame(rows, columns=["account", "amount", "currency"])

    @cached_property
    def written_off(self) -> pd.DataFrame:
        """The base and the VAT of what was written off by rate, negative if the write-off was cancelled."""
        known: dict[str, payments.InvoiceWrittenOff] = {}
        rows = []
        for entry in self._of(payments.InvoiceWrittenOff, payments.WriteOffCancelled):
            sign = 1 if isinstance(entry.event, payments.InvoiceWrittenOff) else -1
            if sign == 1:
                known[entry.event.invoice] = entry.event
            rows += [
                (entry.number, entry.event.effective_on, tax.rate, sign * tax.base.amount, sign * tax.vat.amount,
                 tax.base.currency)
                for tax in known[entry.event.invoice].taxes
            ]  # fmt: skip
        columns = ["account", "on", "vat_rate", "base", "vat", "currency"]
        return pd.DataFrame(rows, columns=columns).merge(self.accounts, how="left")

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """Money of nobody who is known: what came in less what became somebody's or went."""
        rows = [
            (entry.number, amount.amount, amount.currency)
            for entry in self._entries
            for amount in _waiting(entry.event)
        ]
        return pd.DataFrame(rows, columns=["remittance", "amount", "currency"])

    def _of(self, *kinds: type) -> Iterator[Any]:
        return (entry for entry in self._entries if isinstance(entry.event, kinds))


def _read(application: Application) -> Iterator[LoggedEvent]:
    upto, after = application.log.final_position(), 0
    while page := application.log.read(after, upto, PAGE):
        yield from page
        after = page[-1].position


def _account(entry: LoggedEvent) -> str:
    return entry.number if entry.stream.startswith("account/") else ""


def _kind(fact: Any) -> str:
    return "invoice" if isinstance(fact, InvoiceIssued) else "credit-note"


def _cash(entry: LoggedEvent) -> Iterator[tuple[str, str, Any]]:
    match entry.event:
        case payments.PaymentReceived() as fact if not fact.remittance:
            yield "received", fact.payment, fact.amount
        case remittances.RemittanceReceived() as fact:
            yield "received", fact.payment, fact.amount
        case payments.PaymentReversed() | payments.PaymentPartlyReversed() as fact:
            yield "reversed", fact.payment, -fact.amount
        case payments.PaymentRefunded() as fact:
            yield "refunded", fact.payment, -fact.amount
        case payments.CreditPaidOut(parts=parts):
            yield from (("paid-out", part.credit, -part.amount) for part in parts)
        case payments.PayOutReturned(parts=parts):
            yield from (("paid-out", part.credit, part.amount) for part in parts)
        case remittances.RemittanceGivenBack() as fact:
            yield "given-back", entry.number, -fact.amount
        case remittances.RemittanceActUndone(act="given back") as fact:
            yield "given-back", entry.number, fact.amount


def _changes(entry: LoggedEvent) -> Iterator[tuple[str, str, Any]]:
    if not entry.stream.startswith("account/"):
        return
    match entry.event:
        case InvoiceIssued() | CreditNoteIssued() as fact:
            yield _kind(fact), fact.number, -fact.gross
        case payments.PaymentReceived() as fact:
            yield "payment", fact.payment, fact.amount
        case payments.PaymentMovedIn() as fact:
            yield "moved", fact.payment, fact.amount
        case payments.PaymentMovedAway() as fact:
            yield "moved", fact.payment, -fact.amount
        case payments.PaymentReversed() | payments.PaymentPartlyReversed() as fact:
            yield "reversed", fact.payment, -fact.amount
        case payments.PaymentRefunded() as fact:
            yield "refunded", fact.payment, -fact.amount
        case payments.CreditPaidOut() | payments.CreditKeptAsIncome() | payments.CreditTransferredAway() as fact:
            yield from (("credit taken", part.credit, -part.amount) for part in fact.parts)
        case payments.PayOutReturned() | payments.KeptCreditRestored() as fact:
            yield from (("credit given", part.credit, part.amount) for part in fact.parts)
        case payments.CreditTransferredIn() as fact:
            yield "credit given", fact.transfer, fact.amount
        case payments.InvoiceWrittenOff() as fact:
            yield "write-off", fact.invoice, fact.amount
        case payments.WriteOffCancelled() as fact:
            yield "write-off", fact.invoice, -fact.amount


def _component(charge: Charge) -> str:
    """Items and late interest of whatever number are each one component."""
    return charge.component if charge.subscription else charge.component.rstrip("0123456789").rstrip("-")


def _settled(fact: Any) -> Iterator[tuple[str, str, Any]]:
    match fact:
        case payments.CreditAllocated(allocations=parts):
            yield from ((part.invoice, part.credit, part.amount) for part in parts)
        case payments.CreditReleased(allocations=parts):
            yield from ((part.invoice, part.credit, -part.amount) for part in parts)


def _waiting(fact: Any) -> Iterator[Any]:
    match fact:
        case remittances.RemittanceReceived(amount=amount) | remittances.RemittanceActUndone(amount=amount):
            yield amount
        case remittances.RemittanceSplit(parts=parts):
            yield from (-part.amount for part in parts)
        case (remittances.RemittanceAssigned(amount=amount) | remittances.RemittanceGivenBack(amount=amount)
              | remittances.RemittanceKept(amount=amount)):  # fmt: skip
            yield -amount
