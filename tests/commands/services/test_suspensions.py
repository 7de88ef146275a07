"""Reasons for suspensions as data, their fees, what a service is to be like, and how soon it returns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing_core.accounts.plans import Prepaid
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.services.suspension_reasons import READY, SuspensionFee, SuspensionReason, SuspensionReasonDefined
from commands.accounts import OpenAccount
from commands.payments.account import ReceivePayment
from commands.services import (
    ActivateSubscription,
    HoldSubscription,
    MoveSubscription,
    ResumeSubscription,
    SuspendSubscription,
)
from commands.suspensions import DefineSuspensionReason
from projections.services import subscriptions_of
from projections.suspensions.desired_states import DesiredState, desired_states
from projections.suspensions.reasons import suspension_reasons
from projections.suspensions.returns import return_times, returns_after
from tests.operators import Operator, eur

A: dict[str, Any] = {"account": "A0001", "subscription": "main"}
START, TENTH, TWENTIETH = date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)
FEE = SuspensionFee(description="Return", vat_rate=Decimal(21), amounts={"EUR": Decimal("5.00")})
DEPOSIT = SuspensionReason(
    code="unpaid-deposit", name="Unpaid deposit", charge_percent=Decimal(30), lifted_by="money",
    fee_at_suspension=msgspec.structs.replace(FEE, description="Suspension", amounts={"EUR": Decimal("2.00")}),
    fee_at_return=FEE, page={"en": "Please pay the deposit."},
)  # fmt: skip


@pytest.fixture(autouse=True)
def subscriber(operator: Operator) -> None:
    operator.publish("tv", "9.00")
    operator.subscriber("A0001", since=START)


def items(operator: Operator) -> list[tuple[str, str]]:
    """The items that were charged once."""
    posted = (fact for fact in operator.facts("account/A0001") if isinstance(fact, ChargesPosted))
    return [(charge.component, f"{charge.description} {charge.amount}") for fact in posted for charge in fact.charges]


def states(operator: Operator, on: date, after: int = 0, state: str = "") -> list[DesiredState]:
    found: list[DesiredState] = operator.ask(
        lambda cursor: desired_states(cursor, on, after, 99, suspension_reasons(cursor), state)
    )
    return found


def shown(operator: Operator, on: date, state: str = "") -> list[tuple[str, str, str, date]]:
    return [(row.subscription, row.state, row.reason, row.since_on) for row in states(operator, on, state=state)]


def test_six_reasons_are_ready_and_others_can_be_defined(operator: Operator):
    operator.tell(DefineSuspensionReason(reason=DEPOSIT), today=START)
    operator.tell(DefineSuspensionReason(reason=DEPOSIT), today=TENTH)
    operator.tell(DefineSuspensionReason(reason=READY["abuse"]), today=TENTH)

    assert operator.facts("suspension-reason/unpaid-deposit") == [
        SuspensionReasonDefined(effective_on=START, reason=DEPOSIT)
    ]
    assert operator.facts("suspension-reason/abuse") == []
    assert operator.ask(suspension_reasons) == dict(sorted({**READY, "unpaid-deposit": DEPOSIT}.items()))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"code": "Unpaid Deposit"}, "small letters"),
        ({"charge_percent": Decimal(101)}, "percent"),
        ({"name": ""}, "name"),
        ({"page": {"de": "Bitte zahlen"}}, "is no language of the house"),
        ({"fee_at_return": SuspensionFee(amounts={"EUR": Decimal(5)})}, "description of the fee at return"),
        ({"fee_at_return": SuspensionFee(description="x", amounts={"EUR": Decimal(0)})}, "more than zero"),
        ({"fee_at_return": SuspensionFee(description="x", amounts={"XXX": Decimal(1)})}, "currency"),
        ({"code": "no-money"}, "only its name and its page can be changed"),
    ],
)
def test_a_reason_that_makes_no_sense_is_refused(operator: Operator, wrong: dict[str, Any], message: str):
    with pytest.raises(InvalidValue, match=message):
        operator.tell(DefineSuspensionReason(reason=msgspec.structs.replace(DEPOSIT, **wrong)))


def test_the_page_of_a_reason_of_the_program_can_be_written(operator: Operator):
    written = msgspec.structs.replace(READY["no-money"], page={"en": "Please top up."})
    operator.tell(DefineSuspensionReason(reason=written))

    assert operator.ask(suspension_reasons)["no-money"].page == {"en": "Please top up."}


def test_a_service_is_suspended_for_a_known_reason_only(operator: Operator):
    with pytest.raises(NotFound, match="no such reason for a suspension"):
        operator.tell(SuspendSubscription(**A, on=TENTH, reason="holidays"))


def test_fees_are_charged_once_with_the_suspension_and_with_the_return(operator: Operator):
    operator.tell(DefineSuspensionReason(reason=DEPOSIT), today=START)
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="tv", on=START), today=START)
    for code in ("main", "tv"):
        suspend = SuspendSubscription(account="A0001", subscription=code, reason="unpaid-deposit")
        assert operator.tell(suspend, today=TENTH).result["charge_percent"] == "30"
    operator.tell(SuspendSubscription(**A, reason="abuse"), today=TENTH)
    operator.tell(ResumeSubscription(**A, reason="unpaid-deposit"), today=TWENTIETH)
    operator.tell(ResumeSubscription(account="A0001", subscription="tv"), today=TWENTIETH)
    with pytest.raises(RuleViolation, match="suspended then for: abuse"):
        operator.tell(ResumeSubscription(**A, reason="unpaid-deposit"), today=TWENTIETH)

    found = items(operator)
    assert [text for _, text in found] == [
        "Suspension 2.00 EUR", "Suspension 2.00 EUR", "Return 5.00 EUR", "Return 5.00 EUR"
    ]  # fmt: skip
    assert len({component for component, _ in found}) == 4
    rows = {row.subscription: (row.status, row.reason) for row in operator.ask(subscriptions_of, "A0001")}
    assert rows == {"main": ("suspended", "abuse"), "tv": ("active", None)}


def test_a_fee_in_another_currency_is_not_charged(operator: Operator):
    dollars = msgspec.structs.replace(FEE, amounts={"USD": Decimal("5.00")})
    reason = msgspec.structs.replace(DEPOSIT, fee_at_suspension=dollars, fee_at_return=dollars)
    operator.tell(DefineSuspensionReason(reason=reason), today=START)
    operator.tell(SuspendSubscription(**A, reason="unpaid-deposit"), today=TENTH)

    assert items(operator) == []


def test_the_desired_state_is_what_the_timeline_says_of_the_day(operator: Operator):
    operator.tell(DefineSuspensionReason(reason=DEPOSIT), today=START)
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="tv", on=TENTH), today=START)
    operator.tell(HoldSubscription(**A, on=TENTH, until=TWENTIETH), today=START)
    operator.tell(SuspendSubscription(**A, on=TENTH, reason="unpaid-deposit"), today=START)

    assert shown(operator, date(2026, 3, 5)) == [("tv", "off", "", date(2026, 3, 5)), ("main", "on", "", START)]
    assert shown(operator, TENTH) == [("tv", "on", "", TENTH), ("main", "off", "", TENTH)]
    assert shown(operator, date(2026, 3, 25)) == [
        ("tv", "on", "", TENTH), ("main", "blocked", "unpaid-deposit", TWENTIETH)
    ]  # fmt: skip
    for on in (date(2026, 3, 5), TENTH, date(2026, 3, 25)):
        every = {(row.subscription, row.state) for row in states(operator, on)}
        assert {(row.subscription, name) for name in ("on", "off", "blocked", "slow")
                for row in states(operator, on, state=name)} == every  # fmt: skip
    (blocked,) = states(operator, TWENTIETH, state="blocked")
    assert blocked.page == {"en": "Please pay the deposit."}


def test_what_changed_after_a_position_is_asked_for(operator: Operator):
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="tv", on=START), today=START)
    known = max(row.position for row in states(operator, TENTH))
    assert states(operator, TENTH, after=known) == []

    operator.tell(SuspendSubscription(**A, reason="abuse"), today=TENTH)

    (changed,) = states(operator, TENTH, after=known)
    assert (changed.subscription, changed.state, changed.reasons) == ("main", "blocked", ("abuse",))
    assert changed.position > known


def test_a_service_that_was_moved_is_listed_for_its_new_account_alone(operator: Operator):
    operator.tell(OpenAccount(account="B1", customer="A0001", seller="north", currency="EUR", opened_on=START))
    operator.tell(MoveSubscription(**A, to_account="B1", on=TENTH), today=TENTH)

    before, after = states(operator, date(2026, 3, 9)), states(operator, TENTH)
    assert [(row.account, row.state) for row in before] == [("A0001", "on"), ("B1", "off")]
    assert [(row.account, row.state) for row in after] == [("B1", "on")]


def test_how_long_a_customer_waits_for_the_return_is_measured(operator: Operator):
    operator.subscriber("P0001", since=START, prepaid=Prepaid())
    operator.bill(date(2026, 3, 2), today=START)
    operator.tell(ReceivePayment(account="P0001", source="desk", reference="1", amount=eur("50.00")), today=TENTH)

    (row,) = operator.ask(lambda cursor: returns_after(cursor, "", 9, START, TWENTIETH))
    assert (row.account, row.subscription, row.reason, row.suspended_on) == ("P0001", "main", "no-money", START)
    assert (row.payment, row.returned_on, row.lifted_by, row.seconds) == ("desk:1", TENTH, "money", 0)
    times = operator.ask(lambda cursor: return_times(cursor, START, TWENTIETH))
    assert (times.returns, times.median_seconds, times.p99_seconds, times.most_seconds) == (1, 0, 0, 0)
    assert operator.ask(lambda cursor: returns_after(cursor, row.place, 9, START, TWENTIETH)) == []
    assert operator.findings() == []


def test_a_return_by_a_person_after_a_payment_is_listed_and_not_measured(operator: Operator):
    operator.tell(SuspendSubscription(**A, reason="non-payment"), today=START)
    for number in (1, 2):
        pay = ReceivePayment(account="A0001", source="desk", reference=str(number), amount=eur("1.00"))
        operator.tell(pay, today=TENTH)
    operator.tell(ResumeSubscription(**A, reason="non-payment"), today=TENTH)

    (row,) = operator.ask(lambda cursor: returns_after(cursor, "", 9, START, TWENTIETH))
    assert (row.payment, row.reason, row.lifted_by) == ("desk:2", "non-payment", "person")
    assert operator.ask(lambda cursor: return_times(cursor, START, TWENTIETH)).returns == 0
