"""What must hold of cash desks."""

from __future__ import annotations

INVARIANTS = {
    "a closed till should hold its float and what came in, less what went out": """
        SELECT session FROM cash_sessions WHERE expected <> float + coalesce(
            (SELECT sum(cash) FROM cash_receipts WHERE cash_receipts.session = cash_sessions.session), 0)
    """,
    "no till was ever negative": """
        SELECT receipt FROM (
            SELECT receipt, float + sum(cash) OVER (PARTITION BY session ORDER BY running) AS till
            FROM cash_receipts JOIN cash_sessions USING (session)) AS moved WHERE till < 0
    """,
    "the receipts of a desk are numbered without a gap": """
        SELECT desk FROM cash_receipts JOIN cash_sessions USING (session)
        GROUP BY desk HAVING max(running) <> count(*) OR min(running) <> 1
    """,
    "a taking of a desk is a payment of the same amount": """
        SELECT receipt FROM cash_receipts JOIN cash_sessions USING (session) WHERE kind = 'taking' AND NOT EXISTS (
            SELECT FROM payments WHERE payment = 'desk-' || desk || ':' || receipt
                AND payments.amount = cash_receipts.amount)
    """,
    "a payment of a desk has its receipt": """
        SELECT payment FROM payments JOIN cash_desks ON starts_with(payment, 'desk-' || desk || ':')
        WHERE NOT EXISTS (SELECT FROM cash_receipts WHERE kind = 'taking'
            AND receipt = substr(payment, length('desk-' || desk || ':') + 1))
    """,
    "a desk of a dealer settles at one of the house": """
        SELECT desk FROM cash_desks WHERE (dealer = '') <> (settles_at = '') OR dealer <> '' AND NOT EXISTS (
            SELECT FROM cash_desks AS house WHERE house.desk = cash_desks.settles_at AND house.dealer = ''
                AND house.seller = cash_desks.seller AND house.currency = cash_desks.currency)
    """,
    "a hand-over that was accepted is in the other till": """
        SELECT receipt FROM cash_transits WHERE kind = 'hand-over'
            AND (state IN ('accepted', 'disputed', 'settled') AND coalesce(found, amount) <> 0)
            AND NOT EXISTS (SELECT FROM cash_receipts WHERE kind = 'acceptance' AND about = cash_transits.receipt
                AND cash_receipts.amount = coalesce(found, cash_transits.amount))
    """,
}
