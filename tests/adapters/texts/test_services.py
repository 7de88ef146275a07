"""What is told of an account's services, where it does not follow from one event alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.texts.sentences import sentence
from adapters.texts.services import change_text, terms_text
from billing_core.catalogue.pricing import UnitPrice
from billing_core.services.events import Commitment, UsageBroughtAlong, UsedBefore
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import Later, Terms
from billing_core.time.period_rules import MONTHLY_IN_ARREARS
from billing_core.usage.records import UsageWithdrawn


def test_a_move_tells_since_when_the_subscription_is_committed():
    device = Commitment(component="device", since=date(2026, 1, 1))
    moved = Change(date(2026, 6, 1), "move-in", "home", commitments=(device,))

    assert change_text(moved) == "moved here on tariff home, committed to device since 2026-01-01"


def test_a_correction_tells_which_changes_were_learnt_after_it():
    later = Later(date(2026, 3, 1), ("fee", "tv")), Later(date(2026, 4, 1))
    terms = Terms(date(2026, 2, 1), None, agreed_prices={"fee": Decimal("7.00")}, later=later)

    assert terms_text(terms) == (
        "corrected from 2026-02-01 until further notice, fee agreed at 7.00, fee and tv changed again on 2026-03-01, "
        "all changed again on 2026-04-01"
    )


def test_usage_that_is_withdrawn_says_what_and_why():
    fact = UsageWithdrawn(
        effective_on=date(2026, 4, 20), subscription="main", component="data", quantity=Decimal("3.5"),
        reason="metered twice",
    )  # fmt: skip

    assert sentence(fact) == "subscription main: usage of 3.5 of data withdrawn, because: metered twice"


def test_a_move_says_what_was_used_of_the_period_before():
    used = UsedBefore(
        component="data", pricing=UnitPrice(price=Decimal(1)), period=MONTHLY_IN_ARREARS, quantities=(Decimal(8),),
        carried=(Decimal(6), Decimal(1)),
    )  # fmt: skip
    fact = UsageBroughtAlong(effective_on=date(2026, 4, 20), subscription="main", used_before=(used,))

    assert sentence(fact) == "subscription main: used in the period before the move: 8 of data with 7 carried over"
