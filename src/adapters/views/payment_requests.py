"""Requests to pay, and the code by which an account is paid at any time."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from adapters.documents.payment_qr import Transfer, transfer_payload
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.accounts.account import Account
from billing_core.invoicing.documents import BankDetails
from billing_core.kernel.money import Money
from billing_core.payment_requests.requests import PaymentRequest, RequestState, parts_of_name, require_request
from commands.accounts import load_account
from commands.parties import load_seller
from commands.payment_requests import load_requests
from commands.platform.concerns import LISTED, Concerns
from commands.platform.ports import Transaction
from projections.payment_requests import PaymentRequestRow, requests_after

# --- what is asked


class ListPaymentRequests(Listing, frozen=True, kw_only=True):
    """Requests to pay that are open, of all accounts or of one; with `all` also those that have ended."""

    account: str = ""
    all: bool = False


class ShowPaymentRequest(Query, frozen=True, kw_only=True):
    """A request to pay of an account, by its number, with where to pay and the content of a code for it."""

    account: str
    number: int


class ShowPaymentCode(Query, frozen=True, kw_only=True):
    """The standing code of an account: where to pay at any time, without an amount, and the content of a code."""

    account: str


# --- what is answered


class WhereToPay(msgspec.Struct):
    """To whom, to which bank account and under which reference money is sent; `code` is the content of a QR code."""

    name: str
    iban: str
    reference: str
    code: str | None


class ShownPaymentRequest(msgspec.Struct):
    """A request to pay."""

    account: str
    number: int
    state: RequestState
    amount: Money
    invoices: tuple[str, ...]
    asked_on: date
    valid_until: date
    note: str
    seller: str
    pay: WhereToPay | None


class AccountPaymentCode(msgspec.Struct):
    """Where an account is paid at any time; None if the seller has no bank account."""

    account: str
    pay: WhereToPay | None


# --- answers


class Paid(NamedTuple):
    """What a transfer is for."""

    amount: Money | None
    reference: str
    due_on: date | None


def where_to_pay(transaction: Transaction, account: Account, paid: Paid) -> WhereToPay | None:
    """The bank account of the seller, and a code in the standard of the currency."""
    seller, _ = load_seller(transaction, account.seller)
    if not seller.iban:
        return None
    bank = BankDetails(iban=seller.iban, bic=seller.bic)
    transfer = Transfer(seller.name, bank, account.currency, paid.amount, paid.reference, account.number, paid.due_on)
    return WhereToPay(seller.name, seller.iban, paid.reference, transfer_payload(transfer))


def shown_request(transaction: Transaction, account: str, number: int) -> tuple[ShownPaymentRequest, PaymentRequest]:
    """A request as its payer and the clerks see it, and as it stands in the books."""
    known, _ = load_requests(transaction, account)
    request = require_request(known, number, account)
    asked, owner = request.asked, load_account(transaction, account)[0]
    pay = None
    if request.state == "open":
        pay = where_to_pay(transaction, owner, Paid(asked.amount, asked.reference, asked.valid_until))
    shown = ShownPaymentRequest(
        account, number, request.state, asked.amount, asked.invoices, asked.effective_on, asked.valid_until, asked.note,
        load_seller(transaction, owner.seller)[0].name, pay,
    )  # fmt: skip
    return shown, request


def _list_requests(query: ListPaymentRequests, reading: Reading) -> Page[PaymentRequestRow]:
    after = parts_of_name(query.after) if query.after else ("", 0)
    with reading.source.cursor() as cursor:
        found = requests_after(
            cursor, query.account, after, query.limit + 1, open_only=not query.all, dealer=reading.dealer
        )
    return page_of(found, query.limit, lambda row: row.request)


def _show_request(query: ShowPaymentRequest, reading: Reading) -> ShownPaymentRequest:
    return reading.app.bus.look(lambda transaction: shown_request(transaction, query.account, query.number))[0]


def _show_code(query: ShowPaymentCode, reading: Reading) -> AccountPaymentCode:
    def seen(transaction: Transaction) -> AccountPaymentCode:
        account, _ = load_account(transaction, query.account)
        return AccountPaymentCode(account.number, where_to_pay(transaction, account, Paid(None, account.number, None)))

    return reading.app.bus.look(seen)


QUERIES: Queries = {
    ListPaymentRequests: _list_requests,
    ShowPaymentRequest: _show_request,
    ShowPaymentCode: _show_code,
}
CONCERNS: Concerns = {ListPaymentRequests: LISTED}
