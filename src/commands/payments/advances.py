"""Issue tax documents on advances of an account, and correct those whose money is no longer unused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.parties.numbering import series_for
from billing_core.parties.versions import PartyVersion
from billing_core.payments.advance_uses import AccountUses, apply_known, by_tax_point
from billing_core.payments.advances import (
    AdvanceCorrected,
    Advances,
    AdvanceTerms,
    AdvanceTermsSet,
    Excess,
    Issuer,
    advances_stream,
    apply_advance_terms,
    apply_advances,
    before_of,
    correct,
    excesses,
    excesses_by,
    received,
    set_advance_terms,
    tax,
    untaxed,
)
from commands.accounts import account_stream, load_account
from commands.parties import load_customer, load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SetAdvanceTerms(Command, frozen=True, kw_only=True):
    """Have a seller issue tax documents on advances: the VAT rate of all of them, and after how many days.

    Without terms none is issued from now on. The documents have a number series of their own, of the kind `advance`.
    """

    seller: str
    terms: AdvanceTerms | None = None


class TaxAdvances(Command, frozen=True, kw_only=True):
    """Issue the tax documents that are due on unused money of an account, and correct those that are too high.

    `billing advances draw-up` does it for all accounts.
    """

    account: str


# --- handlers


def terms_stream(seller: str) -> str:
    return f"advance-terms/{seller}"


def load_advance_terms(transaction: Transaction, seller: str) -> AdvanceTerms | None:
    """The terms of a seller; None if it issues no documents on advances."""
    return transaction.load(terms_stream(seller), apply_advance_terms)[0]


def load_advances(transaction: Transaction, account: str) -> tuple[Advances, int]:
    """The documents of an account of which something is left, and the version of their stream."""
    found, version = transaction.load(advances_stream(account), apply_advances)
    return found or {}, version


def handle_set_terms(command: SetAdvanceTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = terms_stream(command.seller)
    known, version = transaction.load(stream, apply_advance_terms)
    fact = AdvanceTermsSet(effective_on=origin.today, seller=command.seller, terms=command.terms)
    return Decision((Append(stream, version, set_advance_terms(known, fact)),))


def handle_tax(command: TaxAdvances, transaction: Transaction, origin: Origin) -> Decision:
    hold_advances(transaction, command.account)
    account, account_version = load_account(transaction, command.account)
    advances, version = load_advances(transaction, command.account)
    terms = load_advance_terms(transaction, account.seller)
    found = _parted(excesses(account.ledger, advances), advances, command.account, transaction)
    due = {} if terms is None else untaxed(account.ledger, advances, before_of(terms, origin.today))
    issuer = _issuer(account, len(found) + len(due), transaction, origin)
    issuer = issuer._replace(account_version=account_version)
    events = correct(advances, found, issuer)
    if terms is not None:
        events += tax(due, received(account.ledger), terms.vat_rate, issuer)
    appends = (Append(advances_stream(account.number), version, events),) if events else ()
    return Decision(appends, {"issued": len(due), "corrected": len(found)})


def _parted(found: Sequence[Excess], advances: Advances, account: str, transaction: Transaction) -> list[Excess]:
    """Each excess by the invoices that used the money; the history of the account is read only if there is one."""
    if not found:
        return []
    uses, _ = transaction.load(account_stream(account), _fold_uses)
    known, _ = transaction.load(advances_stream(account), apply_known)
    return by_tax_point(found, advances, uses or AccountUses(), known or {})


def _fold_uses(uses: AccountUses | None, fact: Event) -> AccountUses:
    uses = AccountUses() if uses is None else uses
    uses.apply(fact)
    if isinstance(fact, InvoiceIssued):
        uses.note_invoice(fact.number, fact.tax_point_on)
    return uses


class Corrected(NamedTuple):
    """The numbers of the corrections, and what is to be written."""

    numbers: Sequence[str]
    appends: tuple[Append, ...]


def corrected_after(
    account: Account, events: Sequence[Event], reason: str, transaction: Transaction, origin: Origin
) -> Corrected:
    """The corrections of an account's documents that follow from events which take unused money away.

    What was too high before them is left to the next draw-up: its reason is another one.
    """
    hold_advances(transaction, account.number)
    advances, version = load_advances(transaction, account.number)
    found = excesses_by(events, account.ledger, advances) if advances else []
    if not found:
        return Corrected((), ())
    facts = correct(advances, found, _issuer(account, len(found), transaction, origin), reason)
    numbers = [fact.number for fact in facts if isinstance(fact, AdvanceCorrected)]
    return Corrected(numbers, (Append(advances_stream(account.number), version, facts),))


def hold_advances(transaction: Transaction, account: str) -> None:
    """No document is issued on money while it is given back: one of both waits, and sees what the other one wrote."""
    transaction.hold(advances_stream(account), alone=True)


def _issuer(account: Account, quantity: int, transaction: Transaction, origin: Origin) -> Issuer:
    """Who issues to whom, with numbers of the seller's series for as many documents."""
    seller, seller_version = load_seller(transaction, account.seller)
    _, customer_version = load_customer(transaction, account.customer)
    numbers: Iterator[str] = iter(())
    on = origin.today
    if quantity:
        taken = transaction.take_numbers(seller.code, "advance", quantity, on)
        series = series_for(seller, "advance", taken.last, taken.issued_on, taken)
        numbers, on = map(series.number, count(taken.last - quantity + 1)), taken.issued_on
    return Issuer(
        account.number, PartyVersion(seller.code, seller_version), PartyVersion(account.customer, customer_version),
        numbers, on,
    )  # fmt: skip


UNKNOWN = Concern("named", (Named("account", ("account",)),), is_worth_unknown=True)
CONCERNS: Concerns = {SetAdvanceTerms: HOUSE, TaxAdvances: UNKNOWN}
HANDLERS: Handlers = {SetAdvanceTerms: handle_set_terms, TaxAdvances: handle_tax}
