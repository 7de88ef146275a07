"""Ask before an operation on many accounts: the limits are the strictest of all sellers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from billing_core.confirmation import ConfirmationLimits


def limits_of_all(app: Application) -> ConfirmationLimits:
    """The limits of what concerns the customers of every seller."""
    from commands.confirmation import load_limits

    with app.store.transaction() as transaction:
        return load_limits(transaction, app.models().sellers())


def number_of_accounts(app: Application) -> int:
    """The base that a number of accounts is a share of."""
    from projections.accounts.balances import count_accounts

    with app.queries.cursor() as cursor:
        return count_accounts(cursor)
