"""What must always hold of remittances."""

INVARIANTS = {
    "a remittance is the sum of what was assigned, given back, kept as other income, and waits": """
        SELECT remittance FROM remittances
        WHERE amount <> waiting + assigned + given_back + other_income
            OR least(waiting, assigned, given_back, other_income) < 0
    """,
    "the sums of a remittance are those of its acts": """
        SELECT remittance FROM remittances LEFT JOIN (
            SELECT remittance, sum(amount) FILTER (WHERE act IN ('assigned', 'split')) AS assigned,
                sum(amount) FILTER (WHERE act = 'given back') AS given_back,
                sum(amount) FILTER (WHERE act = 'other income') AS other_income
            FROM remittance_acts WHERE NOT is_undone GROUP BY remittance) AS acts USING (remittance)
        WHERE remittances.assigned <> coalesce(acts.assigned, 0)
            OR remittances.given_back <> coalesce(acts.given_back, 0)
            OR remittances.other_income <> coalesce(acts.other_income, 0)
    """,
    "what was assigned of a remittance is a payment of the same amount": """
        SELECT remittance || ', ' || payment FROM remittance_acts WHERE payment <> '' AND NOT is_undone
        AND NOT EXISTS (SELECT FROM payments
            WHERE payments.payment = remittance_acts.payment AND payments.amount = remittance_acts.amount)
    """,
    "a payment is no remittance that waits or was given back": """
        SELECT remittance FROM remittances JOIN payments ON payment = remittance WHERE state <> 'assigned'
    """,
}
