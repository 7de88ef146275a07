"""Expected payments, in words."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.expected_payments.standing_orders import StandingOrderEnded, StandingOrderExpected


def _expected(fact: StandingOrderExpected) -> str:
    until = "" if fact.until_on is None else f" until {fact.until_on}"
    return (
        f"{money(fact.amount)} is expected by standing order on day {fact.day} of each month from {fact.from_on}{until}"
    )


SENTENCES: Sentences = {
    StandingOrderExpected: _expected,
    StandingOrderEnded: lambda fact: f"no standing order is expected any more, because: {fact.reason}",
}
