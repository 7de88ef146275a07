"""Which use is granted, and what was used of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.usage.control.grants import UsageGrantConfirmed, UsageGranted, UsageGrantExpired, UsageGrantReleased
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows
from projections.usage.control.listing import Whose, place_of, rows_after

GRANT_COLUMNS = {
    "account": "text", "number": "int8", "code": "text", "subscription": "text", "component": "text",
    "asked": "numeric", "units": "numeric", "amount": "numeric", "currency": "text", "available": "numeric",
    "until_at": "timestamptz", "recorded_by": "text", "used": "numeric", "used_amount": "numeric", "state": "text",
    "granted_on": "date", "ended_on": "date",
}  # fmt: skip
ENDED: Mapping[type[Event], str] = {UsageGrantReleased: "released", UsageGrantExpired: "expired"}
# Of several grants with one id, which may be taken again after days, the newest one is meant.
UPDATE_GRANTS = """
    UPDATE usage_grants AS known SET used = known.used + change.used, used_amount = known.used_amount + change.amount,
        state = coalesce(change.state, known.state), ended_on = change.ended_on
    FROM unnest(%b::text[], %b::text[], %b::numeric[], %b::numeric[], %b::text[], %b::date[])
        AS change (account, code, used, amount, state, ended_on)
    WHERE known.account = change.account AND known.code = change.code AND known.state = 'open'
"""
SHOWN = (
    "account", "number", "grant", "subscription", "component", "asked", "units", "amount", "currency", "until_at",
    "recorded_by", "used", "used_amount", "state", "granted_on", "ended_on",
)  # fmt: skip
SELECT_GRANTS = """
    SELECT account, number, code, subscription, component, asked, units, amount, currency, until_at, recorded_by, used,
        used_amount, state, granted_on, ended_on
    FROM usage_grants WHERE (account, number) > (%(account)s, %(number)s) AND (state = 'open' OR NOT %(open_only)s)
    AND (%(of_account)s = '' OR account = %(of_account)s) AND {of_dealer}
    ORDER BY account, number LIMIT %(limit)s
"""


class UsageGrantsModel:
    """Every grant, with what was confirmed of it and its state: open, released or expired."""

    name = "usage-grants"
    version = 1
    tables = ("usage_grants",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_grants (
            account text COLLATE "C", number bigint, code text COLLATE "C" NOT NULL, subscription text NOT NULL,
            component text NOT NULL, asked numeric NOT NULL, units numeric NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, available numeric, until_at timestamptz NOT NULL, recorded_by text NOT NULL,
            used numeric NOT NULL, used_amount numeric NOT NULL, state text NOT NULL, granted_on date NOT NULL,
            ended_on date, PRIMARY KEY (account, number)
        );
    """
    indexes = "CREATE INDEX ON usage_grants (account, code) WHERE state = 'open';"
    folds: tuple[type[Event], ...] = (UsageGranted, UsageGrantConfirmed, UsageGrantReleased, UsageGrantExpired)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows: dict[tuple[str, str], list[Any]] = {}
        done: list[list[Any]] = []
        changes: dict[tuple[str, str], list[Any]] = {}
        for entry in page:
            fact = entry.event
            if isinstance(fact, UsageGranted):
                key = (entry.number, fact.grant)
                if key in rows:
                    done.append(rows[key])
                rows[key] = _grant_row(entry, fact)
                continue
            assert isinstance(fact, UsageGrantConfirmed | UsageGrantReleased | UsageGrantExpired)
            key = (entry.number, fact.grant)
            if key in rows:
                _change(rows[key], fact, used=12, state=14)
            else:
                _change(changes.setdefault(key, [*key, Decimal(0), Decimal(0), None, None]), fact, used=2, state=4)
        if changes:
            cursor.execute(UPDATE_GRANTS, as_columns(changes.values(), 6))
        if rows:
            insert_rows(cursor, "usage_grants", GRANT_COLUMNS, [*done, *rows.values()])


def _grant_row(entry: LoggedEvent, fact: UsageGranted) -> list[Any]:
    available = None if fact.available is None else fact.available.amount
    return [
        entry.number, entry.version, fact.grant, fact.subscription, fact.component, fact.asked, fact.units,
        fact.amount.amount, fact.amount.currency, available, fact.until_at, fact.recorded_by, Decimal(0), Decimal(0),
        "open", fact.effective_on, None,
    ]  # fmt: skip


def _change(row: list[Any], fact: UsageGrantConfirmed | UsageGrantReleased | UsageGrantExpired, *, used: int,
            state: int) -> None:  # fmt: skip
    """Add what was used to a row, or note how the grant ended; the day of its end is the last column."""
    if isinstance(fact, UsageGrantConfirmed):
        row[used] += fact.units
        row[used + 1] += fact.amount.amount
    else:
        row[state], row[-1] = ENDED[type(fact)], fact.effective_on


class GrantRow(msgspec.Struct):
    """A grant as listed; `used_amount` of its amount was used."""

    account: str
    number: int
    grant: str
    subscription: str
    component: str
    asked: Decimal
    units: Decimal
    amount: Money
    until_at: datetime
    recorded_by: str
    used: Decimal
    used_amount: Money
    state: str
    granted_on: date
    ended_on: date | None

    @property
    def place(self) -> str:
        """Its place in the order of the list."""
        return place_of(self.account, self.number)


def grants_after(
    cursor: Cursor, after: str, limit: int, *, open_only: bool, account: str = "", dealer: str = ""
) -> list[GrantRow]:
    """The grants after a place of the list, ACCOUNT/NUMBER, in order; of all accounts, of one, or of a dealer's."""
    return [_grant_shown(row) for row in rows_after(cursor, SELECT_GRANTS, after, limit, Whose(account, dealer),
                                                    open_only=open_only)]  # fmt: skip


def _grant_shown(row: Sequence[Any]) -> GrantRow:
    values = dict(zip(SHOWN, row, strict=True))
    currency = values.pop("currency")
    amounts = {name: Money(values[name], currency) for name in ("amount", "used_amount")}
    return GrantRow(**values | amounts)


# --- what must hold

INVARIANTS = {
    "no grant reserves more money than was available when it was given": """
        SELECT account || '/' || code FROM usage_grants WHERE amount > available
    """,
    "a grant is open once": """
        SELECT account || '/' || code FROM usage_grants WHERE state = 'open' GROUP BY account, code HAVING count(*) > 1
    """,
    "no more is granted than was asked for": """
        SELECT account || '/' || code FROM usage_grants WHERE units > asked
    """,
}
