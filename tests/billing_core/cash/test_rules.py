"""Limits of a desk, change, the business day, counts and rights, with figures worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_core.cash.denominations import Pieces
from billing_core.cash.desks import (
    CashDesk,
    CashDeskRegistered,
    CashSessionEnded,
    CashSessionStarted,
    DeskState,
    apply_desk,
    change_desk,
    close_desk,
    register_desk,
    require_may,
)
from billing_core.cash.events import CashSessionOpened
from billing_core.cash.opening import close_session, open_session
from billing_core.cash.sessions import Session, apply_session
from billing_core.cash.taking import Payer, Taking, Till, over_limit, take
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.staff.roles import NotPermitted

ON = date(2026, 6, 11)
PAYER = Payer("104217-1", "104217")


def crowns(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


def desk(branch: str = "Horní", **details: Any) -> CashDesk:
    return CashDesk(code="H1", branch=branch, seller="north", currency="CZK", series="H1", **details)


def till(in_it: str = "2000.00", today: date = ON, receipts: int = 0, **details: Any) -> Till:
    opened = CashSessionOpened(effective_on=ON, desk="H1", session="H1-12", cashier="petra", offered=crowns(in_it),
                               count=(), float=crowns(in_it), receipts_before=receipts)  # fmt: skip
    session = apply_session(None, opened)
    assert isinstance(session, Session)
    return Till(desk(**details), session, "petra", today)


def cash(amount: str, given: str | None = None) -> Taking:
    return Taking(crowns(amount), "cash", None if given is None else crowns(given))


def test_change_is_what_was_given_less_the_amount():
    taken = take(till(receipts=909), PAYER, cash("500.00", "1000.00"))
    assert (taken.receipt, taken.change, taken.cash) == ("H1-0910", crowns("500.00"), crowns("500.00"))
    assert take(till(), PAYER, cash("500.00")).change == crowns("0.00")
    with pytest.raises(RuleViolation, match="is less than the amount"):
        take(till(), PAYER, cash("500.00", "499.00"))
    with pytest.raises(RuleViolation, match="more than zero"):
        take(till(), PAYER, cash("0.00"))


def test_what_coins_cannot_pay_is_taken_by_card():
    with pytest.raises(InvalidValue, match="cannot be paid in cash"):
        take(till(), PAYER, cash("461.30"))
    taken = take(till(), PAYER, Taking(crowns("461.30"), "card"))
    assert (taken.amount, taken.cash) == (crowns("461.30"), crowns("0.00"))
    with pytest.raises(InvalidValue, match="gives no change by card"):
        take(till(), PAYER, Taking(crowns("461.30"), "card", crowns("500.00")))


def test_the_payment_that_reaches_the_limit_of_the_till_is_taken_and_the_next_is_not():
    limit = Decimal(30000)
    assert take(till("29500.00", till_limit=limit), PAYER, cash("1000.00")).cash == crowns("1000.00")
    assert over_limit(desk(till_limit=limit), crowns("30500.00")) == crowns("500.00")
    with pytest.raises(RuleViolation, match=r"the till is 500\.00 CZK above its limit"):
        take(till("30500.00", till_limit=limit), PAYER, cash("1.00"))
    assert take(till("30500.00", till_limit=limit), PAYER, Taking(crowns("1.00"), "card")).amount == crowns("1.00")
    assert take(till("30000.00", till_limit=limit), PAYER, cash("1.00")).amount == crowns("1.00")


def test_a_receipt_has_a_limit_in_cash_alone():
    limited = till(receipt_limit=Decimal(10000))
    assert take(limited, PAYER, cash("10000.00")).amount == crowns("10000.00")
    with pytest.raises(RuleViolation, match="of one receipt"):
        take(limited, PAYER, cash("10001.00"))
    assert take(limited, PAYER, Taking(crowns("10001.00"), "voucher")).amount == crowns("10001.00")


def test_a_session_keeps_its_day_over_one_midnight():
    assert take(till(today=ON + timedelta(days=1)), PAYER, cash("1.00")).effective_on == ON
    with pytest.raises(RuleViolation, match="is of 2026-06-11"):
        take(till(today=ON + timedelta(days=2)), PAYER, cash("1.00"))


def test_a_difference_of_a_count_needs_a_reason():
    count = (Pieces(Decimal(1000), 1), Pieces(Decimal(500), 1), Pieces(Decimal(20), 0))
    with pytest.raises(InvalidValue, match=r"2000\.00 CZK should be in the till, and 1500\.00 CZK are counted"):
        close_session(till(), count, " ")
    closed, ended = close_session(till(receipts=7), count, "miscounted change")
    assert (closed.variance, ended.left, ended.receipts) == (crowns("-500.00"), crowns("1500.00"), 7)
    assert closed.count == count[:2]
    state = DeskState(desk(), crowns("1500.00"), sessions=12, receipts=7)
    started, opened = open_session(state, count, "", "petra", ON)
    assert (started.session, opened.float, opened.receipts_before) == ("H1-13", crowns("1500.00"), 7)
    with pytest.raises(InvalidValue, match=r"the last count left 1500\.00 CZK, and 0\.00 CZK are counted now"):
        open_session(state, (), "", "petra", ON)


def test_a_desk_has_one_session_and_is_closed_empty():
    state = apply_desk(None, CashDeskRegistered(effective_on=ON, desk=desk()))
    assert state is not None
    with pytest.raises(AlreadyExists):
        register_desk(state, desk(branch="Dolní"), ON)
    assert register_desk(state, desk(), ON) == []
    opened = apply_desk(state, CashSessionStarted(effective_on=ON, desk="H1", session="H1-1"))
    assert opened is not None
    with pytest.raises(RuleViolation, match="session H1-1 is open"):
        open_session(opened, (), "", "petra", ON)
    with pytest.raises(RuleViolation, match="session H1-1 is open"):
        close_desk(opened, ON)
    full = apply_desk(opened, CashSessionEnded(effective_on=ON, desk="H1", session="H1-1", left=crowns("20.00"),
                                               receipts=1))  # fmt: skip
    assert full is not None
    with pytest.raises(RuleViolation, match=r"20\.00 CZK are left"):
        close_desk(full, ON)
    (closed,) = close_desk(state, ON)
    gone = apply_desk(state, closed)
    assert gone is not None and gone.is_closed
    with pytest.raises(RuleViolation, match="is closed"):
        open_session(gone, (), "", "petra", ON)
    (again,) = change_desk(gone, desk(branch="Dolní"), ON)
    assert apply_desk(gone, again) == DeskState(desk(branch="Dolní"), crowns("0.00"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (desk(till_limit=Decimal(-1)), "less than zero"),
        (desk(till_limit=Decimal("0.001")), "decimals"),
        (desk(printer="nowhere"), "host:port"),
        (desk(staff={"petra": "chief"}), "read, write, all"),
        (CashDesk(code="H-1", branch="Horní", seller="north", currency="CZK", series="H1"), "letters and digits"),
        (CashDesk(code="H1", branch="Horní", seller="north", currency="XXL", series="H1"), "currency"),
    ],
)
def test_a_desk_that_cannot_be_is_refused(wrong: CashDesk, says: str):
    with pytest.raises(InvalidValue, match=says):
        register_desk(None, wrong, ON)


def test_the_series_of_a_desk_never_changes():
    state = DeskState(desk(), crowns("0.00"))
    other = CashDesk(code="H1", branch="Horní", seller="north", currency="CZK", series="H2")
    with pytest.raises(RuleViolation, match="register another desk"):
        change_desk(state, other, ON)


def test_a_right_holds_those_before_it_and_nobody_named_is_everybody():
    named = desk(staff={"ivan": "read", "petra": "write", "hana": "all"})
    require_may(named, "hana", "write")
    require_may(named, "petra", "write")
    for operator, right in (("petra", "all"), ("ivan", "write"), ("boris", "read")):
        with pytest.raises(NotPermitted):
            require_may(named, operator, right)  # type: ignore[arg-type]
    require_may(desk(), "boris", "all")
