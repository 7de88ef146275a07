"""Whose account it is that a payer typed something for at a kiosk; nobody's if it is not the one of one account.

account     the number itself                       invoice    the account of that invoice
customer    the customer's only account             phone      the only account of the only customer with it
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.bootstrap.application import Application
from billing_core.accounts.account import Account, apply_account
from billing_core.invoicing.invoices import INVOICE_CLAIM
from billing_core.kiosks.connections import KioskTerms
from commands.accounts import account_stream, accounts_of_customer
from commands.platform.ports import Transaction
from projections.customer_search import digits_in
from projections.parties.customer_lists import list_customers, names_of
from projections.platform.runner import LIVE_SCHEMA

LEAST_DIGITS = 7
MOST_ALIKE = 20


class KioskPayers:
    """Finds accounts by what payers type. Only a telephone number is sought in the read models, which may lag."""

    def __init__(self, application: Application) -> None:
        self._app = application

    def account_of(self, typed: str, terms: KioskTerms) -> str:
        """The number of the account; empty if it is nobody's, or of several. An account need not exist."""
        if terms.payer_key == "account":
            return typed
        customers = self._customers_by_phone(typed) if terms.payer_key == "phone" else [typed]

        def find(transaction: Transaction) -> str:
            if terms.payer_key == "invoice":
                claim = transaction.claimed(INVOICE_CLAIM, [typed]).get(typed)
                return claim.stream.partition("/")[2] if claim else ""
            return _only_one(customers, terms, transaction)

        return self._app.bus.look(find)

    def account(self, number: str, terms: KioskTerms) -> Account | None:
        """The account as it is now, if it is one of the seller's."""
        account: Account | None = self._app.store.load(account_stream(number), apply_account) if number else None
        return account if account is not None and account.seller == terms.seller else None

    def name_of(self, customer: str) -> str:
        """The name of a customer, as the read models show it."""
        with self._app.tables.transaction(LIVE_SCHEMA) as cursor:
            return names_of(cursor, [customer]).get(customer, "")

    def _customers_by_phone(self, typed: str) -> list[str]:
        digits = digits_in(typed).lstrip("0")
        if len(digits) < LEAST_DIGITS:
            return []
        with self._app.tables.transaction(LIVE_SCHEMA) as cursor:
            found = [row.customer for row in list_customers(cursor, digits, MOST_ALIKE)]
        return [each.number for each in found if digits_in(each.phone or "").endswith(digits)]


def _only_one(customers: Sequence[str], terms: KioskTerms, transaction: Transaction) -> str:
    """The only account of the seller in the currency of the connection; empty if there are none or several."""
    if len(customers) != 1:
        return ""
    found = []
    for number in accounts_of_customer(transaction, customers[0]):
        account, _ = transaction.load(account_stream(number), apply_account)
        if account is not None and account.seller == terms.seller and account.currency == terms.currencies[-1].currency:
            found.append(number)
    return found[0] if len(found) == 1 else ""
