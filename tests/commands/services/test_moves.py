"""A subscription moves to another account: every day is charged once over both, and nothing is lost on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.catalogue.components import Discount, Phase
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.services.events import SubscriptionMovedAway, SubscriptionMovedIn
from billing_core.time.period_rules import PeriodRule
from commands.corrections.account import CorrectAccount, Correction
from commands.platform.bus import Command
from commands.services import (
    ActivateSubscription,
    AddOption,
    ChangePrice,
    ChangeQuantity,
    ChangeTariff,
    DropOption,
    EndDiscount,
    GrantDiscount,
    HoldSubscription,
    MoveSubscription,
    RecordUsage,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
    UndoMove,
)
from projections.services import subscriptions_of
from tests.commands.services.conftest import Story, every_day, fee, once, tariff

A, B = "A0001", "B0001"


@pytest.mark.parametrize("billed", ["never", "before", "after", "long after"])
@pytest.mark.parametrize("billing_day", [1, 20, 31])
def test_each_day_is_charged_once_over_both_accounts(story: Story, billed: str, billing_day: int):
    """Moved on 29 February of a leap year, to an account with another billing day."""
    story.subscriber(A, "home", "2028-01-31", billing_day=31)
    story.account(B, billing_day)
    if billed in ("after", "long after"):
        story.bill("2028-02-29", A, B)
    if billed == "long after":
        story.bill("2028-04-15", A, B)
    story.tell(MoveSubscription, "2028-04-15" if billed == "long after" else "2028-02-29", A,
               to_account=B, on="2028-02-29")  # fmt: skip
    if billed == "before":
        story.bill("2028-02-29", A, B)
    story.bill("2028-05-31", A, B)

    assert story.days(A) == every_day("2028-01-31", "2028-02-29")
    until = {1: "2028-06-01", 20: "2028-06-20", 31: "2028-06-30"}[billing_day]
    assert story.days(B) == every_day("2028-02-29", until)
    assert story.bill("2028-05-31", A, B) == []
    assert story.operator.findings() == []


def test_a_month_moved_in_the_middle_costs_what_it_cost(story: Story):
    """300.00 for June, moved on 11 June: 100.00 stay, 200.00 are credited here and charged there."""
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.bill("2026-06-01", A)
    story.tell(MoveSubscription, "2026-06-20", A, to_account=B, on="2026-06-11")

    assert story.bill("2026-06-20", A, B) == [
        "fee 06-11..07-01 -200.00, corrects 06-01..07-01",
        "fee 06-11..07-01 200.00",
    ]
    assert story.net(A, B) == "600.00"
    (away,) = story.operator.ask(subscriptions_of, A)
    (here,) = story.operator.ask(subscriptions_of, B)
    assert (away.status, here.status, here.tariff) == ("moved", "active", "home")


def test_all_that_was_agreed_goes_along(story: Story):
    """Own grid from the 10th; quantity 2; two prices with ends of their own; an option; a discount."""
    own = PeriodRule(align="own")
    story.publish(tariff("own", fee("300.00", period=own), fee("30.00", "tv", is_option=True, period=own),
                         fee("7.00", "box", is_flat=True, period=own)))  # fmt: skip
    story.subscriber(A, "own", "2026-05-10", quantity=2, customer_class="staff", options="tv")
    stays = story.subscriber("STAYS", "own", "2026-05-10", quantity=2, customer_class="staff", options="tv")
    story.account(B)
    for number in (A, stays):
        story.tell(ChangePrice, "2026-05-10", number, prices={"fee": "150"}, until="2026-08-01")
        story.tell(ChangePrice, "2026-05-10", number, prices={"tv": "15"})
        story.tell(GrantDiscount, "2026-05-10", number, discount={"code": "loyal", "on": "fee", "percent": 10})
    story.tell(MoveSubscription, "2026-06-20", A, to_account=B)
    story.bill("2026-09-10", A, B, stays)

    assert story.net(A, B) == story.net(stays)
    for component in ("fee", "tv", "box"):
        assert sorted(story.days(A, component) + story.days(B, component)) == story.days(stays, component)
    moved = next(fact for fact in story.operator.facts(f"account/{B}") if isinstance(fact, SubscriptionMovedIn))
    assert (moved.anchored_on, moved.quantity, moved.customer_class) == (date(2026, 5, 10), Decimal(2), "staff")
    assert (moved.options, [discount.code for discount in moved.discounts]) == (("tv",), ["loyal"])


def test_phases_and_limited_discounts_are_not_begun_anew(story: Story):
    """Two free months, then 300.00; half of it off for three billed periods. Moved within the second billed one."""
    half = Discount(code="half", name="half", vat_rate=Decimal(0), on=("fee",), percent=Decimal(50), billed_periods=5)
    story.publish(tariff("start", fee("300.00", phases=(Phase(periods=2, price=Decimal(100)),)), half))
    story.subscriber(A, "start", "2026-01-01")
    stays = story.subscriber("STAYS", "start", "2026-01-01")
    story.account(B)
    for number in (A, stays):
        story.tell(GrantDiscount, "2026-02-01", number,
                   discount={"code": "gift", "on": "fee", "price": 30, "billed_periods": 2})  # fmt: skip
    story.tell(MoveSubscription, "2026-02-15", A, to_account=B)
    story.bill("2026-07-01", A, B, stays)

    assert story.net(A, B) == story.net(stays)


def test_nothing_is_charged_for_the_end_nor_again_for_the_beginning(story: Story):
    story.publish(
        tariff("device", fee("300.00"), once("install", "60.00", instalments=3),
               once("rest", "240.00", at="termination", committed_months=24, declining=True))
    )  # fmt: skip
    story.subscriber(A, "device", "2026-05-01")
    story.account(B)
    story.tell(MoveSubscription, "2026-06-01", A, to_account=B)
    story.bill("2026-08-01", A, B)
    fees = [charge.component for number in (A, B) for charge in story.charges(number) if charge.kind == "one-off"]
    assert fees == ["install"] * 3
    assert story.net(A) == "360.00"

    story.tell(TerminateSubscription, "2026-08-01", B, reason="moves away")
    rest = [line for line in story.bill("2026-08-01", B) if line.startswith("rest")]
    assert rest == ["rest 08-01..08-02 210.00"]  # 3 of 24 months are complete, counted from May.


def test_a_commitment_of_a_tariff_that_was_left_goes_along_with_a_move_and_comes_back_when_it_is_undone(story: Story):
    """240.00 over 24 months since 1 May, left on 11 May; on 1 August 3 months are complete: 240.00 x 21/24 = 210.00."""
    rest = once("rest", "240.00", at="termination", committed_months=24, declining=True)
    story.publish(tariff("device", fee("300.00"), rest))
    story.subscriber(A, "device", "2026-05-01")
    story.account(B)
    story.tell(ChangeTariff, "2026-05-11", A, tariff="home")
    story.tell(MoveSubscription, "2026-06-01", A, to_account=B)
    story.tell(TerminateSubscription, "2026-08-01", B, reason="moves away")
    owed = [line for line in story.bill("2026-08-01", A, B) if line.startswith("rest")]
    assert (owed, story.net(A)) == (["rest 08-01..08-02 210.00"], "300.00")

    story.tell(UndoMove, "2026-08-02", A, to_account=B, on="2026-06-01", reason="the other Anna")
    back = [line for line in story.bill("2026-08-02", A, B) if line.startswith("rest")]
    assert back == ["rest 08-01..08-02 210.00", "rest 08-01..08-02 -210.00, corrects 08-01..08-02"]


def test_what_was_used_since_goes_along_and_corrections_too(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    for day, quantity in (("2026-06-05", 10), ("2026-06-25", 20)):
        story.tell(RecordUsage, day, A, component="data", quantity=quantity)
    right = Correction(subscription="main", from_on=date(2026, 6, 1), agreed_prices={"fee": Decimal(150)})
    story.operator.tell(CorrectAccount(account=A, corrections=(right,), reason="mistyped"), today=date(2026, 6, 25))
    story.bill("2026-07-01", A)
    story.tell(MoveSubscription, "2026-07-02", A, to_account=B, on="2026-06-11")

    assert sorted(story.bill("2026-07-02", A, B)) == [
        "data 06-01..06-11 -10.00, corrects 06-01..07-01",
        "data 06-11..07-01 10.00",
        "fee 06-11..07-01 -100.00, corrects 06-01..07-01",
        "fee 06-11..07-01 100.00",
        "fee 07-01..08-01 -150.00, corrects 07-01..08-01",
        "fee 07-01..08-01 150.00",
    ]


def test_a_move_that_should_not_have_been_is_undone_on_both_accounts(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.bill("2026-06-01", A)
    story.tell(MoveSubscription, "2026-06-11", A, to_account=B)
    story.bill("2026-07-01", A, B)
    story.tell(UndoMove, "2026-07-05", A, to_account=B, on="2026-06-11", reason="the other Anna")
    story.bill("2026-07-05", A, B)

    assert story.days(A) == every_day("2026-05-01", "2026-08-01")
    assert (story.net(A), story.net(B), story.days(B)) == ("900.00", "0.00", [])
    (row,) = story.operator.ask(subscriptions_of, B)
    assert row.status == "moved"
    assert story.operator.findings() == []


def test_what_was_used_meanwhile_comes_back_with_an_undone_move(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.tell(RecordUsage, "2026-06-20", A, component="data", quantity=10)
    story.tell(MoveSubscription, "2026-06-21", A, to_account=B, on="2026-06-11")
    for _ in range(2):
        story.tell(RecordUsage, "2026-06-25", B, component="data", quantity=5)
    story.bill("2026-07-01", A, B)
    story.tell(UndoMove, "2026-07-05", A, to_account=B, on="2026-06-11", reason="the other Anna")
    story.bill("2026-07-05", A, B)

    assert (story.net(A), story.net(B)) == ("910.00", "0.00")  # 3 x 300.00, and 20 used at 0.50.


def test_a_move_is_one_decision_and_refused_where_it_cannot_be(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.account("USD", currency="USD")
    story.subscriber("TAKEN", "home", "2026-05-01")
    before = story.operator.store_contents()
    for to_account, on, error, told in (
        (A, "2026-06-11", RuleViolation, "is already on this account"),
        ("USD", "2026-06-11", InvalidValue, "to account 'USD': is kept in USD, account A0001 in EUR"),
        ("TAKEN", "2026-06-11", AlreadyExists, "'main': account TAKEN has a subscription of this code"),
        (B, "2019-12-31", RuleViolation, "move on '2019-12-31': account B0001 exists only since 2020-01-01"),
        (B, "2026-04-30", RuleViolation, "is not active on this day"),
    ):
        with pytest.raises(error, match=told):
            story.tell(MoveSubscription, "2026-06-11", A, to_account=to_account, on=on)
    assert story.operator.store_contents() == before

    story.tell(SuspendSubscription, "2026-06-11", A, reason="abuse")
    with pytest.raises(RuleViolation, match="'main': is suspended on 2026-06-11; resume it before it is moved"):
        story.tell(MoveSubscription, "2026-06-11", A, to_account=B)
    story.tell(ResumeSubscription, "2026-06-12", A)
    story.tell(MoveSubscription, "2026-06-25", A, to_account=B, from_next_period=True)
    (moved,) = [fact for fact in story.operator.facts(f"account/{A}") if isinstance(fact, SubscriptionMovedAway)]
    assert moved.effective_on == date(2026, 7, 1)
    with pytest.raises(RuleViolation, match="no move-away on this day"):
        story.tell(UndoMove, "2026-07-05", A, to_account=B, on="2026-07-02", reason="mixed up")


LATER: list[tuple[type[Command], str, dict[str, Any]]] = [
    (ChangeQuantity, "2026-06-20", {"quantity": 2}),
    (ChangePrice, "2026-06-20", {"prices": {"fee": "270"}, "until": "2026-08-11"}),
    (AddOption, "2026-06-21", {"option": "tv"}),
    (GrantDiscount, "2026-06-22", {"discount": {"code": "loyal", "on": "fee", "percent": 10}}),
    (HoldSubscription, "2026-06-25", {"until": "2026-07-05"}),
    (EndDiscount, "2026-07-08", {"code": "loyal"}),
    (SuspendSubscription, "2026-07-09", {"reason": "operator", "charge_percent": 50}),
    (ResumeSubscription, "2026-07-12", {}),
    (ChangePrice, "2026-07-20", {"prices": {"fee": None}}),
    (ChangeTariff, "2026-07-25", {"tariff": "fast", "prices": {"fee": "400"}}),
    (ChangeTariff, "2026-07-25", {"tariff": "home"}),
    (DropOption, "2026-08-01", {"option": "tv"}),
    (TerminateSubscription, "2026-08-20", {"reason": "moves away"}),
]


@pytest.mark.parametrize("is_billed_before", [True, False])
@pytest.mark.parametrize("is_billed_between", [True, False])
def test_changes_that_came_after_a_move_learnt_late_go_along_and_come_back_when_it_is_undone(
    story: Story, is_billed_before: bool, is_billed_between: bool
):
    """Moved on 11 June, which is learnt in September: whatever was changed since is charged in the new account."""
    story.subscriber(A, "home", "2026-05-01")
    stays = story.subscriber("STAYS", "home", "2026-05-01")
    story.account(B)
    for number in (A, stays):
        for command, day, fields in LATER:
            story.tell(command, day, number, **fields)
        right = Correction(subscription="main", from_on=date(2026, 6, 15), to_on=date(2026, 8, 15),
                           vat_rates={"fee": Decimal(10)}, agreed_prices={"tv": Decimal(20)})  # fmt: skip
        story.operator.tell(CorrectAccount(account=number, corrections=(right,), reason="x"), today=date(2026, 8, 1))
    if is_billed_before:
        story.bill("2026-09-01", A, stays)
    expected = story.in_force_by_day(stays)

    story.tell(MoveSubscription, "2026-09-02", A, to_account=B, on="2026-06-11")
    if is_billed_between:
        story.bill("2026-09-02", A, B, stays)
        assert (story.net(A, B), story.net(A)) == (story.net(stays), "400.00")
        assert story.days(A) + story.days(B) == story.days(stays)
    story.tell(UndoMove, "2026-09-03", A, to_account=B, on="2026-06-11", reason="the other Anna")
    story.bill("2026-09-03", A, B, stays)

    assert (story.net(A), story.net(B)) == (story.net(stays), "0.00")
    assert story.days(A) == story.days(stays)
    assert story.in_force_by_day(A) == expected
    assert story.operator.findings() == []


def test_what_changed_since_a_move_comes_back_when_it_is_undone(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.tell(MoveSubscription, "2026-06-11", A, to_account=B)
    story.tell(ChangeQuantity, "2026-06-21", B, quantity=2)
    story.bill("2026-07-01", A, B)
    story.tell(UndoMove, "2026-07-05", A, to_account=B, on="2026-06-11", reason="the other Anna")
    story.bill("2026-07-05", A, B)

    assert (story.net(A), story.net(B)) == ("1300.00", "0.00")  # May 300, June 200 and 10 days of 600, July 600.


def test_a_later_move_stands_in_the_way(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    for number in (B, "C0001"):
        story.account(number)
    story.tell(MoveSubscription, "2026-06-20", A, to_account=B)
    with pytest.raises(RuleViolation, match="'main': was moved to account B0001 on 2026-06-20; undo that first"):
        story.tell(MoveSubscription, "2026-06-25", A, to_account="C0001", on="2026-06-11")
    story.tell(MoveSubscription, "2026-06-27", B, to_account="C0001")
    with pytest.raises(RuleViolation, match="was moved to account C0001 on 2026-06-27; undo that first"):
        story.tell(UndoMove, "2026-06-28", A, to_account=B, on="2026-06-20", reason="the other Anna")


def test_two_subscriptions_of_one_account_move_one_by_one(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    story.tell(ActivateSubscription, "2026-05-01", A, subscription="second", tariff="fast")
    story.tell(MoveSubscription, "2026-06-01", A, to_account=B)
    story.bill("2026-06-01", A, B)
    assert (story.net(A), story.net(B)) == ("1300.00", "300.00")
