"""What has each dealer taken at its desks, handed over, and still in its tills?

    held on 1 June 120     taken 480     paid out -20     handed over -400     counted short -1     held on 1 July 179

The business days of the sessions count. What is on its way is not in a till any more, and nobody has it yet.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.money import Money, rounded
from projections.platform.projection import Cursor

# Each change of a till, by its kind: what receipts say, and what was counted otherwise at the beginning and the end.
SELECT_DEALERS_CASH = """
    WITH own AS (
        SELECT dealer, cash_desks.currency, cash_sessions.session AS of_session, business_day
        FROM cash_sessions JOIN cash_desks USING (desk)
        WHERE dealer <> '' AND %(dealer)s IN ('', dealer)
    ), changed AS (
        SELECT dealer, own.currency, business_day, cash_receipts.cash,
            CASE WHEN kind = 'taking' OR kind = 'cancellation' AND account <> '' THEN 'taken'
                 WHEN kind IN ('pay-out', 'cancellation') THEN 'paid out' ELSE 'handed' END AS kind
        FROM own JOIN cash_receipts ON session = of_session
        UNION ALL
        SELECT dealer, own.currency, own.business_day, float - offered + coalesce(variance, 0), 'counted'
        FROM own JOIN cash_sessions ON session = of_session
    ), on_the_way AS (
        SELECT dealer, own.currency, sum(amount - coalesce(found, 0)) AS amount
        FROM own JOIN cash_transits ON session = of_session
        WHERE state IN ('on its way', 'disputed') GROUP BY dealer, own.currency
    )
    SELECT dealer, currency,
        coalesce(sum(cash) FILTER (WHERE business_day < %(from_on)s), 0),
        coalesce(sum(cash) FILTER (WHERE business_day >= %(from_on)s AND kind = 'taken'), 0),
        coalesce(sum(cash) FILTER (WHERE business_day >= %(from_on)s AND kind = 'paid out'), 0),
        coalesce(sum(cash) FILTER (WHERE business_day >= %(from_on)s AND kind = 'handed'), 0),
        coalesce(sum(cash) FILTER (WHERE business_day >= %(from_on)s AND kind = 'counted'), 0),
        sum(cash), coalesce((SELECT amount FROM on_the_way
                             WHERE on_the_way.dealer = changed.dealer AND on_the_way.currency = changed.currency), 0)
    FROM changed WHERE business_day < %(to_on)s GROUP BY dealer, currency ORDER BY dealer, currency
"""


class DealerCashRow(msgspec.Struct):
    """The cash of a dealer's desks on some days: `held_before` and `held_after` are what was in the tills.

    `taken` is less what was cancelled, `paid_out` and `handed_over` are negative, with what came from the house;
    `counted` is what was counted otherwise. `on_its_way` left the tills and is not accepted or booked yet, as of now.
    """

    dealer: str
    held_before: Money
    taken: Money
    paid_out: Money
    handed_over: Money
    counted: Money
    held_after: Money
    on_its_way: Money


def cash_of_dealers(cursor: Cursor, from_on: date, to_on: date, dealer: str = "") -> list[DealerCashRow]:
    """What dealers took, handed over and have, on business days from one on and before another."""
    rows = cursor.execute(SELECT_DEALERS_CASH, {"from_on": from_on, "to_on": to_on, "dealer": dealer})
    return [_row(*row) for row in rows]


def _row(dealer: str, currency: str, *amounts: Decimal) -> DealerCashRow:
    return DealerCashRow(dealer, *(rounded(amount, currency) for amount in amounts))
