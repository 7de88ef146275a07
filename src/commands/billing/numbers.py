"""Numbers for the documents of one bill, or of a chunk of bills.

Numbers are taken from the seller's series once for each kind of document, in the transaction in which they are
written, and handed out in the order of the bills. All documents of a seller get the date of the newest of them, and
none an earlier one than any document of the seller had, so that a credit note is never dated before its invoice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.billing.composition import DocumentsDue
from billing_core.billing.issuing import Issue
from billing_core.parties.number_series import SeriesKind
from billing_core.parties.numbering import series_for
from billing_core.parties.sellers import Seller
from billing_core.parties.versions import PartyVersion
from commands.parties import load_customer, load_seller
from commands.platform.ports import ClaimTaken, Transaction


class ToIssue(NamedTuple):
    """The documents of a bill, the business date, and the parties as they are printed."""

    account: Account
    on: date
    documents: DocumentsDue
    seller: Seller
    seller_version: int
    customer_version: int


# The data for the documents of one bill of an account on a day.
Issuing = Callable[[Account, Transaction, date, DocumentsDue], Issue]


def issue_for(account: Account, transaction: Transaction, on: date, documents: DocumentsDue) -> Issue:
    """The data for issuing the documents of one account, with its present parties."""
    seller, seller_version = load_seller(transaction, account.seller)
    _, customer_version = load_customer(transaction, account.customer)
    (issue,) = issues([ToIssue(account, on, documents, seller, seller_version, customer_version)], transaction)
    return issue


def issues(bills: Sequence[ToIssue], transaction: Transaction) -> Iterator[Issue]:
    """The data for issuing the documents of each bill."""
    wanted: Counter[tuple[str, SeriesKind]] = Counter()
    sellers = {entry.seller.code: entry.seller for entry in bills}
    issued_on = {code: transaction.last_issued_on(code) or date.min for code in sellers}
    for entry in bills:
        code = entry.seller.code
        issued_on[code] = max(issued_on[code], entry.on)
        for kind, quantity in count_documents(entry.documents).items():
            wanted[code, kind] += quantity
    numbers: dict[tuple[str, SeriesKind], Iterator[str]] = {}
    for (code, kind), quantity in wanted.items():
        numbers[code, kind] = iter(())
        if quantity:
            taken = transaction.take_numbers(code, kind, quantity, issued_on[code])
            series = series_for(sellers[code], kind, taken.last, taken.issued_on, taken)
            numbers[code, kind] = map(series.number, count(taken.last - quantity + 1))
            _require_same_year(issued_on[code], taken.issued_on)
            issued_on[code] = max(issued_on[code], taken.issued_on)
    for entry in bills:
        code = entry.seller.code
        yield Issue(
            on=issued_on[code],
            seller=PartyVersion(code, entry.seller_version),
            customer=PartyVersion(entry.account.customer, entry.customer_version),
            invoice_numbers=numbers[code, "invoice"],
            credit_note_numbers=numbers[code, "credit-note"],
            calendar=transaction.calendar(entry.seller.address.country),
        )


def _require_same_year(on: date, issued_on: date) -> None:
    """Somebody issued a document of the next year meanwhile, so numbers that are taken now are of that year."""
    if issued_on.year > on.year:
        raise ClaimTaken("another year of numbers began meanwhile; try again", field="date of issue", value=issued_on)


def count_documents(documents: DocumentsDue) -> dict[SeriesKind, int]:
    """How many documents of each kind are to be issued."""
    return {"invoice": len(documents.invoices), "credit-note": len(documents.credit_notes)}


def draft_issue(on: date) -> Issue:
    """Numbers, and due dates without holidays, that are never shown and never kept: for what is only rehearsed."""
    nobody = PartyVersion("", 0)
    numbers = map(str, count(1))
    return Issue(on=on, seller=nobody, customer=nobody, invoice_numbers=numbers, credit_note_numbers=numbers)
