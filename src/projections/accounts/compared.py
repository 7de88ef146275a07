"""Which accounts differ between the books as of two moments, and by how much?"""

from __future__ import annotations

import msgspec

from billing_core.kernel.money import Money, zero
from projections.platform.projection import Cursor

SELECT_DIFFERENT = """
    SELECT number, coalesce(later.customer, earlier.customer), coalesce(later.currency, earlier.currency),
        earlier.balance, later.balance
    FROM {earlier}.accounts AS earlier FULL JOIN {later}.accounts AS later USING (number)
    WHERE earlier.balance IS DISTINCT FROM later.balance AND number > %(after)s
    ORDER BY number LIMIT %(limit)s
"""


class ChangedBalance(msgspec.Struct):
    """An account whose balance is another one; None before it was opened, or if it was not known yet."""

    account: str
    customer: str
    before: Money | None
    after: Money | None
    difference: Money


def changed_balances(cursor: Cursor, earlier: str, later: str, limit: int, after: str = "") -> list[ChangedBalance]:
    """Accounts whose balances differ in two schemas of read models, in order of number, after a number."""
    statement = SELECT_DIFFERENT.format(earlier=_quoted(earlier), later=_quoted(later))
    rows = cursor.execute(statement, {"after": after, "limit": limit})
    found = []
    for account, customer, currency, before, now in rows:
        one, other = (None if each is None else Money(each, currency) for each in (before, now))
        nothing = zero(currency)
        found.append(ChangedBalance(account, customer, one, other, (other or nothing) - (one or nothing)))
    return found


def _quoted(schema: str) -> str:
    """A schema as an identifier of SQL, whatever its name holds."""
    doubled = schema.replace('"', '""')
    return f'"{doubled}"'
