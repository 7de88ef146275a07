"""What a change says of itself."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_core.services.events import (
    SubscriptionHeld,
    SubscriptionSuspended,
)
from billing_core.services.terms_in_force import TermsInForce
from tests.billing_core.facts import (
    activated,
    learnt,
    on,
    resumed,
    suspended,
)


@pytest.mark.parametrize(
    ("reason", "percent"),
    [("operator", 0), ("end-of-contract", 0), ("no-money", 0), ("non-payment", 100), ("abuse", 100)],
)
def test_who_caused_a_suspension_pays_for_it(reason: str, percent: int):
    subscription = learnt(activated("2026-03-01"), suspended("2026-03-10", reason), resumed("2026-03-20"))

    assert [segment.in_force.percent for segment in subscription.segments()] == [100, percent, 100]
    assert [segment.in_force.is_charged for segment in subscription.segments()] == [True, percent > 0, True]


def test_a_suspension_may_say_itself_how_much_goes_on():
    half = SubscriptionSuspended(
        effective_on=on("2026-03-10"), subscription="S1", reason="operator", charge_percent=Decimal(50)
    )

    assert learnt(activated("2026-03-01"), half).segments()[-1].in_force.percent == 50


def test_a_hold_costs_nothing_unless_it_says_so():
    free = SubscriptionHeld(effective_on=on("2026-03-10"), subscription="S1")
    reduced = SubscriptionHeld(effective_on=on("2026-03-10"), subscription="S1", charge_percent=Decimal(20))

    held = learnt(activated("2026-03-01"), free).segments()[-1].in_force
    assert held == TermsInForce("held", "net", {}, percent=Decimal(0))
    assert learnt(activated("2026-03-01"), reduced).segments()[-1].in_force.percent == 20
