"""Allocation by hand, transfers and crumbs: what each does to credits, open items and their order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.allocation import allocation_events, consume_credits
from billing_core.payments.by_hand import (
    CreditHistory,
    allocate_by_hand,
    apply_credit_history,
    free_credit,
    receive_by_hand,
    release_by_hand,
)
from billing_core.payments.crumbs import (
    CrumbLimit,
    KeptCredits,
    apply_kept,
    crumb_credit,
    crumb_items,
    keep_credit,
    restore_kept,
    set_limits,
)
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
    CreditFreed,
    CreditHeldBack,
    CreditTransferredIn,
    PaymentReceived,
)
from billing_core.payments.giving_back import (
    GivenBack,
    apply_given_back,
    pay_out,
    refund,
    return_pay_out,
    write_off,
)
from billing_core.payments.ledger import Ledger, OpenItem, PaymentHistory, apply_payment_history
from billing_core.payments.receiving import move_in, receive, reverse_payment
from billing_core.payments.transfers import Chosen, Transfer, transfer_away, transfer_in

ON = date(2026, 3, 16)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


class Books:
    """The money of one account, with the histories that decisions need."""

    def __init__(self, **invoices: str) -> None:
        self.ledger = Ledger(zero("EUR"))
        self.credits: CreditHistory = {}
        self.payments: PaymentHistory = {}
        self.given: GivenBack = {}
        self.kept: KeptCredits = {}
        for day, (number, gross) in enumerate(invoices.items(), start=1):
            self.ledger.add_invoice(number, date(2026, 3, day), euros(gross))

    def apply(self, events: list[Event]) -> list[Event]:
        for fact in events:
            self.ledger.apply(fact)
            apply_credit_history(self.credits, fact)
            apply_payment_history(self.payments, fact)
            apply_given_back(self.given, fact)
            apply_kept(self.kept, fact)
        return events

    def receive(self, amount: str, reference: str = "17", on: date = ON, parts: dict[str, str] | None = None) -> str:
        payment = PaymentReceived(
            effective_on=on, customer="C1", source="bank", reference=reference, amount=euros(amount)
        )
        if parts is None:
            self.apply(receive(self.ledger, payment, None))
        else:
            self.apply(receive_by_hand(self.ledger, payment, {name: euros(part) for name, part in parts.items()}))
        return payment.payment

    def release(self, credit: str, invoice: str, amount: str | None = None) -> list[Event]:
        part = (credit, invoice, None if amount is None else euros(amount))
        return self.apply(release_by_hand(self.ledger, self.credits, part, "wrong invoice", ON))

    def allocate(self, credit: str, **parts: str) -> list[Event]:
        named = {invoice: euros(amount) for invoice, amount in parts.items()}
        return self.apply(allocate_by_hand(self.ledger, credit, named, ON))

    @property
    def open_items(self) -> dict[str, str]:
        return {number: f"{item.amount.amount:f}" for number, item in self.ledger.open_items.items()}

    @property
    def unused(self) -> dict[str, str]:
        return {credit: f"{amount.amount:f}" for credit, amount in self.ledger.credits.items()}

    @property
    def held_back(self) -> dict[str, str]:
        return {credit: f"{amount.amount:f}" for credit, amount in self.ledger.held_back.items()}


# --- by hand


def test_what_is_released_stays_held_back_until_it_is_allocated_or_freed():
    """The example of the module: 60.00 settled A by 40.00 and B by 20.00; C with 15.00 is open."""
    books = Books(A="40.00", B="20.00", C="15.00")
    payment = books.receive("60.00")
    assert books.open_items == {"C": "15.00"}

    books.release(payment, "A", "30.00")
    assert (books.open_items, books.held_back) == ({"C": "15.00", "A": "30.00"}, {payment: "30.00"})

    events = books.allocate(payment, C="15.00")
    assert [type(fact) for fact in events] == [CreditFreed, CreditAllocated], "dunning looks again after it was freed"
    assert (books.open_items, books.held_back) == ({"A": "30.00"}, {payment: "15.00"})

    books.apply(free_credit(books.ledger, payment, None, ON))
    assert (books.open_items, books.held_back, books.unused) == ({"A": "15.00"}, {}, {})
    assert books.ledger.balance == euros("-15.00")


def test_an_invoice_uses_what_is_not_held_back_alone():
    books = Books(A="40.00")
    payment = books.receive("60.00")
    books.release(payment, "A", "30.00")
    assert (books.unused, books.held_back) == ({payment: "30.00"}, {payment: "30.00"}), "20.00 settled A again"
    assert books.open_items == {"A": "10.00"}

    books.receive("5.00", "18")
    books.ledger.add_invoice("B", ON, euros("9.00"))
    assert consume_credits(books.ledger.usable(), "B", OpenItem(ON, euros("9.00"))) == []


def test_of_a_credit_what_is_not_held_back_goes_first():
    books = Books(A="40.00")
    payment = books.receive("40.00")
    books.release(payment, "A", "30.00")
    books.ledger.add_credit(payment, euros("20.00"))
    books.apply(pay_out(books.ledger, euros("15.00"), "asked for it", ON))
    assert (books.unused, books.held_back) == ({payment: "35.00"}, {payment: "30.00"})
    books.apply(pay_out(books.ledger, euros("15.00"), "asked for it", ON))
    assert (books.unused, books.held_back) == ({payment: "20.00"}, {payment: "20.00"})


def test_other_unused_credit_settles_what_a_release_opened():
    books = Books(A="40.00")
    first = books.receive("40.00", "1")
    second = books.receive("25.00", "2")
    books.release(first, "A")
    assert (books.open_items, books.unused) == ({"A": "15.00"}, {first: "40.00"})
    assert second not in books.ledger.credits


def test_a_payment_may_come_with_parts_and_the_rest_settles_the_oldest():
    books = Books(A="40.00", B="20.00", C="15.00")
    books.receive("50.00", parts={"C": "10.00", "B": "20.00"})
    assert books.open_items == {"A": "20.00", "C": "5.00"}


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({}, InvalidValue, "must be 1 to 1000"),
        ({"A": "40.01"}, RuleViolation, r"is more than the 40\.00 EUR open on invoice A"),
        ({"A": "30.00", "B": "20.01"}, RuleViolation, r"20\.00 EUR open on invoice B"),
        ({"A": "40.00", "B": "11.00"}, RuleViolation, r"is more than the 50\.00 EUR that are unused of bank:17"),
        ({"A": "0.00"}, InvalidValue, "must be more than zero"),
        ({"X": "1.00"}, NotFound, "no open invoice"),
    ],
)
def test_parts_are_never_more_than_is_open_or_came_in(parts: dict[str, str], error: type, message: str):
    with pytest.raises(error, match=message):
        Books(A="40.00", B="20.00").receive("50.00", parts=parts)


def test_what_was_never_settled_is_not_released_and_a_write_off_is_cancelled_instead():
    books = Books(A="40.00", B="20.00")
    payment = books.receive("40.00")
    books.apply(write_off(books.ledger, "B", None, "small", ON))
    with pytest.raises(NotFound, match=r"is settled by nothing of bank:17"):
        books.release(payment, "B")
    with pytest.raises(RuleViolation, match="cancel the write-off"):
        books.release("write-off B", "B")
    with pytest.raises(NotFound, match="no such credit"):
        books.release("bank:18", "A")
    with pytest.raises(RuleViolation, match=r"more than the 40\.00 EUR by which"):
        books.release(payment, "A", "40.01")
    with pytest.raises(NotFound, match="nothing of this credit is held back"):
        free_credit(books.ledger, payment, None, ON)


# --- the order of credits


def test_credit_is_used_oldest_first_also_after_it_was_partly_used_moved_or_released():
    books = Books(A="40.00")
    newest = books.receive("50.00", "3", on=date(2026, 3, 12))
    oldest = books.receive("5.00", "1", on=date(2026, 3, 2))
    middle = PaymentReceived(
        effective_on=date(2026, 3, 7), customer="C2", source="bank", reference="2", amount=euros("6.00")
    )
    books.apply(move_in(books.ledger, middle, "C1", "A9", "wrong account"))
    assert list(books.unused.items()) == [(oldest, "5.00"), ("bank:2", "6.00"), (newest, "10.00")]

    books.release(newest, "A", "40.00")
    assert list(books.unused) == [newest], "the others settle what was opened, as far as they go"
    books.apply(free_credit(books.ledger, newest, None, ON))
    books.receive("1.00", "0", on=date(2026, 3, 1))
    assert list(books.unused) == ["bank:0", newest]


def test_what_is_released_has_the_place_of_its_day_among_what_is_held_back():
    books = Books(A="40.00", B="20.00")
    older = books.receive("40.00", "1", on=date(2026, 3, 2))
    younger = books.receive("20.00", "2", on=date(2026, 3, 5))
    books.release(younger, "B")
    books.release(older, "A")
    assert list(books.unused) == [older, younger]
    assert books.ledger.received_on == {older: date(2026, 3, 2), younger: date(2026, 3, 5)}


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 900)), min_size=1, max_size=8), st.integers(1, 4_000))
def test_whatever_the_order_in_which_credits_are_recorded_the_oldest_is_used_first(
    credits: list[tuple[int, int]], wanted: int
):
    """Whoever records them in whichever order: per day the same amounts are used."""

    def used(order: list[tuple[int, int]]) -> dict[int, Decimal]:
        books = Books()
        for number, (day, cents) in enumerate(order):
            books.receive(f"{Decimal(cents) / 100}", str(number), on=date(2026, 2, day))
        item = OpenItem(ON, euros(Decimal(wanted) / 100))
        books.ledger.add_invoice("A", ON, item.amount)
        before = dict(books.ledger.since)
        taken: dict[int, Decimal] = {}
        for part in consume_credits(books.ledger.usable(), "A", item):
            day = before[part.credit].day
            taken[day] = taken.get(day, Decimal()) + part.amount.amount
        return taken

    found = used(credits)
    assert found == used(credits[::-1])
    days = sorted({day for day, _ in credits})
    assert sorted(found) == days[: len(found)], "no younger day is touched before an older one is used up"


# --- transfers


def test_a_transfer_takes_the_oldest_credit_and_settles_what_is_open_there():
    """The example of the module."""
    giver, taker = Books(), Books(X="20.00")
    payment = giver.receive("30.00", on=date(2026, 3, 2))
    giver.ledger.add_credit("5000000001", euros("5.00"), date(2026, 3, 4))
    away = giver.apply(transfer_away(giver.ledger, Chosen(euros("32.00")), Transfer("transfer 1-9", "2", "x", "C"), ON))
    into = taker.apply(transfer_in(taker.ledger, euros("32.00"), Transfer("transfer 1-9", "1", "x", "C"), ON))

    assert [(part.credit, str(part.amount)) for part in away[0].parts] == [  # type: ignore[attr-defined]
        (payment, "30.00 EUR"), ("5000000001", "2.00 EUR"),
    ]  # fmt: skip
    assert isinstance(into[0], CreditTransferredIn)
    assert (giver.unused, taker.unused, taker.open_items) == ({"5000000001": "3.00"}, {"transfer 1-9": "12.00"}, {})
    assert giver.ledger.balance + taker.ledger.balance == euros("35.00") - euros("20.00")
    with pytest.raises(RuleViolation, match=r"more than the 3\.00 EUR of unused credit"):
        transfer_away(giver.ledger, Chosen(euros("3.01")), Transfer("t", "2", "x", "C"), ON)
    with pytest.raises(NotFound, match="is no unused credit"):
        transfer_away(giver.ledger, Chosen(None, payment), Transfer("t", "2", "x", "C"), ON)


# --- what came back


def test_a_pay_out_that_comes_back_is_unused_again_and_never_more_than_was_paid_out():
    books = Books()
    payment = books.receive("30.00")
    books.apply(pay_out(books.ledger, euros("20.00"), "the customer left", ON))
    books.apply(refund(books.ledger, books.payments, payment, euros("4.00"), "paid too much", ON))
    with pytest.raises(RuleViolation, match=r"is more than the 24\.00 EUR that were given back of bank:17"):
        return_pay_out(books.ledger, books.given, Chosen(euros("24.01"), payment), "account closed", ON)

    books.apply(return_pay_out(books.ledger, books.given, Chosen(None, payment), "account closed", ON))
    assert (books.unused, books.payments[payment].left) == ({payment: "30.00"}, euros("30.00"))
    with pytest.raises(NotFound, match="nothing of this credit was refunded or paid out"):
        return_pay_out(books.ledger, books.given, Chosen(None, payment), "account closed", ON)


# --- crumbs

LIMIT = CrumbLimit(currency="EUR", item=Decimal("5.00"), credit=Decimal("2.00"), older_than_days=90)
FIRST_OF_JUNE = date(2026, 6, 1)


def test_an_item_is_a_crumb_if_it_is_small_and_old_enough():
    books = Books(A="4.99", B="5.01", C="1.00")
    assert crumb_items(books.ledger, LIMIT, FIRST_OF_JUNE) == ["A"], "C is due on 3 March, 90 days ago"
    assert crumb_items(books.ledger, LIMIT, date(2026, 6, 2)) == ["A", "C"]


def test_a_credit_is_a_crumb_with_all_that_is_unused_and_is_given_again():
    books = Books()
    payment = books.receive("2.00", on=date(2026, 1, 1))
    assert crumb_credit(books.ledger, LIMIT, FIRST_OF_JUNE) == euros("2.00")
    younger = books.receive("0.01", "18", on=date(2026, 5, 1))
    assert crumb_credit(books.ledger, LIMIT, FIRST_OF_JUNE) is None
    books.apply(refund(books.ledger, books.payments, younger, None, "x", ON))

    books.apply(keep_credit(books.ledger, "a crumb", FIRST_OF_JUNE))
    assert (books.unused, books.ledger.balance) == ({}, zero("EUR"))
    books.apply(restore_kept(books.ledger, books.kept, payment, "asked for it", FIRST_OF_JUNE))
    assert books.unused == {payment: "2.00"}
    with pytest.raises(NotFound, match="was kept as other income"):
        restore_kept(books.ledger, books.kept, payment, "asked for it", FIRST_OF_JUNE)


def test_limits_are_one_for_each_currency_and_the_same_ones_change_nothing():
    (fact,) = set_limits(None, "north", [LIMIT], ON)
    assert set_limits((LIMIT,), "north", [LIMIT], ON) == []
    with pytest.raises(InvalidValue, match="more than one limit"):
        set_limits(None, "north", [LIMIT, LIMIT], ON)
    with pytest.raises(InvalidValue, match="must not be negative"):
        set_limits(None, "north", [CrumbLimit(currency="EUR", item=Decimal(-1), credit=Decimal(0))], ON)
    assert fact.limits == (LIMIT,)  # type: ignore[attr-defined]


# --- whatever happens

AMOUNTS = st.integers(1, 6_000).map(lambda cents: f"{Decimal(cents) / 100}")
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "parts", "release", "allocate", "free", "out", "back", "away", "in", "part", "bill"]),
        AMOUNTS, st.integers(0, 5),
    ),
    max_size=16,
)  # fmt: skip


@given(HAPPENINGS)
def test_whatever_is_done_by_hand_nothing_is_lost_and_nothing_is_used_twice(happenings: list[tuple[str, str, int]]):
    books = Books()
    came_in = left = zero("EUR")
    for number, (what, amount, pick) in enumerate(happenings):
        try:
            received, gone = _happen(books, what, amount, pick, str(number))
        except BillingError:
            continue
        came_in, left = came_in + received, left + gone
        ledger = books.ledger
        unused = total(ledger.credits.values(), "EUR")
        open_sum = total((item.amount for item in ledger.open_items.values()), "EUR")
        settled = total((part.amount for record in books.credits.values() for part in record.allocations), "EUR")
        assert came_in == unused + settled + left
        assert ledger.balance == unused - open_sum
        assert not (ledger.usable() and ledger.open_items), "credit that is not held back settles what is open"
        assert all(zero("EUR") < held <= ledger.credits[credit] for credit, held in ledger.held_back.items())
        assert list(ledger.credits) == sorted(ledger.credits, key=lambda credit: ledger.since[credit])
        assert set(ledger.since) == set(ledger.credits)


def _happen(  # noqa: PLR0911  (one for each kind of happening)
    books: Books, what: str, amount: str, pick: int, reference: str
) -> tuple[Money, Money]:
    """What happens, and how much came in and left by it."""
    ledger, nothing, money = books.ledger, zero("EUR"), euros(amount)
    day = date(2026, 3, 1 + pick)
    credit = _picked([*ledger.credits, *books.credits], pick)
    invoice = _picked([*ledger.open_items], pick)
    match what:
        case "pay":
            books.receive(amount, reference, on=day)
            return money, nothing
        case "parts":
            books.receive(amount, reference, on=day, parts={invoice: f"{min(money, euros('1.00')).amount:f}"})
            return money, nothing
        case "bill":
            item = OpenItem(day, money)
            used = consume_credits(ledger.usable(), f"I{reference}", item)
            ledger.add_invoice(f"I{reference}", day, money)
            books.apply(allocation_events(used, ON))
        case "release":
            held = [part for record in books.credits.values() for part in record.allocations]
            chosen = _picked(held, pick) or Allocation("none", "none", nothing, ON)
            books.release(chosen.credit, chosen.invoice, f"{min(money, chosen.amount).amount:f}")
        case "allocate":
            books.allocate(credit, **{invoice: amount})
        case "free":
            books.apply(free_credit(ledger, _picked([*ledger.held_back], pick), None, ON))
        case "out":
            books.apply(pay_out(ledger, money, "x", ON))
            return nothing, money
        case "back":
            books.apply(return_pay_out(ledger, books.given, Chosen(money, credit), "x", ON))
            return nothing, -money
        case "away":
            books.apply(transfer_away(ledger, Chosen(money), Transfer(f"transfer 1-{reference}", "2", "x", "C"), ON))
            return nothing, money
        case "in":
            books.apply(transfer_in(ledger, money, Transfer(f"transfer 2-{reference}", "2", "x", "C"), ON))
            return money, nothing
        case "part":
            books.apply(reverse_payment(ledger, books.payments, credit, "x", ON, money))
            return nothing, money
    return nothing, nothing


def _picked(choices: list, pick: int):
    return choices[pick % len(choices)] if choices else ""


def test_the_test_above_sees_credit_that_is_not_held_back():
    books = Books(A="4.00")
    payment = books.receive("4.00")
    events = release_by_hand(books.ledger, books.credits, (payment, "A", None), "x", ON)
    for fact in events:
        if not isinstance(fact, CreditHeldBack):
            books.ledger.apply(fact)
    assert books.ledger.usable() and books.ledger.open_items
