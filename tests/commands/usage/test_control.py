"""Quotas, top-ups, alarms and limits on a moving clock, with nobody but usage and the days to move them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.accounts.plans import Prepaid
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.usage.control.alarms import UsageAlarmRaised, UsageLimits
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded
from commands.accounts import ChangeBillingPlan
from commands.services.status import ActivateSubscription, ResumeSubscription, SuspendSubscription
from commands.services.usage import RecordUsage, WithdrawUsage
from commands.usage.control import ReviewUsage, SetUsageLimits, TopUpQuota
from projections.usage.control.alarms import alarms_after
from projections.usage.control.quotas import quotas_of
from tests.commands.services.conftest import Story, fee, story, tariff
from tests.operators import bank_row, eur, plan

__all__ = ["story"]

A = "A0001"
FIVE = TopUp(code="five", name="5 GB more", units=Decimal(5), price=Decimal("4.00"))
WEEK = TopUp(code="week", name="5 GB for a week", units=Decimal(5), price=Decimal(0), days=7)
LADDER = Quota(
    steps=(
        QuotaStep(after=Decimal(50), action="slow", parameters={"speed": "2 Mbit/s"}),
        QuotaStep(after=Decimal(60), action="suspend"),
    ),
    unit="GB",
    counted_in="MB",
    top_ups=(FIVE, WEEK),
)


def data(quota: Quota | None = LADDER, price: str = "0", **details: Any) -> Usage:
    return Usage(
        code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal(price)), quota=quota, **details
    )


class Service:
    """A service that is used, and what happens by itself on each day."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.operator = story.operator

    def use(self, megabytes: str, on: str, today: str = "", code: str = "main") -> None:
        today = today or on
        self.story.tell(RecordUsage, today, A, component="data", quantity=megabytes, on=on, subscription=code)
        self.pass_day(today)

    def pass_day(self, today: str) -> None:
        """Everything that happens by itself on a day."""
        for _ in range(2):  # Reactions to reactions.
            self.operator.let_happen(date.fromisoformat(today))

    def top_up(self, code: str, today: str) -> None:
        self.story.tell(TopUpQuota, today, A, component="data", top_up=code)
        self.pass_day(today)

    def limit(self, today: str, subscription: str = "main", **limits: Any) -> None:
        command = SetUsageLimits(account=A, subscription=subscription, limits=UsageLimits(**limits) if limits else None)
        self.operator.tell(command, today=date.fromisoformat(today))
        self.pass_day(today)

    def happened(self) -> list[str]:
        """The steps, resets, top-ups and alarms, in order."""
        return [text for fact in self.operator.facts(f"account/{A}") if (text := told(fact))]

    def status(self, today: str, code: str = "main") -> str:
        segments = self.operator.account(A).subscriptions[code].segments()
        in_force = next(each.in_force for each in segments if each.contains(date.fromisoformat(today)))
        return f"{in_force.status}: {in_force.reason}" if in_force.reason else in_force.status


def told(fact: Any) -> str:
    on = f"{fact.effective_on:%m-%d}"
    match fact:
        case QuotaStepReached():
            return f"{on} {'late ' if fact.is_past else ''}step {fact.step} {fact.action} at {fact.units:f}"
        case QuotaReset():
            return f"{on} reset"
        case QuotaToppedUp():
            return f"{on} bought {fact.top_up}"
        case QuotaTopUpEnded():
            return f"{on} ended {fact.top_up}, {fact.unused:f} lost"
        case UsageAlarmRaised():
            return f"{on} alarm {fact.share} of {fact.subject} {fact.action}"
    return ""


@pytest.fixture
def service(story: Story) -> Service:
    story.publish(tariff("surf", data(), fee("30.00")))
    story.subscriber(A, "surf", "2026-04-01")
    service = Service(story)
    service.pass_day("2026-04-01")
    return service


def test_a_month_slows_is_topped_up_stops_and_begins_anew(service: Service):
    service.use("30000", "2026-05-10")
    service.use("20000", "2026-05-12")
    assert service.happened() == ["05-10 alarm 50 of quota tell", "05-12 alarm 80 of quota tell",
                                  "05-12 alarm 100 of quota tell"]  # fmt: skip
    service.use("500", "2026-05-14")
    assert service.happened()[3:] == ["05-14 step 1 slow at 50.5"]
    assert service.status("2026-05-14") == "active"

    service.top_up("five", "2026-05-15")
    assert service.happened()[4:] == ["05-15 bought five", "05-15 step 0 full at 50.5"]
    (charge,) = service.operator.account(A).pending
    assert (charge.description, charge.amount, charge.vat_rate) == ("5 GB more", eur("4.00"), Decimal(20))

    service.use("15000", "2026-05-20")
    assert service.happened()[6:] == ["05-20 step 2 suspend at 65.5"]
    assert service.status("2026-05-20") == "suspended: usage-limit"

    service.pass_day("2026-05-31")
    assert service.status("2026-05-31") == "suspended: usage-limit"
    service.pass_day("2026-06-01")
    service.pass_day("2026-06-01")
    assert service.happened()[7:] == ["06-01 reset"]
    assert service.status("2026-06-01") == "active"
    assert service.operator.findings() == []


def test_a_top_up_resumes_what_the_quota_has_stopped(service: Service):
    service.use("61000", "2026-05-10")
    assert service.status("2026-05-10") == "suspended: usage-limit"

    service.top_up("five", "2026-05-11")

    assert service.status("2026-05-11") == "active"
    assert service.happened()[-2:] == ["05-11 bought five", "05-11 step 1 slow at 61"]


def test_late_records_pass_a_step_of_a_month_that_is_charged_already(service: Service):
    service.use("49000", "2026-05-10")
    service.story.bill("2026-06-01", A)
    service.pass_day("2026-06-01")
    service.use("100", "2026-06-02")
    before = len(service.happened())

    service.use("2000", "2026-05-31", today="2026-06-03")
    service.use("500", "2026-05-31", today="2026-06-04")
    service.use("9000", "2026-05-31", today="2026-06-05")

    assert service.happened()[before:] == ["06-03 late step 1 slow at 51", "06-05 late step 2 suspend at 60.5"]
    assert service.status("2026-06-05") == "active"
    rows = service.operator.ask(quotas_of, A, "main", 9)
    assert [(f"{row.from_on:%m-%d}", row.step) for row in rows] == [("05-01", 2)]


def test_what_another_reason_suspended_stays_so_when_a_month_begins(service: Service):
    service.use("61000", "2026-05-10")
    service.story.tell(ResumeSubscription, "2026-05-12", A)
    service.pass_day("2026-05-12")
    assert service.status("2026-05-12") == "active"
    service.story.tell(SuspendSubscription, "2026-05-13", A, reason="abuse")

    service.pass_day("2026-06-01")

    assert service.happened()[-1] == "06-01 reset"
    assert service.status("2026-06-01") == "suspended: abuse"


def test_what_is_left_of_a_top_up_goes_on_into_the_next_month_until_its_last_day(service: Service):
    service.top_up("week", "2026-05-28")
    service.use("52000", "2026-05-30")
    assert service.operator.account(A).pending == []
    service.pass_day("2026-06-01")
    service.use("51000", "2026-06-02")
    service.pass_day("2026-06-04")
    service.use("500", "2026-06-05")

    assert [text for text in service.happened() if "alarm" not in text] == [
        "05-28 bought week", "06-01 reset", "06-04 ended week, 2 lost", "06-05 step 1 slow at 51.5",
    ]  # fmt: skip
    (june, may) = service.operator.ask(quotas_of, A, "main", 9)
    assert ((june.step, june.raised), (may.step, may.raised)) == ((1, Decimal(1)), (0, Decimal(5)))


def test_withdrawn_usage_gives_the_full_service_back(service: Service):
    service.use("61000", "2026-05-10")
    service.story.tell(WithdrawUsage, "2026-05-11", A, component="data", quantity="61000", reason="x", on="2026-05-10")
    service.pass_day("2026-05-11")

    assert service.happened()[-1] == "05-11 step 0 full at 0"
    assert service.status("2026-05-11") == "active"


def test_a_prepaid_account_buys_a_top_up_only_with_money_for_it(service: Service):
    service.operator.tell(ChangeBillingPlan(account=A, plan=plan(prepaid=Prepaid())), today=date(2026, 5, 1))
    with pytest.raises(RuleViolation, match=r"the top-up costs 4\.80 EUR with VAT"):
        service.top_up("five", "2026-05-10")

    owed = -service.operator.account(A).ledger.balance.amount
    payment = bank_row(1, f"{owed + Decimal('4.80'):f}", A, received_on=date(2026, 5, 10))
    service.operator.take_in([payment], today=date(2026, 5, 10))
    service.top_up("five", "2026-05-10")

    assert service.happened() == ["05-10 bought five"]
    with pytest.raises(RuleViolation, match=r"money '0\.00 EUR': is all that is available"):
        service.top_up("five", "2026-05-10")


def test_a_top_up_needs_a_quota(service: Service):
    with pytest.raises(InvalidValue, match="those that have one are data"):
        service.story.tell(TopUpQuota, "2026-05-10", A, component="fee", top_up="five")


def test_a_review_that_finds_nothing_new_changes_nothing(service: Service):
    service.use("61000", "2026-05-10")
    assert service.story.tell(ReviewUsage, "2026-05-10", A).position == 0


@pytest.fixture
def spender(story: Story) -> Service:
    """Data at 0.01 a MB and 20 % VAT, without a quota."""
    story.publish(tariff("pay", data(None, "0.01")))
    story.subscriber(A, "pay", "2026-04-01")
    service = Service(story)
    service.pass_day("2026-04-01")
    return service


def test_money_of_a_month_raises_alarms_and_suspends_until_the_next_month(spender: Service):
    spender.limit("2026-05-01", monthly_amount=Decimal("12.00"), at_limit="suspend")
    spender.use("600", "2026-05-10")
    spender.use("390", "2026-05-11")
    assert spender.happened() == ["05-10 alarm 50 of amount tell", "05-11 alarm 80 of amount tell"]
    assert spender.status("2026-05-11") == "active"

    spender.use("10", "2026-05-12")
    assert spender.happened()[2:] == ["05-12 alarm 100 of amount suspend"]
    assert spender.status("2026-05-12") == "suspended: usage-limit"

    spender.pass_day("2026-06-01")
    assert spender.status("2026-06-01") == "active"
    alarms = spender.operator.ask(lambda cursor: alarms_after(cursor, "", 9, since=date(2026, 5, 11)))
    assert [(row.share, row.used, row.unit) for row in alarms] == [
        (80, Decimal("11.88"), "EUR"), (100, Decimal(12), "EUR"),
    ]  # fmt: skip
    assert spender.operator.findings() == []


def test_a_higher_limit_resumes_and_a_lower_one_is_enforced_at_once(spender: Service):
    spender.use("1000", "2026-05-10")
    spender.limit("2026-05-11", monthly_amount=Decimal("12.00"), at_limit="suspend")
    assert spender.status("2026-05-11") == "suspended: usage-limit"
    spender.limit("2026-05-12", monthly_amount=Decimal("30.00"), at_limit="suspend")
    assert spender.status("2026-05-12") == "active"
    spender.limit("2026-05-13", monthly_amount=Decimal("6.00"), at_limit="suspend")
    spender.limit("2026-05-14")
    assert spender.status("2026-05-14") == "active"


def test_a_limit_of_the_account_is_about_all_its_services_and_stops_those_with_usage(spender: Service):
    spender.story.publish(tariff("line", fee("5.00")))
    for code, named in (("second", "pay"), ("line", "line")):
        command = ActivateSubscription(account=A, subscription=code, tariff=named, on=date(2026, 5, 1))
        spender.operator.tell(command, today=date(2026, 5, 1))
    spender.limit("2026-05-01", "", monthly_amount=Decimal("12.00"), at_limit="suspend")

    spender.use("500", "2026-05-10")
    spender.use("500", "2026-05-10", code="second")

    stopped = {code: spender.status("2026-05-10", code) for code in ("main", "second", "line")}
    assert stopped == {"main": "suspended: usage-limit", "second": "suspended: usage-limit", "line": "active"}
    spender.pass_day("2026-06-01")
    assert {spender.status("2026-06-01", code) for code in ("main", "second", "line")} == {"active"}


def test_the_money_of_a_month_counts_days_that_are_charged_already(story: Story):
    """Periods from the 20th on: what was used up to 19 May is charged on 20 May and counts for May all the same."""
    story.publish(tariff("pay", data(None, "0.01")))
    story.subscriber(A, "pay", "2026-04-20", billing_day=20)
    spender = Service(story)
    spender.limit("2026-05-01", monthly_amount=Decimal("12.00"))
    spender.use("300", "2026-04-25")
    spender.use("400", "2026-05-02")
    spender.story.bill("2026-05-20", A)
    spender.pass_day("2026-05-20")
    assert spender.happened() == []

    spender.use("100", "2026-05-21")

    assert spender.happened() == ["05-21 alarm 50 of amount tell"]
