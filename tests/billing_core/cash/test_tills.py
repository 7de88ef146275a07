"""Any sequence of acts at two desks: no till is negative, and the money of the house is where it should be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.cash.desks import CashDesk
from billing_core.cash.events import CashSessionOpened, CashTaken
from billing_core.cash.handing import Destination, accept, deposit, dispute, hand_over, returned, settle, take_back
from billing_core.cash.opening import close_session
from billing_core.cash.sessions import Session, apply_session
from billing_core.cash.taking import Payer, Taking, Till, cancel, pay_out, take
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 6, 8)
FLOAT = 100
DESKS = {code: CashDesk(code=code, branch=code, seller="s", currency="EUR", series=code) for code in ("A", "B")}


def eur(amount: int) -> Money:
    return Money(Decimal(amount).quantize(Decimal("0.01")), "EUR")


class House:
    """Two open tills, and what the acts should leave in the house by a count of its own."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.facts: dict[str, list[Event]] = {code: [] for code in DESKS}
        self.taken, self.out, self.lost = 0, 0, 0
        for code in DESKS:
            self.note(code, CashSessionOpened(effective_on=ON, desk=code, session=f"{code}-1", cashier="petra",
                                              offered=eur(0), count=(), float=eur(FLOAT)))  # fmt: skip

    def note(self, code: str, *facts: Event | None) -> None:
        for fact in facts:
            if fact is not None:
                self.facts[code].append(fact)
                found = apply_session(self.sessions.get(code), fact)
                assert found is not None
                self.sessions[code] = found

    def till(self, code: str) -> Till:
        return Till(DESKS[code], self.sessions[code], "petra", ON)

    def other(self, code: str) -> str:
        return "B" if code == "A" else "A"

    def transit(self, code: str, number: int) -> str:
        return list(self.sessions[code].transits)[number]


def _take(house: House, code: str, amount: int, number: int) -> None:
    method = "cash" if number % 3 else "card"
    house.note(code, take(house.till(code), Payer("1", "C1"), Taking(eur(amount), method)))  # type: ignore[arg-type]
    house.taken += amount if method == "cash" else 0


def _pay_out(house: House, code: str, amount: int, number: int) -> None:
    house.note(code, pay_out(house.till(code), eur(amount), "stamps"))
    house.out += amount


def _cancel(house: House, code: str, amount: int, number: int) -> None:
    session = house.sessions[code]
    receipt = list(session.movements.values())[number]
    cancelled = cancel(house.till(code), receipt, session, "slip", "")
    house.note(code, cancelled)
    moved = int(cancelled.cash.amount)
    if isinstance(receipt, CashTaken):
        house.taken += moved
    else:
        house.out -= moved


def _hand(house: House, code: str, amount: int, number: int) -> None:
    house.note(code, hand_over(house.till(code), eur(amount), Destination(DESKS[house.other(code)])))


def _accept(house: House, code: str, amount: int, number: int) -> None:
    giver = house.other(code)
    came, accepted = accept(house.till(code), house.sessions[giver], house.transit(giver, number))
    house.note(giver, accepted)
    house.note(code, came)


def _dispute(house: House, code: str, amount: int, number: int) -> None:
    giver = house.other(code)
    transit = house.transit(giver, number)
    came, disputed = dispute(house.till(code), house.sessions[giver], transit, eur(amount), "less")
    house.note(giver, disputed)
    house.note(code, came)


def _settle(house: House, code: str, amount: int, number: int) -> None:
    transit = house.transit(code, number)
    decided = ("giver", "receiver", "house")[amount % 3]
    settled = settle(house.sessions[code], transit, decided, "found", "boss", ON)  # type: ignore[arg-type]
    if decided == "house":
        house.lost += int(settled.difference.amount)
    else:
        bearer = code if decided == "giver" else house.other(code)
        house.note(bearer, returned(house.till(bearer), transit, settled.difference, "found"))
    house.note(code, settled)


def _deposit(house: House, code: str, amount: int, number: int) -> None:
    house.note(code, deposit(house.till(code), eur(amount), "CZ65", "8801"))


def _take_back(house: House, code: str, amount: int, number: int) -> None:
    transit = house.transit(code, number)
    taken_back, back = take_back(house.sessions[code], transit, "stayed", ON)
    house.note(code, returned(house.till(code), transit, back, "stayed"), taken_back)


ACTS: list[Callable[[House, str, int, int], None]] = [
    _take, _pay_out, _cancel, _hand, _accept, _dispute, _settle, _deposit, _take_back
]  # fmt: skip


ANY_ACT = st.tuples(st.sampled_from(ACTS), st.sampled_from("AB"), st.integers(0, 150), st.integers(0, 5))


@given(st.lists(ANY_ACT, max_size=40))
def test_no_till_is_negative_and_nothing_is_lost(acts: list[tuple[Callable[..., None], str, int, int]]):
    house = House()
    for act, code, amount, number in acts:
        with suppress(BillingError, IndexError):
            act(house, code, amount, number)
        assert all(session.till >= eur(0) for session in house.sessions.values())
    tills = sum(session.till.amount for session in house.sessions.values())
    assert tills + _on_its_way(house) == 2 * FLOAT + house.taken - house.out - house.lost
    for code, session in house.sessions.items():
        assert [each.running for each in session.movements.values()] == list(range(1, len(session.movements) + 1))
        closed, ended = close_session(house.till(code), (), "all of it was stolen")
        assert closed.variance == -session.till
        assert ended.receipts == len(session.movements)


def _on_its_way(house: House) -> Decimal:
    """What left a till and is in no other one: all of it on its way, of a dispute what is missing."""
    found = Decimal(0)
    for session in house.sessions.values():
        for transit in session.transits.values():
            if transit.state == "on its way":
                found += transit.left.amount.amount
            elif transit.state == "disputed" and transit.found is not None:
                found += transit.left.amount.amount - transit.found.amount
    return found
