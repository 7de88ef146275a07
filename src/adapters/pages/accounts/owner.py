"""The customer whose account a page is about, and the way back to the card."""

from __future__ import annotations

from adapters.pages.visit import Visit
from adapters.views.accounts import ShowBalance
from projections.accounts.balances import AccountRow


def account_of(visit: Visit) -> AccountRow:
    """The account that the address names."""
    found: AccountRow = visit.ask(ShowBalance, account=visit.path["account"])
    return found


def card_of(visit: Visit) -> str:
    """The address of the card of the account's customer, with the account chosen."""
    account = account_of(visit)
    return f"/customers/{account.customer}?account={account.number}"


def named(visit: Visit) -> str:
    """What a form is about: the number of the account."""
    return visit.path["account"]
