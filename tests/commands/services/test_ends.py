"""Terminations with what is still owed, cancelled again; and another billing day: nothing twice, nothing left out."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from commands.accounts import ChangeBillingDay
from commands.services import CancelChange, ChangeTariff, TerminateSubscription
from tests.commands.services.conftest import Story, every_day, fee, once, tariff

A = "A0001"


@pytest.fixture(autouse=True)
def contract(story: Story) -> None:
    """24 months committed: 90.00 for an early end, and what is left of a device of 240.00."""
    story.publish(
        tariff("contract", fee("300.00"),
               once("early", "90.00", at="termination", committed_months=24),
               once("device", "240.00", at="termination", committed_months=24, declining=True))
    )  # fmt: skip


def test_an_early_end_costs_its_fee_and_the_rest_of_the_device_and_can_be_taken_back(story: Story):
    """Activated on 31 January, ended on 15 July: 5 months are complete, 240.00 x 19/24 = 190.00."""
    early, late = (story.subscriber(number, "contract", "2026-01-31") for number in ("EARLY", "LATE"))
    story.bill("2026-06-30", early, late)
    before = story.net(early)

    story.tell(TerminateSubscription, "2026-06-30", early, reason="moves away", on="2026-07-15")
    story.bill("2026-07-01", early, late)
    story.tell(TerminateSubscription, "2026-07-20", late, reason="moves away", on="2026-07-15")
    assert story.bill("2026-07-20", late) == [
        "fee 07-15..08-01 -164.52, corrects 07-01..08-01",
        "early 07-15..07-16 90.00",
        "device 07-15..07-16 190.00",
    ]
    story.bill("2026-07-20", early)
    assert story.net(early) == story.net(late) == f"{float(before) + 135.48 + 90 + 190:.2f}"

    for number in (early, late):
        story.tell(CancelChange, "2026-07-21", number, kind="terminate", on="2026-07-15", reason="stays after all")
    story.bill("2026-07-21", early, late)
    assert story.net(early) == story.net(late) == f"{float(before) + 300:.2f}"
    assert story.days(early) == story.days(late) == every_day("2026-01-31", "2026-08-01")
    assert story.bill("2026-08-01", early, late) == ["fee 08-01..09-01 300.00"] * 2
    assert story.operator.findings() == []


@pytest.mark.parametrize(
    ("since", "ended", "owed"),
    [
        ("2026-01-31", "2026-02-27", "240.00"),  # Not a month: the boundary is 28 February.
        ("2026-01-31", "2026-02-28", "230.00"),
        ("2026-02-28", "2028-02-27", "10.00"),
        ("2026-02-28", "2028-02-28", None),  # 24 months are complete.
        ("2028-02-29", "2029-02-28", "120.00"),
    ],
)
def test_the_commitment_falls_month_by_month_from_the_activation(
    story: Story, since: str, ended: str, owed: str | None
):
    story.subscriber(A, "contract", since)
    story.tell(TerminateSubscription, ended, A, reason="moves away")
    fees = {line.split()[0]: line.split()[2] for line in story.bill(ended, A) if not line.startswith("fee")}
    assert fees == ({} if owed is None else {"early": "90.00", "device": owed})


def test_an_end_moved_to_another_day_owes_what_that_day_owes(story: Story):
    story.subscriber(A, "contract", "2026-01-31")
    story.tell(TerminateSubscription, "2026-07-15", A, reason="moves away")
    story.bill("2026-07-15", A)
    story.tell(CancelChange, "2026-08-01", A, kind="terminate", on="2026-07-15")
    story.tell(TerminateSubscription, "2026-08-01", A, reason="moves away")
    assert story.bill("2026-08-01", A) == [
        "fee 07-15..08-01 164.52",
        "device 07-15..07-16 -190.00, corrects 07-15..07-16",
        "device 08-01..08-02 180.00",
    ]


def test_a_tariff_with_a_commitment_that_refuses_is_not_left_before_it_is_over(story: Story):
    bound = once("bound", "90.00", at="termination", committed_months=12, on_tariff_change="refuse")
    story.publish(tariff("bound", fee("300.00"), bound))
    story.subscriber(A, "bound", "2026-01-31")
    before = story.operator.store_contents()

    with pytest.raises(RuleViolation, match="fee bound in tariff bound ends on 2027-01-31; change the tariff from"):
        story.tell(ChangeTariff, "2026-07-01", A, tariff="home", on="2027-01-30", confirmed=True)
    assert story.operator.store_contents() == before
    story.tell(ChangeTariff, "2026-07-01", A, tariff="home", on="2027-01-31", confirmed=True)
    assert not any(line.startswith("bound") for line in story.bill("2027-02-01", A))


@pytest.mark.parametrize(("first", "then"), [(1, 20), (31, 1), (15, 31), (31, 30)])
def test_another_billing_day_leaves_no_day_out_and_charges_none_twice(story: Story, first: int, then: int):
    """From 10 February of a leap year on: told on that day, and three months later."""
    early, late = (story.subscriber(number, "home", "2027-12-31", billing_day=first) for number in ("EARLY", "LATE"))
    story.bill("2028-02-10", early, late)
    for number, told in ((early, "2028-02-10"), (late, "2028-05-02")):
        story.bill(told, number)
        changed = ChangeBillingDay(account=number, billing_day=then, on=date(2028, 2, 10))
        answer = story.operator.tell(changed, today=date.fromisoformat(told))
        assert answer.result == {"effective_on": "2028-02-10"}
        story.bill(told, number)
    story.bill("2028-06-01", early, late)

    until = {20: "2028-06-20", 1: "2028-07-01", 31: "2028-06-30", 30: "2028-06-30"}[then]
    assert story.days(early) == story.days(late) == every_day("2027-12-31", until)
    assert story.net(early) == story.net(late)
    assert story.bill("2028-06-01", early, late) == []
    assert story.operator.findings() == []


def test_the_billing_day_can_change_from_the_next_month_and_back(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.bill("2026-05-01", A)
    answer = story.operator.tell(
        ChangeBillingDay(account=A, billing_day=10, from_next_period=True),
        today=date(2026, 5, 5),
    )
    assert answer.result == {"effective_on": "2026-06-01"}
    story.bill("2026-06-10", A)
    assert story.operator.tell(ChangeBillingDay(account=A, billing_day=10, on=date(2026, 6, 1))).position == 0
    story.operator.tell(ChangeBillingDay(account=A, billing_day=1, on=date(2026, 6, 1)))
    story.bill("2026-06-10", A)
    assert (story.net(A), story.days(A)) == ("600.00", every_day("2026-05-01", "2026-07-01"))
    with pytest.raises(InvalidValue, match="billing day '32': must be 1 to 31"):
        story.operator.tell(ChangeBillingDay(account=A, billing_day=32))
    with pytest.raises(RuleViolation, match="billing day from '2019-12-31': the account exists only since 2020-01-01"):
        story.operator.tell(ChangeBillingDay(account=A, billing_day=2, on=date(2019, 12, 31)))
