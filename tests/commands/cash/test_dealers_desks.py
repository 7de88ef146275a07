"""The desk of a dealer: it serves the dealer's own customers, and settles with a desk of the house."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_core.dealers import Dealer
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from commands.cash.desks import ChangeCashDesk, RegisterCashDesk
from commands.cash.handing import AcceptCash, DepositCash, DisputeCash, HandOverCash, SettleHandOver
from commands.cash.takings import CancelReceipt, PayOutCash
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from projections.cash.dealers import DealerCashRow, cash_of_dealers
from tests.adapters.reports.asked import answer, only
from tests.commands.cash.tills import MONDAY, close_till, desk, open_till, register, session_of, take
from tests.operators import Operator, eur

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
MINE, THEIRS, NOBODYS = "A0001", "A0002", "A0003"
JUNE = {"from": "2026-06-01", "to": "2026-07-01"}


@pytest.fixture
def shops(operator: Operator) -> Operator:
    """Desk H1 of the house, E1 and E2 of dealer `east`, W1 of `west`; a customer of each."""
    operator.subscribers(3)
    for code, customer in (("east", MINE), ("west", THEIRS)):
        operator.tell(RegisterDealer(dealer=Dealer(code=code, name=f"Sales {code}")), today=MONDAY)
        operator.tell(AssignCustomer(customer=customer, dealer=code), today=MONDAY)
    register(operator)
    for code, dealer in (("E1", "east"), ("E2", "east"), ("W1", "west")):
        register(operator, code, dealer=dealer, settles_at="H1")
    return operator


def cash_of(operator: Operator, from_on: date = MONDAY, to_on: date = WEDNESDAY, dealer: str = "") -> list[Any]:
    rows: list[DealerCashRow] = operator.ask(cash_of_dealers, from_on, to_on, dealer)
    for row in rows:
        assert row.held_after == row.held_before + row.taken + row.paid_out + row.handed_over + row.counted
    return [(row.dealer, *(int(amount.amount) for amount in _amounts(row))) for row in rows]


def _amounts(row: DealerCashRow) -> list[Money]:
    return [row.held_before, row.taken, row.paid_out, row.handed_over, row.counted, row.held_after, row.on_its_way]


def test_a_week_of_a_dealers_desk(shops: Operator):
    """20 as a float, 100 taken, 50 cancelled, 60 handed over of which 55 arrive; 1 is missing at the count."""
    tell = shops.tell
    open_till(shops)
    open_till(shops, "E1", "20", actor="eva")
    taken = take(shops, "100.00", MINE, "E1")
    wrong = take(shops, "50.00", MINE, "E1")
    tell(CancelReceipt(desk="E1", receipt=wrong["receipt"], reason="typed twice"), MONDAY, actor="eva")
    handed = tell(HandOverCash(desk="E1", to_desk="H1", amount=Decimal(60)), MONDAY, actor="eva").result["receipt"]
    assert cash_of(shops) == [("east", 0, 100, 0, -60, 20, 60, 60)]

    tell(DisputeCash(desk="H1", hand_over=handed, found=Decimal(55), reason="a note is missing"), MONDAY)
    assert cash_of(shops)[0][-1] == 5
    tell(SettleHandOver(hand_over=handed, decided="giver", reason="found below the drawer"), MONDAY)
    close_till(shops, "64", "E1", reason="miscounted change")
    assert session_of(shops, "H1-1").till == eur("55.00")
    # The 20 of the float and the missing 1 were counted; the 5 are back.
    assert cash_of(shops) == [("east", 0, 100, 0, -55, 19, 64, 0)]

    open_till(shops, "E1", "64", TUESDAY, actor="eva")
    tell(DepositCash(desk="E1", amount=Decimal(40), bank_account="LV80BANK", reference="77"), TUESDAY, actor="eva")
    tell(PayOutCash(desk="E1", amount=Decimal(4), reason="paper"), TUESDAY, actor="eva")
    assert cash_of(shops, TUESDAY) == [("east", 64, 0, -4, -40, 0, 20, 40)]
    assert cash_of(shops, dealer="west") == []

    # What the dealer's customer paid is income of the dealer, in the commission base too.
    assert taken["payment"] == "desk-E1:E1-0001"
    rows = only(answer(shops, "commission-base", WEDNESDAY, JUNE, "east"), "dealer", "income")
    assert rows == [("east", 100)]
    assert shops.findings() == []


def test_a_dealers_desk_serves_the_dealers_own_customers_alone(shops: Operator):
    open_till(shops, "E1", "20")
    open_till(shops)
    for account in (THEIRS, NOBODYS):
        with pytest.raises(RuleViolation, match="is not of a customer of dealer east"):
            take(shops, "10.00", account, "E1")
        with pytest.raises(RuleViolation, match="is not of a customer of dealer east"):
            shops.tell(PayOutCash(desk="E1", amount=Decimal(1), reason="credit", account=account), MONDAY)
        take(shops, "10.00", account)
    shops.tell(AssignCustomer(customer=NOBODYS, dealer="east"), today=MONDAY)
    assert take(shops, "10.00", NOBODYS, "E1")["receipt"] == "E1-0001"


def test_a_dealers_desk_hands_over_to_its_own_and_to_the_one_of_the_house(shops: Operator):
    register(shops, "MAIN")
    for code in ("H1", "E1", "E2"):
        open_till(shops, code, "50")
    for to_desk in ("W1", "MAIN", "none"):
        with pytest.raises(RuleViolation, match=f"to desk '{to_desk}': is neither H1, at which this desk settles"):
            shops.tell(HandOverCash(desk="E1", to_desk=to_desk, amount=Decimal(5)), MONDAY)
    with pytest.raises(NotFound, match="no such cash desk"):
        shops.tell(HandOverCash(desk="H1", to_desk="none", amount=Decimal(5)), MONDAY)
    for giver, receiver in (("E1", "E2"), ("E2", "H1"), ("H1", "E1")):
        handed = shops.tell(HandOverCash(desk=giver, to_desk=receiver, amount=Decimal(5)), MONDAY).result["receipt"]
        shops.tell(AcceptCash(desk=receiver, hand_over=handed), MONDAY)
    assert [session_of(shops, f"{code}-1").till for code in ("E1", "E2", "H1")] == [eur("50.00")] * 3
    assert cash_of(shops) == [("east", 0, 0, 0, 0, 100, 100, 0)]


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"dealer": "east"}, "must name the desk of the house"),
        ({"settles_at": "H1"}, "needs a dealer"),
        ({"dealer": "none", "settles_at": "H1"}, "no such dealer"),
        ({"dealer": "east", "settles_at": "none"}, "no such cash desk"),
        ({"dealer": "east", "settles_at": "W1"}, "is a desk of dealer west"),
        ({"dealer": "east", "settles_at": "C1"}, "is kept in CZK"),
    ],
)
def test_a_desk_of_a_dealer_settles_at_one_of_the_house(shops: Operator, details: dict[str, str], said: str):
    register(shops, "C1", currency="CZK")
    with pytest.raises((InvalidValue, RuleViolation, NotFound), match=said):
        shops.tell(RegisterCashDesk(desk=desk("N1", **details)), today=MONDAY)


def test_whose_desk_it_is_stays(shops: Operator):
    with pytest.raises(RuleViolation, match="dealer 'west': cannot change from east"):
        shops.tell(ChangeCashDesk(desk=desk("E1", dealer="west", settles_at="H1")), today=MONDAY)
    register(shops, "MAIN")
    shops.tell(ChangeCashDesk(desk=desk("E1", dealer="east", settles_at="MAIN")), today=MONDAY)
    open_till(shops, "E1", "50")
    shops.tell(HandOverCash(desk="E1", to_desk="MAIN", amount=Decimal(5)), MONDAY)
