"""Money that comes in settles what is open, what is left waits for the next invoice, and all of it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.allocation import Settlement, allocate, allocation_events, consume_credits
from billing_core.payments.events import (
    Allocation,
    CreditAllocated,
    CreditReleased,
    PaymentReceived,
    PaymentReversed,
    payment_id,
)
from billing_core.payments.ledger import Ledger, OpenItem, PaymentHistory, PaymentRecord, apply_payment_history
from billing_core.payments.receiving import receive, reverse_payment
from tests.billing_core.books import audit
from tests.billing_core.price_lists import monthly, tariff
from tests.billing_core.subscriber import Subscriber, told
from tests.billing_core.timelines import (
    START,
    Run,
    Step,
    amounts,
    billing_days,
    histories,
    price_lists,
    try_to_record,
)

ON = date(2026, 3, 15)
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


def payment(amount: str | Decimal, reference: str = "17", source: str = "bank") -> PaymentReceived:
    return PaymentReceived(effective_on=ON, customer="C1", source=source, reference=reference, amount=euros(amount))


def ledger(**open_items: tuple[str, date]) -> Ledger:
    """A ledger that owes the given invoices: `A=("40.00", MARCH)`."""
    found = Ledger(zero("EUR"))
    for number, (amount, due_on) in open_items.items():
        found.add_invoice(number, due_on, euros(amount))
    return found


def settle(found: Ledger, events: list[Event]) -> None:
    for fact in events:
        found.apply(fact)


def short(events: list[Event]) -> list[str]:
    return told(fact for fact in events if isinstance(fact, CreditAllocated | CreditReleased))


# --- many credits at once


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 5)), max_size=6),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 7)), max_size=6),
)
def test_credits_that_are_spread_at_once_settle_what_each_would_after_the_other(
    items: list[tuple[int, int]], credits: list[tuple[int, int]]
):
    named = {f"I{number}": (f"{cents}.00", MARCH + timedelta(days=days)) for number, (cents, days) in enumerate(items)}
    one_by_one, at_once = ledger(**named), Settlement(ledger(**named))
    for number, (cents, invoice) in enumerate(credits):
        credit, amount = f"C{number}", euros(Decimal(cents))
        one_by_one.add_credit(credit, amount)
        expected = allocate(credit, amount, one_by_one.open_items, f"I{invoice}")
        for allocation in expected:
            one_by_one.allocate(allocation)
        assert at_once.spread(credit, amount, f"I{invoice}") == expected
        assert at_once.ledger == one_by_one


# --- worked examples


def test_the_named_invoice_first_then_the_oldest_due():
    """100.00 received for B: B 50.00, then A 40.00, then C 10.00; C stays open with 20.00."""
    found = ledger(C=("30.00", MAY), B=("50.00", APRIL), A=("40.00", MARCH))
    assert str(found.balance) == "-120.00 EUR"

    events = receive(found, payment("100.00"), "B")

    assert short(events) == [
        "50.00 of bank:17 settles B",
        "40.00 of bank:17 settles A",
        "10.00 of bank:17 settles C",
    ]
    settle(found, events)
    assert found == Ledger(euros("-20.00"), {"C": OpenItem(MAY, euros("20.00"))}, {})


def test_the_rest_is_credit_and_the_next_invoice_consumes_it():
    found = ledger(A=("40.00", MARCH))
    settle(found, receive(found, payment("100.00"), None))
    assert found == Ledger(euros("60.00"), {}, {"bank:17": euros("60.00")}, {"bank:17": ON}, {"bank:17": ON})

    item = OpenItem(APRIL, euros("50.00"))
    found.add_invoice("B", APRIL, item.amount)
    settle(found, allocation_events(consume_credits(found.credits, "B", item), ON))

    assert found == Ledger(euros("10.00"), {}, {"bank:17": euros("10.00")}, {"bank:17": ON}, {"bank:17": ON})


def test_credits_are_consumed_in_the_order_in_which_they_came():
    found = ledger()
    for reference, amount in (("2", "5.00"), ("1", "30.00"), ("3", "1.00")):
        settle(found, receive(found, payment(amount, reference), None))

    item = OpenItem(APRIL, euros("20.00"))

    assert consume_credits(found.credits, "B", item) == [
        Allocation("bank:2", "B", euros("5.00"), APRIL),
        Allocation("bank:1", "B", euros("15.00"), APRIL),
    ]


def test_money_settles_nothing_before_the_day_on_which_it_came_in():
    """An invoice of 1 March takes 5.00 of 20 February, 10.00 of 3 March, and 2.00 of a credit note without a day."""
    found = ledger()
    for reference, amount, day in (("2", "5.00", date(2026, 2, 20)), ("1", "10.00", date(2026, 3, 3))):
        settle(found, receive(found, replace(payment(amount, reference), effective_on=day), None))
    found.add_credit("5000000001", euros("2.00"))
    assert [str(found.received_after(day)) for day in (date(2026, 2, 19), MARCH, date(2026, 3, 3))] == [
        "15.00 EUR", "10.00 EUR", "0.00 EUR",
    ]  # fmt: skip
    consumed = consume_credits(found.credits, "B", OpenItem(APRIL, euros("30.00")))

    events = allocation_events(consumed, MARCH, found.received_on)

    assert [(fact.effective_on, short([fact])) for fact in events] == [
        (MARCH, ["5.00 of bank:2 settles B", "2.00 of 5000000001 settles B"]),
        (date(2026, 3, 3), ["10.00 of bank:1 settles B"]),
    ]
    found.add_invoice("B", APRIL, euros("30.00"))
    settle(found, events)
    assert (found.credits, found.received_on, found.open_items["B"].amount) == ({}, {}, euros("13.00"))


def test_a_named_invoice_that_is_not_open_is_no_reason_to_wait():
    found = ledger(A=("40.00", MARCH))

    assert short(receive(found, payment("40.00"), "paid-long-ago")) == ["40.00 of bank:17 settles A"]


def test_of_invoices_due_on_one_day_the_lower_number_comes_first():
    found = ledger(**{"1002": ("10.00", MARCH), "1001": ("10.00", MARCH)})

    assert short(receive(found, payment("15.00"), None)) == [
        "10.00 of bank:17 settles 1001",
        "5.00 of bank:17 settles 1002",
    ]


def test_where_nothing_is_open_nothing_is_allocated():
    assert receive(ledger(), payment("15.00"), None) == [payment("15.00")]
    assert allocation_events([], ON) == []


def test_a_bounced_debit_opens_its_invoices_again():
    found = ledger(A=("40.00", MARCH), B=("50.00", APRIL))
    history: PaymentHistory = {}
    received = receive(found, payment("60.00"), None)
    settle(found, received)
    for fact in received:
        apply_payment_history(history, fact)

    events = reverse_payment(found, history, "bank:17", "bounced", ON)

    assert told(events) == ["40.00 of bank:17 off A", "20.00 of bank:17 off B", "bank:17 taken back 60.00"]
    settle(found, events)
    assert found.balance == euros("-90.00") and not found.credits
    assert found.open_items["A"] == OpenItem(MARCH, euros("40.00"), None, opened_again_on=ON)
    assert found.open_items["B"] == OpenItem(APRIL, euros("50.00"), None, opened_again_on=None), "it was never settled"


def test_a_payment_that_settled_nothing_is_taken_back_without_a_release():
    history = {"bank:17": PaymentRecord(payment("60.00"), euros("60.00"))}
    found = ledger()
    settle(found, [payment("60.00")])

    assert told(reverse_payment(found, history, "bank:17", "bounced", ON)) == ["bank:17 taken back 60.00"]


def test_unused_credit_settles_what_a_bounced_payment_opened():
    subscriber = Subscriber(tariff("net", monthly("300.00")))
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.pay("300.00", "2026-06-05", "1")
    subscriber.pay("120.00", "2026-06-06", "2")

    assert told(subscriber.bounce("1", "2026-06-10")) == [
        "300.00 of bank:1 off 1001",
        "bank:1 taken back 300.00",
        "120.00 of bank:2 settles 1001",
    ]
    assert subscriber.open_items == {"1001": "180.00"}
    assert subscriber.account.ledger.credits == {}


def test_a_payment_keeps_what_later_invoices_took_of_it_and_a_reversal_gives_all_of_it_back():
    subscriber = Subscriber(tariff("net", monthly("300.00")))
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.pay("500.00", "2026-06-05", "1")
    subscriber.bill("2026-07-01")
    assert subscriber.open_items == {"1002": "100.00"}

    assert told(subscriber.bounce("1", "2026-07-10")) == [
        "300.00 of bank:1 off 1001",
        "200.00 of bank:1 off 1002",
        "bank:1 taken back 500.00",
    ]
    assert subscriber.open_items == {"1001": "300.00", "1002": "300.00"}
    assert subscriber.bill("2026-07-10") == []


# --- bad input


def refused(decide: Callable[[], object], error: type[BillingError], message: str) -> tuple[str | None, str | None]:
    with pytest.raises(error, match=message) as caught:
        decide()
    return caught.value.field, caught.value.value


@pytest.mark.parametrize(
    ("bad", "field", "value", "message"),
    [
        (payment("0.00"), "payment", "0.00 EUR", "must be more than zero"),
        (payment("-5.00"), "payment", "-5.00 EUR", "record money paid back as a reversal"),
        (payment("5.00", reference=" "), "external reference", " ", "must not be empty"),
        (payment("5.00", source=""), "payment source", "", "must not be empty"),
        (payment("5.00", source="kiosk:1"), "payment source", "kiosk:1", "must not hold a colon"),
        (
            PaymentReceived(
                effective_on=ON, customer="C1", source="bank", reference="1", amount=Money(Decimal(5), "USD")
            ),
            "payment",
            "5 USD",
            "the account is kept in EUR",
        ),
        (
            PaymentReceived(
                effective_on=ON, customer="C1", source="bank", reference="1", amount=euros("5.00"), payer="A\nB"
            ),
            "payer",
            "A\nB",
            "line breaks",
        ),
        (
            PaymentReceived(
                customer="C1",
                effective_on=ON,
                source="bank",
                reference="1",
                amount=euros("5.00"),
                payment_reference="\t",
            ),
            "payment reference",
            "\t",
            "control characters",
        ),
    ],
)
def test_money_that_cannot_be_is_refused(bad: PaymentReceived, field: str, value: str, message: str):
    found = ledger(A=("40.00", MARCH))

    assert refused(lambda: receive(found, bad, None), InvalidValue, message) == (field, value)
    assert found == ledger(A=("40.00", MARCH))


def test_source_and_reference_make_one_payment():
    """Were a colon allowed in a source, `kiosk:1` with `2` and `kiosk` with `1:2` would be one payment."""
    assert payment_id("bank", "2026:17") == "bank:2026:17"
    assert payment("1.00", reference="2026:17").payment == "bank:2026:17"


def test_a_payment_that_stands_twice_is_counted_twice_until_one_is_taken_back():
    """No decision makes that, but a store put together from two backups may hold it: 30.00 twice, 20.00 open."""
    found, history = ledger(A=("20.00", MARCH)), PaymentHistory()
    twice: list[Event] = [*receive(found, payment("30.00"), None), payment("30.00")]
    settle(found, twice)
    for fact in twice:
        apply_payment_history(history, fact)
    assert found == Ledger(euros("40.00"), {}, {"bank:17": euros("40.00")}, {"bank:17": ON}, {"bank:17": ON})

    settle(found, reverse_payment(found, history, "bank:17", "booked twice", ON))

    assert found == Ledger(euros("10.00"), {}, {"bank:17": euros("10.00")}, {"bank:17": ON}, {"bank:17": ON})


def test_only_a_payment_of_the_account_that_stands_is_taken_back():
    history = {"bank:17": PaymentRecord(payment("60.00"), euros("60.00"))}
    found = ledger()

    unknown = refused(lambda: reverse_payment(found, history, "bank:18", "bounced", ON), NotFound, "no such payment")
    assert unknown == ("payment", "bank:18")
    no_reason = refused(lambda: reverse_payment(found, history, "bank:17", " ", ON), InvalidValue, "must not be empty")
    assert no_reason == ("reason", " ")
    apply_payment_history(
        history, PaymentReversed(effective_on=ON, payment="bank:17", amount=euros("60.00"), reason="bounced")
    )
    twice = refused(
        lambda: reverse_payment(found, history, "bank:17", "bounced", ON), RuleViolation, "is reversed already"
    )
    assert twice == ("payment", "bank:17")


# --- whatever is paid


class Pay(NamedTuple):
    """Money comes in; the payer names one of the first open invoices, or none."""

    amount: Decimal
    named: int


class Bounce(NamedTuple):
    """A payment is taken back, whether it was before or not."""

    payment: int


open_items = st.dictionaries(
    st.sampled_from(["1001", "1002", "1003", "1004", "1005"]),
    st.builds(OpenItem, due_on=st.sampled_from([MARCH, APRIL, MAY]), amount=amounts().map(euros)),
)


@given(amount=amounts().map(euros), items=open_items, named=st.sampled_from([None, "1003", "9999"]))
def test_an_allocation_never_exceeds_the_credit_or_an_invoice(
    amount: Money, items: dict[str, OpenItem], named: str | None
):
    found = allocate("bank:1", amount, items, named)

    owed = total((item.amount for item in items.values()), "EUR")
    assert total((part.amount for part in found), "EUR") == min(amount, owed), "all that can be settled is settled"
    for part in found:
        assert zero("EUR") < part.amount <= items[part.invoice].amount
        assert part.invoice_due_on == items[part.invoice].due_on
    assert all(part.amount == items[part.invoice].amount for part in found[:-1]), "one after the other"
    order = [(part.invoice != named, part.invoice_due_on, part.invoice) for part in found]
    assert order == sorted(order)
    skipped = set(items) - {part.invoice for part in found}
    if named in items:
        assert named not in skipped


@given(credits=st.dictionaries(st.sampled_from("abcde"), amounts().map(euros)), amount=amounts().map(euros))
def test_an_invoice_never_consumes_more_than_there_is_or_than_it_is(credits: dict[str, Money], amount: Money):
    found = consume_credits(credits, "1001", OpenItem(APRIL, amount))

    assert total((part.amount for part in found), "EUR") == min(amount, total(credits.values(), "EUR"))
    assert [part.credit for part in found] == list(credits)[: len(found)]
    assert all(zero("EUR") < part.amount <= credits[part.credit] for part in found)


@pytest.mark.slow
@given(
    tariffs=price_lists(),
    billing_day=billing_days,
    steps=histories(5),
    money=st.lists(
        st.one_of(
            st.builds(Pay, amount=amounts(), named=st.integers(0, 3)),
            st.builds(Bounce, payment=st.integers(0, 9)),
        ),
        min_size=6,
        max_size=20,
    ),
)
@settings(max_examples=200)
def test_whatever_is_paid_and_taken_back_the_books_balance(
    tariffs: list[Tariff], billing_day: int, steps: list[Step], money: list[Pay | Bounce]
):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    today = START
    for number, step in enumerate(steps):
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            subscriber.bill(today)
        else:
            try_to_record(subscriber, step, today)
        for happening in money[number :: len(steps)]:
            pay_or_bounce(subscriber, happening, today)
            audit(subscriber)


def pay_or_bounce(subscriber: Subscriber, happening: Pay | Bounce, today: date) -> None:
    """A payment that was taken back before is refused, any other one is not."""
    if isinstance(happening, Pay):
        named = [*subscriber.open_items, None, None, None, None][happening.named]
        subscriber.pay(str(happening.amount), today, str(len(subscriber.payments)), invoice=named)
    elif subscriber.payments:
        reference = str(happening.payment % len(subscriber.payments))
        if subscriber.payments[f"bank:{reference}"].is_reversed:
            with pytest.raises(RuleViolation, match="is reversed already"):
                subscriber.bounce(reference, today)
        else:
            subscriber.bounce(reference, today)


@given(paid=st.lists(amounts(50_000), min_size=1, max_size=4), bounced=st.integers(0, 3))
def test_a_payment_taken_back_and_billing_again_leave_everything_as_if_it_had_never_come(
    paid: list[Decimal], bounced: int
):
    def year(skip: int | None) -> Subscriber:
        subscriber = Subscriber(tariff("net", monthly("300.00", vat="20")))
        subscriber.activate("net", "2026-01-01")
        subscriber.bill("2026-01-01")
        for number, amount in enumerate(paid):
            if number != skip:
                subscriber.pay(str(amount), "2026-01-10", str(number))
        return subscriber

    bounced %= len(paid)
    with_it, without_it = year(None), year(bounced)

    with_it.bounce(str(bounced), "2026-01-20")

    assert with_it.bill("2026-01-20") == []
    assert with_it.balance == without_it.balance
    audit(with_it)


# --- moved to another account


def two_debtors() -> tuple[Subscriber, Subscriber]:
    """Two subscribers who owe 300.00 for June and as much for July each."""
    found = tuple(Subscriber(tariff("net", monthly("300.00")), number=number) for number in ("A1", "A2"))
    for subscriber in found:
        subscriber.activate("net", "2026-06-01")
        subscriber.bill("2026-06-01")
        subscriber.bill("2026-07-01")
    return found[0], found[1]


def test_a_moved_payment_opens_what_it_settled_and_settles_on_the_other_account_what_it_would_have():
    wrong, right = two_debtors()
    wrong.pay("400.00", "2026-06-20", "7", invoice="1002")

    events = wrong.move_payment_to(right, "7")

    assert told(events) == [
        "300.00 of bank:7 off 1002",
        "100.00 of bank:7 off 1001",
        "bank:7 of 400.00 moved to A2",
        "bank:7 of 400.00 moved in from A1",
        "300.00 of bank:7 settles 1002",
        "100.00 of bank:7 settles 1001",
    ]
    assert {fact.effective_on for fact in events} == {date(2026, 6, 20)}
    assert (wrong.balance, wrong.open_items) == ("-600.00", {"1001": "300.00", "1002": "300.00"})
    assert (right.balance, right.open_items) == ("-200.00", {"1001": "200.00"})
    audit(wrong)
    audit(right)


def test_a_payment_is_moved_on_and_back():
    wrong, right = two_debtors()
    wrong.pay("400.00", "2026-06-20", "7")
    before = wrong.open_items

    wrong.move_payment_to(right, "7")
    right.move_payment_to(wrong, "7")

    assert (wrong.balance, wrong.open_items) == ("-200.00", before)
    assert (right.balance, right.account.ledger.credits) == ("-600.00", {})
    wrong.move_payment_to(right, "7")
    assert (wrong.balance, right.balance) == ("-600.00", "-200.00")
    audit(wrong)
    audit(right)


def test_a_moved_payment_is_reversed_where_it_is():
    wrong, right = two_debtors()
    wrong.pay("400.00", "2026-06-20", "7")
    wrong.move_payment_to(right, "7")

    with pytest.raises(RuleViolation, match="was moved to account A2; look for it there") as caught:
        wrong.bounce("7", "2026-07-01")
    assert (caught.value.field, caught.value.value) == ("payment", "bank:7")
    right.bounce("7", "2026-07-01")
    assert (wrong.balance, right.balance) == ("-600.00", "-600.00")


def test_what_is_not_there_is_not_moved():
    wrong, right = two_debtors()
    wrong.pay("400.00", "2026-06-20", "7")
    wrong.pay("10.00", "2026-06-20", "8")
    wrong.bounce("8", "2026-06-21")

    with pytest.raises(InvalidValue, match="must not be empty"):
        wrong.move_payment_to(right, "7", reason=" ")
    with pytest.raises(NotFound, match="has no such payment"):
        wrong.move_payment_to(right, "9")
    with pytest.raises(RuleViolation, match="is reversed already"):
        wrong.move_payment_to(right, "8")
    wrong.move_payment_to(right, "7")
    with pytest.raises(RuleViolation, match="was moved to account A2"):
        wrong.move_payment_to(right, "7")


@given(
    steps=histories(4),
    tariffs=price_lists(),
    billing_day=billing_days,
    paid=st.lists(st.tuples(amounts(), st.integers(0, 60)), min_size=1, max_size=4),
    moves=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8),
)
@settings(max_examples=60)
def test_however_payments_are_moved_the_money_is_on_one_account_and_the_books_hold(
    steps: list[Step],
    tariffs: list[Tariff],
    billing_day: int,
    paid: list[tuple[Decimal, int]],
    moves: list[tuple[int, bool]],
):
    accounts = [Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day, number=n) for n in ("A1", "A2")]
    today = START
    for step in steps:
        for subscriber in accounts:
            if isinstance(step, Run):
                subscriber.bill(today + timedelta(days=step.days))
            else:
                try_to_record(subscriber, step, today)
        today += timedelta(days=step.days if isinstance(step, Run) else 0)
    for place, (amount, days) in enumerate(paid):
        accounts[0].pay(str(amount), START + timedelta(days=days), str(place))
    before = accounts[0].account.ledger.balance + accounts[1].account.ledger.balance
    place_of = dict.fromkeys(range(len(paid)), 0)
    for choice, bills in moves:
        place = choice % len(paid)
        source = place_of[place]
        accounts[source].move_payment_to(accounts[1 - source], str(place))
        place_of[place] = 1 - source
        assert accounts[0].account.ledger.balance + accounts[1].account.ledger.balance == before
        for subscriber in accounts:
            audit(subscriber)
        if bills:
            today += timedelta(days=31)
            for subscriber in accounts:
                subscriber.bill(today)
            before = accounts[0].account.ledger.balance + accounts[1].account.ledger.balance
