"""A termination has a reason, and takes effect at the end of the notice period of the tariff in force."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.services.events import SubscriptionActivated, SubscriptionTariffChanged, SubscriptionTerminated
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.services.terminations import Notice, notice_of, terminate
from tests.billing_core.price_lists import monthly, tariff

GIVEN_ON = date(2026, 11, 29)
TARIFFS = {
    "bound": msgspec.structs.replace(tariff("bound", monthly("20.00")), notice_days=30),
    "free": tariff("free", monthly("20.00")),
}


def subscription(*changes: SubscriptionTariffChanged, first: str = "bound") -> Subscription:
    activated = SubscriptionActivated(effective_on=date(2026, 1, 1), subscription="S1", tariff=first)
    return after_facts(None, [activated, *changes])


def ended(on: date, reason: str = "moves away") -> SubscriptionTerminated:
    return SubscriptionTerminated(effective_on=on, subscription="S1", reason=reason)


def test_the_notice_ends_so_many_days_after_it_was_given():
    assert notice_of(subscription(), GIVEN_ON, GIVEN_ON, TARIFFS) == Notice(GIVEN_ON, date(2026, 12, 29))
    assert not notice_of(subscription(first="free"), GIVEN_ON, GIVEN_ON, TARIFFS).is_required


def test_the_tariff_of_the_day_on_which_notice_was_given_decides():
    changed = SubscriptionTariffChanged(effective_on=date(2026, 11, 29), subscription="S1", tariff="free")
    found = subscription(changed)
    before = GIVEN_ON - timedelta(days=1)
    assert notice_of(found, before, GIVEN_ON, TARIFFS) == Notice(before, date(2026, 12, 28))
    assert notice_of(found, GIVEN_ON, GIVEN_ON, TARIFFS) == Notice(GIVEN_ON, GIVEN_ON)


@pytest.mark.parametrize(("on", "is_waived"), [(date(2026, 12, 29), False), (date(2027, 1, 31), False),
                                               (date(2026, 12, 15), True), (date(2026, 3, 1), True)])  # fmt: skip
def test_it_ends_when_the_notice_has_ended_or_is_waived(on: date, is_waived: bool):
    notice = notice_of(subscription(), GIVEN_ON, GIVEN_ON, TARIFFS)
    assert terminate(subscription(), ended(on), notice, is_waived=is_waived) == [ended(on)]


def test_without_a_notice_period_it_may_have_ended_on_any_day():
    notice = notice_of(subscription(first="free"), GIVEN_ON, GIVEN_ON, TARIFFS)
    assert terminate(subscription(), ended(date(2026, 2, 1)), notice, is_waived=False) == [ended(date(2026, 2, 1))]


@pytest.mark.parametrize(
    ("fact", "is_waived", "error", "message"),
    [
        (ended(date(2026, 12, 28)), False, RuleViolation,
         "terminate on '2026-12-28': is before 2026-12-29, the end of the notice that was given on 2026-11-29"),
        (ended(date(2026, 12, 29), reason=" "), False, InvalidValue, "reason"),
        (ended(date(2025, 12, 31)), True, RuleViolation, "not active yet"),
    ],
)  # fmt: skip
def test_an_end_that_cannot_be_is_refused(
    fact: SubscriptionTerminated, is_waived: bool, error: type[BillingError], message: str
):
    notice = notice_of(subscription(), GIVEN_ON, GIVEN_ON, TARIFFS)
    with pytest.raises(error) as refused:
        terminate(subscription(), fact, notice, is_waived=is_waived)
    assert message in str(refused.value)


def test_notice_is_not_given_after_today():
    with pytest.raises(InvalidValue, match="is after today, 2026-11-29; name the day on which notice was given"):
        notice_of(subscription(), date(2026, 11, 30), GIVEN_ON, TARIFFS)
