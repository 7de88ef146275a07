"""Changes and counter-changes of one day, and the terms that are agreed: what is charged is what held at its end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from commands.corrections.account import CorrectAccount, Correction
from commands.platform.bus import Command
from commands.services import (
    ActivateSubscription,
    AddOption,
    CancelChange,
    ChangePrice,
    ChangeQuantity,
    ChangeTariff,
    DropOption,
    EndDiscount,
    GrantDiscount,
    HoldSubscription,
    RecordUsage,
    ResumeSubscription,
    SuspendSubscription,
)
from tests.commands.services.conftest import Story, every_day, fee, once, tariff, usage

A = "A0001"


@pytest.fixture(autouse=True)
def subscriber(story: Story) -> None:
    story.subscriber(A, "home", "2026-05-01")


@pytest.mark.parametrize("is_billed_between", [True, False])
def test_a_change_and_its_counter_change_of_one_day_cost_nothing(story: Story, is_billed_between: bool):
    pairs: list[tuple[type[Command], dict[str, Any], type[Command], dict[str, Any]]] = [
        (ChangeTariff, {"tariff": "fast"}, ChangeTariff, {"tariff": "home"}),
        (ChangeQuantity, {"quantity": 5}, ChangeQuantity, {"quantity": 1}),
        (ChangePrice, {"prices": {"fee": "1"}}, ChangePrice, {"prices": {"fee": None}}),
        (AddOption, {"option": "tv"}, DropOption, {"option": "tv"}),
        (GrantDiscount, {"discount": {"code": "loyal", "on": "fee", "percent": "10"}}, EndDiscount, {"code": "loyal"}),
        (HoldSubscription, {}, ResumeSubscription, {}),
        (SuspendSubscription, {"reason": "operator"}, ResumeSubscription, {}),
    ]
    story.bill("2026-06-01", A)
    for command, fields, counter, back in pairs:
        story.tell(command, "2026-06-11", A, **fields)
        if is_billed_between:
            assert story.bill("2026-06-11", A) != []
        story.tell(counter, "2026-06-11", A, **back)
        story.bill("2026-06-11", A)
        assert story.net(A) == "600.00", command

    assert story.days(A) == every_day("2026-05-01", "2026-07-01")
    assert story.operator.findings() == []


def test_of_changes_of_one_day_the_last_one_counts_and_is_cancelled_first(story: Story):
    story.bill("2026-06-01", A)
    for quantity in (2, 3, 4):
        story.tell(ChangeQuantity, "2026-06-11", A, quantity=quantity)
    story.bill("2026-06-11", A)
    assert story.net(A) == f"{300 + 100 + 4 * 200}.00"
    story.tell(CancelChange, "2026-06-12", A, kind="change-quantity", on="2026-06-11")
    story.bill("2026-06-12", A)
    assert story.net(A) == f"{300 + 100 + 3 * 200}.00"


@pytest.mark.parametrize("is_billed_between", [True, False])
def test_a_cancelled_change_of_tariff_gives_a_corrected_price_back(story: Story, is_billed_between: bool):
    """150.00 were right for the fee, then a change to 500.00 that never was: 20 days of June at 100.00 and 333.33."""
    right = Correction(subscription="main", from_on=date(2026, 5, 1), agreed_prices={"fee": Decimal(150)})
    story.operator.tell(CorrectAccount(account=A, corrections=(right,), reason="mistyped"), today=date(2026, 5, 20))
    story.bill("2026-06-01", A)
    story.tell(ChangeTariff, "2026-06-11", A, tariff="fast")
    if is_billed_between:
        assert story.bill("2026-06-11", A) == [
            "fee 06-11..07-01 -100.00, corrects 06-01..07-01", "fee 06-11..07-01 333.33"
        ]  # fmt: skip
    story.tell(CancelChange, "2026-06-12", A, kind="change-tariff", on="2026-06-11")
    story.bill("2026-07-01", A)

    assert story.net(A) == "450.00"
    assert story.operator.findings() == []


def test_a_price_is_agreed_until_a_day_each_component_on_its_own(story: Story):
    """The fee for 150.00 until 11 June, the option for 15.00 always: the end of one leaves the other alone."""
    story.tell(AddOption, "2026-05-01", A, option="tv")
    story.tell(ChangePrice, "2026-05-01", A, prices={"fee": "150"}, until="2026-06-11")
    story.tell(ChangePrice, "2026-05-02", A, on="2026-05-01", prices={"tv": "15"})

    assert sorted(story.bill("2026-07-01", A)) == [
        "fee 05-01..06-01 150.00", "fee 06-01..06-11 50.00", "fee 06-11..07-01 200.00", "fee 07-01..08-01 300.00",
        "tv 05-01..06-01 15.00", "tv 06-01..07-01 15.00", "tv 07-01..08-01 15.00",
    ]  # fmt: skip


def test_what_was_used_is_charged_when_the_month_is_over_also_what_is_told_late(story: Story):
    story.tell(RecordUsage, "2026-05-10", A, component="data", quantity="7")
    story.tell(RecordUsage, "2026-05-31", A, component="data", quantity="3.5")
    story.bill("2026-05-31", A)
    assert story.bill("2026-06-01", A) == ["fee 06-01..07-01 300.00", "data 05-01..06-01 5.25"]
    story.tell(RecordUsage, "2026-06-05", A, component="data", quantity="2", on="2026-05-30")
    assert story.bill("2026-06-05", A) == ["data 05-01..06-01 1.00"]


def test_a_subscription_begins_with_quantity_options_class_and_parameters(story: Story):
    story.tell(
        ActivateSubscription, "2026-06-01", A, subscription="office", tariff="home", quantity=3, options="tv",
        prices={"tv": "10"}, until="2026-07-01", parameters={"user": "anna"},
    )  # fmt: skip
    lines = [line for line in story.bill("2026-07-01", A) if "900" in line or "tv" in line]
    assert lines == ["fee 06-01..07-01 900.00", "fee 07-01..08-01 900.00", "tv 06-01..07-01 30.00",
                     "tv 07-01..08-01 90.00"]  # fmt: skip


def test_from_the_next_period_is_where_no_part_of_a_period_is_cut(story: Story):
    story.bill("2026-06-01", A)
    answer = story.tell(ChangeTariff, "2026-06-11", A, tariff="fast", from_next_period=True)
    assert answer.result == {"effective_on": "2026-07-01"}
    assert story.bill("2026-06-11", A) == []
    assert story.bill("2026-07-01", A) == ["fee 07-01..08-01 500.00"]
    answer = story.tell(HoldSubscription, "2026-07-01", A, from_next_period=True)
    assert answer.result == {"effective_on": "2026-08-01"}
    with pytest.raises(InvalidValue, match="on '2026-06-12': goes without from_next_period"):
        story.tell(ChangeQuantity, "2026-06-11", A, quantity=2, from_next_period=True, on="2026-06-12")


def discounted(code: str, on: str, **terms: Any) -> dict[str, Any]:
    return {"discount": {"code": code, "on": on, **terms}}


@pytest.mark.parametrize(
    ("command", "fields", "error", "told"),
    [
        (ChangeQuantity, {"quantity": 0}, InvalidValue, r"quantity '0': must be above 0"),
        (ChangeQuantity, {"quantity": "1.0000001"}, InvalidValue, r"at most 6 decimals"),
        (ChangeQuantity, {"quantity": 2, "on": "2026-04-30"}, RuleViolation, r"'2026-04-30'.*main is not active"),
        (ChangePrice, {"prices": {}}, InvalidValue, r"names no component"),
        (ChangePrice, {"prices": {"net": "1"}}, InvalidValue, r"'net': tariff home has no such component"),
        (ChangePrice, {"prices": {"data": "1"}}, InvalidValue, r"'data': is usage, which has no unit price"),
        (ChangePrice, {"prices": {"fee": "-1"}}, InvalidValue, r"'-1': a price must not be negative"),
        (ChangePrice, {"prices": {"fee": "1"}, "until": "2026-06-11"}, InvalidValue,
         r"agreed until '2026-06-11': must lie after"),
        (ChangePrice, {"prices": {"fee": None}, "until": "2026-07-11"}, InvalidValue, r"no price is agr"),
        (AddOption, {"option": "fee"}, InvalidValue, r"option 'fee': is no option of tariff home"),
        (AddOption, {"option": "sport"}, InvalidValue, r"no such component on 2026-06-11; it has fee, tv, data"),
        (DropOption, {"option": "tv"}, RuleViolation, r"'tv': is not chosen on 2026-06-11; chosen then: none"),
        (EndDiscount, {"code": "loyal"}, RuleViolation, r"'loyal': is not granted on 2026-06-11"),
        (GrantDiscount, discounted("fee", "fee", percent=5), InvalidValue, r"give the discount a c"),
        (GrantDiscount, discounted("a/b", "fee", percent=5), InvalidValue, r"neither slash nor colon"),
        (GrantDiscount, discounted("x", "fee"), InvalidValue, r"either a percentage or an amount"),
        (GrantDiscount, discounted("x", "", percent=5), InvalidValue, r"names no component it is on"),
        (GrantDiscount, discounted("x", "net", percent=5), InvalidValue, r"x, on 'net': tariff home"),
        (GrantDiscount, discounted("x", "fee", percent=5, to="2026-06-11"), InvalidValue,
         r"x, until '2026-06-11': must lie after"),
        (GrantDiscount, discounted("x", "fee", percent=5, bundle="phone"), NotFound, r"'phone'"),
        (RecordUsage, {"component": "fee", "quantity": 1}, InvalidValue, r"'fee': is recurring in tariff home"),
        (RecordUsage, {"component": "calls", "quantity": 1}, InvalidValue, r"'calls': tariff home has no such"),
        (RecordUsage, {"component": "data", "quantity": -1}, InvalidValue, r"quantity '-1': must be from 0"),
        (HoldSubscription, {"until": "2026-06-11"}, InvalidValue, r"hold until '2026-06-11': must lie after"),
        (ActivateSubscription, {"tariff": "home"}, AlreadyExists, r"'main'"),
        (ActivateSubscription, {"tariff": "home", "subscription": "b", "options": "tv,tv"}, InvalidValue, r"twice"),
        (ActivateSubscription, {"tariff": "home", "subscription": "b", "quantity": -1}, InvalidValue, r"quantity '-1'"),
    ],
)  # fmt: skip
def test_what_cannot_be_agreed_is_refused_by_its_value(
    story: Story, command: type[Command], fields: dict[str, Any], error: type[Exception], told: str
):
    with pytest.raises(error, match=told):
        story.tell(command, "2026-06-11", A, **fields)


def test_a_discount_is_on_what_is_charged_again_and_again(story: Story):
    story.publish(tariff("once", fee("10.00"), once("install", "60.00"), usage("calls", "1")))
    story.tell(ActivateSubscription, "2026-06-01", A, subscription="b", tariff="once")
    with pytest.raises(InvalidValue, match=r"'install': is one-off.*agree another price"):
        story.tell(
            GrantDiscount, "2026-06-11", A, subscription="b", discount={"code": "x", "on": "install", "percent": 5}
        )
