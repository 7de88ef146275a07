"""What was used: recorded, withdrawn, and what becomes of it if a change leaves it without a price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.billing.unpriced_usage import UsageWithoutPrice
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Graduated, Tier
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.usage.records import UsageWithdrawn
from commands.corrections.account import CorrectAccount, Correction
from commands.platform.bus import Command
from commands.services import (
    CancelChange,
    ChangeTariff,
    MoveSubscription,
    RecordUsage,
    TerminateSubscription,
    UndoMove,
    WithdrawUsage,
)
from tests.commands.services.conftest import Story, tariff

A, B, C = "A0001", "B0001", "C0001"


def used(story: Story, day: str, quantity: str, number: str = A) -> None:
    story.tell(RecordUsage, day, number, component="data", quantity=quantity)


def charged(story: Story, number: str = A) -> Decimal:
    """What stands of the usage."""
    lines = (charge for charge in story.charges(number) if charge.component == "data")
    return sum((line.amount.amount for line in lines), Decimal(0))


def withdrawals(story: Story, number: str = A) -> list[UsageWithdrawn]:
    return [fact for fact in story.operator.facts(f"account/{number}") if isinstance(fact, UsageWithdrawn)]


# --- recorded


def test_usage_of_a_day_to_come_is_not_recorded(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    with pytest.raises(InvalidValue, match="on '2062-05-10': is after today, 2026-05-10"):
        story.tell(RecordUsage, "2026-05-10", A, component="data", quantity="1", on="2062-05-10")
    assert charged(story) == 0


# --- withdrawn


@pytest.mark.parametrize("is_billed", [True, False])
def test_what_is_withdrawn_is_charged_as_if_it_had_never_been_recorded(story: Story, is_billed: bool):
    story.subscriber(A, "home", "2026-05-01")
    used(story, "2026-05-10", "10")
    used(story, "2026-05-20", "4")
    if is_billed:
        story.bill("2026-06-01", A)
    story.tell(WithdrawUsage, "2026-06-10", A, component="data", quantity="10", on="2026-05-10", reason="metered twice")
    lines = [line for line in story.bill("2026-06-10", A) if line.startswith("data")]

    assert lines == (["data 05-01..06-01 -5.00, corrects 05-01..06-01"] if is_billed else ["data 05-01..06-01 2.00"])
    assert charged(story) == 2
    assert story.operator.findings() == []


def test_a_quantity_is_withdrawn_once(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    used(story, "2026-05-10", "10")
    twice: dict[str, Any] = {"component": "data", "quantity": "10", "on": "2026-05-10", "reason": "metered twice"}
    story.tell(WithdrawUsage, "2026-05-11", A, **twice)
    with pytest.raises(RuleViolation, match="quantity '10': is not recorded of data on 2026-05-10"):
        story.tell(WithdrawUsage, "2026-05-11", A, **twice)
    nameless = WithdrawUsage(account=A, subscription="main", component="data", quantity=Decimal(10), reason=" ")
    with pytest.raises(InvalidValue, match="reason"):
        story.operator.tell(nameless, today=date(2026, 5, 10))

    used(story, "2026-05-10", "10")
    assert story.tell(WithdrawUsage, "2026-05-11", A, **twice).position > 0


# --- without a price

CHANGES: list[tuple[type[Command], dict[str, Any]]] = [
    (TerminateSubscription, {"on": "2026-05-16", "reason": "moves away"}),
    (ChangeTariff, {"on": "2026-05-16", "tariff": "fast"}),
]


@pytest.mark.parametrize(("command", "fields"), CHANGES)
def test_a_change_that_leaves_usage_without_a_price_names_it_and_the_two_ways_out(
    story: Story, command: type[Command], fields: dict[str, Any]
):
    story.subscriber(A, "home", "2026-05-01")
    used(story, "2026-05-15", "10")
    used(story, "2026-05-20", "4")
    before = story.operator.store_contents()
    with pytest.raises(UsageWithoutPrice) as refused:
        story.tell(command, "2026-05-25", A, **fields)

    assert str(refused.value) == (
        "subscription 'main': usage would have no price: 4 of data on 2026-05-20; use unpriced_usage=last-price to "
        "charge it at the last price, or unpriced_usage=waive to charge nothing"
    )
    assert refused.value.code == "usage-without-price"
    assert story.operator.store_contents() == before


@pytest.mark.parametrize(("command", "fields"), CHANGES)
@pytest.mark.parametrize("is_billed", [True, False])
@pytest.mark.parametrize(("choice", "amount"), [("last-price", "7.00"), ("waive", "5.00")])
def test_usage_without_a_price_is_charged_at_the_last_one_or_waived(
    story: Story, command: type[Command], fields: dict[str, Any], is_billed: bool, choice: str, amount: str
):
    """10 and 4 at 0.50; the history has them if they were billed before."""
    story.subscriber(A, "home", "2026-05-01")
    used(story, "2026-05-15", "10")
    used(story, "2026-05-20", "4")
    if is_billed:
        story.bill("2026-06-01", A)
    story.tell(command, "2026-06-10", A, **fields, unpriced_usage=choice)
    story.bill("2026-06-10", A)

    assert charged(story) == Decimal(amount)
    assert [fact.quantity for fact in withdrawals(story)] == ([4] if choice == "waive" else [])
    assert all("2026-05-16" in fact.reason for fact in withdrawals(story))
    assert story.operator.findings() == []


def test_a_change_that_is_cancelled_says_what_becomes_of_usage_too(story: Story):
    story.subscriber(A, "fast", "2026-05-01")
    story.tell(ChangeTariff, "2026-05-11", A, tariff="home")
    used(story, "2026-05-20", "4")
    cancelled: dict[str, Any] = {"kind": "change-tariff", "on": "2026-05-11", "reason": "mixed up"}
    for choice in (None, "last-price"):
        with pytest.raises(UsageWithoutPrice, match="4 of data on 2026-05-20"):
            story.tell(CancelChange, "2026-05-25", A, **cancelled, unpriced_usage=choice)
    story.tell(CancelChange, "2026-05-25", A, **cancelled, unpriced_usage="waive")

    (withdrawn,) = withdrawals(story)
    assert withdrawn.reason == "waived as change-tariff of 2026-05-11 is cancelled: mixed up"


def test_corrections_say_what_becomes_of_usage_and_bill_it_at_once(story: Story):
    """On A, 4 used before the right activation have its price; on B, 6 used on another tariff are waived."""
    for number in (A, B):
        story.subscriber(number, "home", "2026-05-01")
        used(story, "2026-05-10", "4", number)
        used(story, "2026-05-20", "6", number)
        story.bill("2026-06-01", number)

    def correct(number: str, **fields: Any) -> None:
        right = Correction(subscription="main", **fields)
        command = CorrectAccount(account=number, corrections=(right,), reason="mistyped")
        story.operator.tell(command, today=date(2026, 6, 10))

    began: dict[str, Any] = {"activated_on": date(2026, 5, 16)}
    other: dict[str, Any] = {"from_on": date(2026, 5, 16), "to_on": date(2026, 6, 1), "tariff": "fast"}
    with pytest.raises(UsageWithoutPrice, match="4 of data on 2026-05-10"):
        correct(A, **began)
    with pytest.raises(UsageWithoutPrice, match="6 of data on 2026-05-20"):
        correct(B, **other)
    correct(A, **began, unpriced_usage="last-price")
    correct(B, **other, unpriced_usage="waive")

    assert [charged(story, A), charged(story, B)] == [5, 2]
    (withdrawn,) = withdrawals(story, B)
    assert (withdrawn.quantity, withdrawn.reason) == (Decimal(6), "waived: mistyped")


def test_two_corrections_of_one_account_waive_usage_once(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    used(story, "2026-05-20", "6")
    waived: dict[str, Any] = {"subscription": "main", "tariff": "fast", "unpriced_usage": "waive"}
    corrections = (
        Correction(from_on=date(2026, 5, 16), to_on=date(2026, 6, 1), **waived),
        Correction(from_on=date(2026, 5, 11), to_on=date(2026, 6, 1), **waived),
    )
    story.operator.tell(CorrectAccount(account=A, corrections=corrections, reason="mistyped"), today=date(2026, 6, 10))

    assert [fact.quantity for fact in withdrawals(story)] == [6]


# --- moved

TEN_FREE = Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(0)), Tier(unit=Decimal(1))))


def test_free_units_go_where_the_subscription_goes(story: Story):
    """8 of 10 free units used on A, then 5 on B: 3.00 there, and nothing changes on A."""
    story.publish(tariff("free", Usage(code="data", name="data", vat_rate=Decimal(0), pricing=TEN_FREE)))
    story.subscriber(A, "free", "2026-05-01")
    story.account(B)
    used(story, "2026-05-10", "8")
    story.tell(MoveSubscription, "2026-05-16", A, to_account=B)
    used(story, "2026-05-20", "5", B)

    assert story.bill("2026-06-01", A, B) == ["data 05-01..05-16 0.00", "data 05-16..06-01 3.00"]
    (there,) = story.charges(B)
    assert tuple(map(str, there.steps)) == ("used 5 after 8 before: 10 at 0, 3 at 1, less 0.00 EUR for those before",)
    used(story, "2026-06-10", "12", B)
    assert story.bill("2026-07-01", B) == ["data 06-01..07-01 2.00"]


def test_usage_before_a_move_that_is_learnt_after_it_counts_on_both_accounts(story: Story):
    """On A 8 and, learnt late, 4: 2.00. On B 5 after 12: 5.00 and not 3.00; on C 1 after 17: 1.00 as before."""
    story.publish(tariff("free", Usage(code="data", name="data", vat_rate=Decimal(0), pricing=TEN_FREE)))
    story.subscriber(A, "free", "2026-05-01")
    for number in (B, C):
        story.account(number)
    used(story, "2026-05-10", "8")
    story.tell(MoveSubscription, "2026-05-16", A, to_account=B)
    used(story, "2026-05-20", "5", B)
    story.tell(MoveSubscription, "2026-05-25", B, to_account=C)
    used(story, "2026-05-26", "1", C)
    story.bill("2026-06-01", A, B, C)
    assert [charged(story, number) for number in (A, B, C)] == [0, 3, 1]

    story.tell(RecordUsage, "2026-06-02", A, component="data", quantity="4", on="2026-05-11")
    story.bill("2026-06-02", A, B, C)
    assert [charged(story, number) for number in (A, B, C)] == [2, 5, 1]
    story.tell(WithdrawUsage, "2026-06-03", A, component="data", quantity="8", on="2026-05-10", reason="not hers")
    story.bill("2026-06-03", A, B, C)
    assert [charged(story, number) for number in (A, B, C)] == [0, 0, 0]
    assert story.operator.findings() == []


def test_a_move_learnt_late_takes_usage_along_and_brings_it_back_when_it_is_undone(story: Story):
    story.subscriber(A, "home", "2026-05-01")
    story.account(B)
    used(story, "2026-05-10", "8")
    used(story, "2026-05-20", "4")
    story.bill("2026-06-01", A)
    story.tell(MoveSubscription, "2026-06-02", A, to_account=B, on="2026-05-16")
    story.bill("2026-06-02", A, B)
    assert [charged(story, A), charged(story, B)] == [4, 2]

    story.tell(UndoMove, "2026-06-03", A, to_account=B, on="2026-05-16", reason="the other Anna")
    story.bill("2026-06-03", A, B)
    assert [charged(story, A), charged(story, B)] == [6, 0]
    assert story.operator.findings() == []
