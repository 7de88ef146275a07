"""What must hold of balances and states: that they agree with the postings and with each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.billing.run import account_due_on, past_changed
from billing_core.kernel.money import zero
from projections.accounts.states import decode_state
from projections.platform.area import Invariant
from projections.platform.projection import Cursor

PAGE_ACCOUNTS = 1_000
SELECT_BOTH = """
    SELECT number, balance, next_due_on, past_changed, (
        SELECT jsonb_object_agg(credit, ARRAY[amount::text, held_back::text]) FROM unused_credits WHERE account = number
    ), state FROM accounts FULL JOIN account_states USING (number)
    WHERE number > %s ORDER BY number LIMIT %s
"""


def differing_from_states(cursor: Cursor) -> Iterator[str]:
    """The accounts whose balance or next due date is not that of their state, with both."""
    after = ""
    while rows := cursor.execute(SELECT_BOTH, (after, PAGE_ACCOUNTS)).fetchall():
        for number, balance, *listed, unused, state in rows:
            if balance is None or state is None:
                yield f"{number}: has no {'state' if state is None else 'balance'}"
                continue
            account = decode_state(state)
            if balance != account.ledger.balance.amount:
                yield f"{number}: balance {balance}, by its state {account.ledger.balance.amount}"
            if listed != [account_due_on(account), past_changed(account)]:
                yield f"{number}: next due on {listed[0]}, by its state on {account_due_on(account)}"
            listed_credits = {credit: tuple(map(Decimal, amounts)) for credit, amounts in (unused or {}).items()}
            if listed_credits != _unused(account):
                yield f"{number}: its unused credits, or what is held back of them, are not those of its state"
        after = rows[-1][0]


def _unused(account: Account) -> dict[str, tuple[Decimal, ...]]:
    """What is unused and what is held back of each credit."""
    ledger = account.ledger
    nothing = zero(account.currency)
    return {
        credit: (amount.amount, ledger.held_back.get(credit, nothing).amount)
        for credit, amount in ledger.credits.items()
    }


INVARIANTS: dict[str, Invariant] = {
    "a balance is the sum of its postings": """
        SELECT number FROM accounts LEFT JOIN (
            SELECT account, sum(amount) AS posted FROM (
                SELECT account, -gross AS amount FROM documents
                UNION ALL SELECT account, amount - coalesce(reversed_amount, 0) FROM payments
                UNION ALL SELECT account, amount FROM credit_adjustments
            ) AS postings GROUP BY account
        ) AS sums ON sums.account = accounts.number WHERE balance <> coalesce(posted, 0)
    """,
    "an account is listed as the state says on which billing decides": differing_from_states,
}
