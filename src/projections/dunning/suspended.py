"""Which accounts have services that are suspended on a day?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from projections.dealers import accounts_of
from projections.platform.projection import Cursor


class SuspendedAccount(NamedTuple):
    """An account with the name of its customer, and the services that are suspended."""

    account: str
    customer: str
    name: str
    services: list[str]


def suspended_accounts(
    cursor: Cursor, on: date, limit: int, after: str = "", dealer: str = ""
) -> list[SuspendedAccount]:
    """The accounts after a number, in order of number; those of a dealer's customers if one is named."""
    rows = cursor.execute(
        f"""SELECT found.account, accounts.customer, customers.name, found.services
            FROM (
                SELECT account, array_agg(subscription ORDER BY subscription) AS services FROM subscriptions
                WHERE suspended <> '{{}}' AND suspended @> %(on)s::date AND account > %(after)s
                AND {accounts_of("account", dealer)}
                GROUP BY account ORDER BY account LIMIT %(limit)s
            ) AS found
            JOIN accounts ON accounts.number = found.account JOIN customers ON customers.number = accounts.customer
            ORDER BY found.account""",
        {"on": on, "limit": limit, "after": after, "dealer": dealer},
    )
    return [SuspendedAccount(*row) for row in rows]
