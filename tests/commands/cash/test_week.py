"""A week at two desks and the main cash: a wrong count, a dispute, a storno, a deposit that is short."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from commands.cash.handing import (
    AcceptCash,
    ConfirmDeposit,
    DepositCash,
    DisputeCash,
    HandOverCash,
    SettleHandOver,
    TakeBackCash,
)
from commands.cash.takings import CancelReceipt
from projections.cash.receipts import takings_by_operator
from projections.cash.tills import transits_after, variances
from tests.commands.cash.tills import MONDAY, close_till, open_till, register, session_of, take
from tests.operators import Operator, eur


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


@pytest.fixture
def house(operator: Operator) -> Operator:
    """Desks Horní and Dolní and the main cash; three subscribers."""
    operator.subscribers(3)
    for code, branch in (("H1", "Horní"), ("D1", "Dolní"), ("MAIN", "Main cash")):
        register(operator, code, branch=branch)
    return operator


def test_a_week(house: Operator):
    tell = house.tell
    # Monday: 250 are taken; 240 are counted where 300 should be, with a reason.
    open_till(house, float_="50")
    take(house, "100.00", given="100")
    take(house, "150.00", "A0002")
    with pytest.raises(InvalidValue, match=r"300\.00 EUR should be in the till, and 240\.00 EUR are counted"):
        close_till(house, "240")
    assert close_till(house, "240", reason="miscounted change")["variance"] == {"amount": "-60.00", "currency": "EUR"}
    # Tuesday: what was counted is offered. A storno of Monday's receipt is a pay-out of today.
    open_till(house, float_="240", today=day(1))
    tell(CancelReceipt(desk="H1", receipt="H1-0001", reason="wrong customer"), day(1), actor="hana")
    take(house, "100.00", "A0003", today=day(1))
    # Dolní hands 500 to Horní, where 480 are found; the difference was Dolní's.
    open_till(house, "D1", float_="600", today=day(1), actor="ivan")
    tell(HandOverCash(desk="D1", to_desk="H1", amount=Decimal(500)), day(1), actor="ivan")
    assert session_of(house, "D1-1").till == eur("100.00")
    tell(DisputeCash(desk="H1", hand_over="D1-0001", found=Decimal(480), reason="a note of 20 less"), day(1))
    assert session_of(house, "H1-2").till == eur("720.00")
    (waiting,) = house.ask(lambda cursor: transits_after(cursor, "", 10, open_only=True))
    assert (waiting.state, waiting.found) == ("disputed", eur("480.00"))
    settle = SettleHandOver(hand_over="D1-0001", decided="giver", reason="it lay in the drawer")
    tell(settle, day(1), actor="boss")
    assert session_of(house, "D1-1").till == eur("120.00")
    with pytest.raises(RuleViolation, match="is settled, not disputed"):
        tell(settle, day(1))
    # Wednesday, after midnight: Tuesday's session keeps its day. All but 20 goes to the main cash.
    take(house, "10.00", today=day(2))
    tell(HandOverCash(desk="H1", to_desk="MAIN", amount=Decimal(710)), day(2))
    close_till(house, "20", today=day(2))
    open_till(house, "MAIN", today=day(2), actor="boss")
    tell(AcceptCash(desk="MAIN", hand_over="H1-0007"), day(2), actor="boss")
    with pytest.raises(RuleViolation, match="is accepted"):
        tell(AcceptCash(desk="MAIN", hand_over="H1-0007"), day(2))
    # Thursday: a deposit that was prepared and stayed, and one of which the bank counts 5 less.
    tell(DepositCash(desk="MAIN", amount=Decimal(700), bank_account="CZ65", reference="8801"), day(3), actor="boss")
    tell(TakeBackCash(receipt="MAIN-0002", reason="the bank was closed"), day(3), actor="boss")
    tell(DepositCash(desk="MAIN", amount=Decimal(705), bank_account="CZ65", reference="8802"), day(3), actor="boss")
    deposit = ConfirmDeposit(deposit="MAIN-0004", booked_on=day(3), amount=Decimal(700))
    with pytest.raises(InvalidValue, match="give a reason"):
        tell(deposit, day(4))
    confirmed = ConfirmDeposit(deposit="MAIN-0004", booked_on=day(3), amount=Decimal(700), reason="a torn note")
    assert tell(confirmed, day(4)).result["difference"] == {"amount": "-5.00", "currency": "EUR"}
    assert session_of(house, "MAIN-1").till == eur("5.00")

    assert house.findings() == []
    assert house.ask(lambda cursor: transits_after(cursor, "", 10, open_only=True)) == []
    found = house.ask(variances, MONDAY, day(7))
    assert [(row.session, row.variance) for row in found if row.variance and row.variance.amount] == [
        ("H1-1", eur("-60.00"))
    ]
    takings = house.ask(takings_by_operator, MONDAY, day(7), "H1")
    assert [(row.cashier, row.receipts, row.taken, row.cancelled) for row in takings] == [
        ("hana", 0, eur("0.00"), eur("100.00")), ("petra", 4, eur("360.00"), eur("0.00")),
    ]  # fmt: skip


def test_a_dispute_without_any_money_found_leaves_the_till_and_may_be_a_loss(house: Operator):
    open_till(house, float_="50")
    open_till(house, "D1", float_="100", actor="ivan")
    house.tell(HandOverCash(desk="D1", to_desk="H1", amount=Decimal(40), to_operator="petra"), MONDAY)
    with pytest.raises(Exception, match="was handed to petra"):
        house.tell(AcceptCash(desk="H1", hand_over="D1-0001"), MONDAY, actor="hana")
    dispute = DisputeCash(desk="H1", hand_over="D1-0001", found=Decimal(0), reason="an empty envelope")
    house.tell(dispute, MONDAY, actor="petra")
    assert session_of(house, "H1-1").till == eur("50.00")
    house.tell(SettleHandOver(hand_over="D1-0001", decided="house", reason="stolen, police 17"), MONDAY)
    assert session_of(house, "D1-1").till == eur("60.00")
    assert house.findings() == []


def test_a_session_from_before_yesterday_takes_nothing_and_is_still_counted(house: Operator):
    open_till(house, float_="50")
    with pytest.raises(RuleViolation, match="is of 2026-06-08"):
        take(house, "10.00", today=day(2))
    close_till(house, "50", today=day(2))
    assert open_till(house, float_="50", today=day(2)) == "H1-2"
