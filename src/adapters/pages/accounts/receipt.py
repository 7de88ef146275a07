"""The receipt of a payment: what was received for which account, and what it settles. It is made to be printed."""

from __future__ import annotations

from adapters.pages.accounts.owner import account_of
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowAccount
from adapters.views.parties import ListSellers, ShowCustomer
from adapters.views.payments import ListPayments
from billing_core.kernel.errors import NotFound

MOST = 1_000


def receipt(visit: Visit) -> Shown:
    """The payment that the address names."""
    account, number = account_of(visit), visit.path["payment"]
    found = visit.ask(ListPayments, account=account.number).items
    payment = next((each for each in found if each.payment == number), None)
    if payment is None:
        raise NotFound("the account has no such payment", field="payment", value=number)
    posting = None
    if visit.may(ShowAccount):
        postings = visit.ask(ShowAccount, account=account.number, limit=MOST).postings
        posting = next((each for each in postings if each.reference == number and "payment" in each.kind
                        and each.amount == payment.amount), None)  # fmt: skip
    seller = next(each for each in visit.ask(ListSellers).items if each.code == account.seller)
    customer = visit.ask(ShowCustomer, number=account.customer).customer
    return Shown("accounts/receipt.html", {
        "account": account, "payment": payment, "posting": posting, "seller": seller, "customer": customer,
    })  # fmt: skip


PAGES = (Page("/accounts/{account}/payments/{payment}", receipt, ListPayments),)
