"""What did records cost that a price list prices: by destination, what has no price, what is left of packages?

These are no tables of this floor: rating writes them with the facts of the accounts (migration 0017).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.usage.price_lists.lists import MEASURES
from projections.platform.projection import Cursor

DECIMALS = 6
ITEM = MEASURES["item"][1]

SELECT_COST = """
    SELECT component, price_list, valid_from_on, destination, band, sum(records)::bigint, sum(units)::bigint,
           sum(free_units)::bigint, sum(parts), parts_per_unit
    FROM billing.usage_rated
    WHERE account = %(account)s AND %(subscription)s IN ('', subscription)
    AND used_on >= %(from_on)s AND used_on < %(to_on)s
    GROUP BY component, price_list, valid_from_on, destination, band, parts_per_unit
    ORDER BY component, price_list, valid_from_on, sum(parts) DESC, destination, band
"""
SELECT_UNRATED = """
    SELECT price_list, reason, number, min(used_on), max(used_on), sum(records)::bigint, count(DISTINCT account)
    FROM billing.usage_unrated WHERE (price_list || ':' || reason || ':' || number) COLLATE "C" > %(after)s
    GROUP BY price_list, reason, number
    ORDER BY (price_list || ':' || reason || ':' || number) COLLATE "C" LIMIT %(limit)s
"""
SELECT_PACKAGES = """
    SELECT package, owner, from_on, to_on, units, used FROM billing.usage_packages
    WHERE account = %s AND to_on > %s ORDER BY from_on, package, owner
"""


class CostRow(msgspec.Struct):
    """What records to a destination cost in a band; `amount` is exact to six decimals, before the line is rounded.

    `units` are seconds, bytes or millionths of items, with the `free_units` of packages.
    """

    component: str
    price_list: str
    valid_from_on: date
    destination: str
    band: str
    records: int
    units: int
    free_units: int
    amount: Decimal


class UnratedRow(msgspec.Struct):
    """Records to one number that have no price in a list, and why."""

    price_list: str
    reason: str
    number: str
    first_on: date
    last_on: date
    records: int
    accounts: int

    @property
    def key(self) -> str:
        """By which the next page is asked for."""
        return f"{self.price_list}:{self.reason}:{self.number}"


class PackageRow(msgspec.Struct):
    """What was used of a package in a period; `units` are with those that were carried over.

    `owner` is SUBSCRIPTION/COMPONENT, empty if the services of the account share it.
    """

    package: str
    owner: str
    from_on: date
    to_on: date
    units: int
    used: int


def cost_of(cursor: Cursor, account: str, subscription: str, from_on: date, to_on: date) -> list[CostRow]:
    """What the records of an account, or of one of its subscriptions, cost on some days, the dearest first."""
    wanted = {"account": account, "subscription": subscription, "from_on": from_on, "to_on": to_on}
    rows = cursor.execute(SELECT_COST, wanted)
    return [CostRow(*(*row[:8], in_decimals(int(row[8]), row[9]))) for row in rows]


def in_decimals(parts: int, parts_per_unit: int) -> Decimal:
    """An amount in parts of the currency, to six decimals."""
    return Decimal(round(Fraction(parts, parts_per_unit) * 10**DECIMALS)).scaleb(-DECIMALS)


def unrated_after(cursor: Cursor, after: str, limit: int) -> list[UnratedRow]:
    """Records without a price, by list, reason and number."""
    return [UnratedRow(*row) for row in cursor.execute(SELECT_UNRATED, {"after": after, "limit": limit})]


def packages_of(cursor: Cursor, account: str, since: date) -> list[PackageRow]:
    """What an account used of packages in the periods that go on after a day."""
    rows: Iterable[tuple[object, ...]] = cursor.execute(SELECT_PACKAGES, (account, since))
    return [PackageRow(*row) for row in rows]  # type: ignore[arg-type]


# --- what must hold

# An account learns what a day was rated as by replacing it: the last fact of a day counts.
INVARIANTS: dict[str, str] = {
    "what an account knows of rated usage equals the rated records": """
        WITH told AS (
            SELECT DISTINCT ON (originator_id, said ->> 'subscription', said ->> 'component', day ->> 0)
                substr(originator_id, 9) AS account, said ->> 'subscription' AS subscription,
                said ->> 'component' AS component, (day ->> 0)::date AS used_on, (day ->> 1)::bigint AS records,
                (day ->> 3)::numeric / (said ->> 'parts_per_unit')::numeric AS amount
            FROM billing.events, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) AS decoded,
                jsonb_array_elements(said -> 'days') AS day
            WHERE split_part(topic, '/', 1) = 'usage-rated'
            ORDER BY originator_id, said ->> 'subscription', said ->> 'component', day ->> 0, originator_version DESC
        ), kept AS (
            SELECT account, subscription, component, used_on, sum(records) AS records,
                   sum(parts / parts_per_unit) AS amount
            FROM billing.usage_rated GROUP BY account, subscription, component, used_on
        )
        SELECT account || ' ' || subscription || '/' || component || ' on ' || used_on
        FROM (SELECT * FROM told WHERE records > 0) AS told FULL JOIN kept
        USING (account, subscription, component, used_on)
        WHERE told.records IS DISTINCT FROM kept.records OR abs(told.amount - kept.amount) > 0.000000001
    """,
}
