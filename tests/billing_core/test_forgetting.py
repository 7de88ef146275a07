"""When a customer may be forgotten, and which documents are kept until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.accounts.account import Account
from billing_core.accounts.plans import BillingPlan
from billing_core.charging.charges import Charge
from billing_core.forgetting import IssuedDocument, forget_customer, kept_until
from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer, CustomerState, apply_customer, require_current
from billing_core.parties.forgotten import CustomerForgotten, KeptDocument
from billing_core.party_changes import CustomerChanges, change_customer
from billing_core.payments.ledger import Ledger, OpenItem
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from billing_core.time.periods import BillingDay

ON = date(2026, 6, 11)
ANNA = Customer(
    number="C1", kind="person", name="Anna Kalniņa", email="ak@x.example", phone="+371 20000001",
    legal_ids={"code": "010180-12345"},
)  # fmt: skip
KNOWN = CustomerState(ANNA, date(2026, 1, 1))


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def settled_account(ends_on: date = date(2026, 3, 1)) -> Account:
    timeline = [Change(date(2026, 1, 1), "activate", "net"), Change(ends_on, "terminate")]
    subscription = Subscription("main", timeline, charged_until=ends_on)
    ledger = Ledger(euros("0.00"))
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7)
    days = [BillingDay(date.min, 1)]
    return Account("A1", "C1", "north", "EUR", days, plan, date(2026, 1, 1), ledger, {"main": subscription})


def forget(
    *accounts: Account, known: CustomerState = KNOWN, by: str = "the customer", reason: str = "asked for it",
    documents: tuple[IssuedDocument, ...] = (), on: date = ON,
) -> list[Event]:  # fmt: skip
    return forget_customer(known, accounts, documents, by, reason, on)


def test_a_document_is_kept_for_whole_years_after_that_of_its_issue():
    assert kept_until(date(2026, 3, 14), 10) == date(2037, 1, 1)
    assert kept_until(date(2026, 1, 1), 10) == kept_until(date(2026, 12, 31), 10)
    assert kept_until(date(2026, 12, 31), 0) == date(2027, 1, 1)


@given(st.dates(max_value=date(2200, 1, 1)), st.integers(0, 100))
def test_no_document_is_kept_for_fewer_days_than_its_years_or_a_year_longer(issued_on: date, years: int):
    until = kept_until(issued_on, years)
    assert date(issued_on.year + years, 12, 31) < until <= date(issued_on.year + years + 1, 1, 1)


def test_who_is_settled_is_forgotten_and_the_order_stays_on_record_with_what_is_kept():
    documents = (
        IssuedDocument("1000000001", date(2015, 12, 31), 10),
        IssuedDocument("1000000002", date(2016, 1, 1), 10),
        IssuedDocument("5000000001", date(2026, 2, 1), 10),
    )

    (fact,) = forget(settled_account(), documents=documents)

    assert fact == CustomerForgotten(
        effective_on=ON,
        customer="C1",
        ordered_by="the customer",
        reason="asked for it",
        accounts=("A1",),
        kept=(KeptDocument("1000000002", date(2027, 1, 1)), KeptDocument("5000000001", date(2037, 1, 1))),
    )
    assert isinstance(fact, CustomerForgotten)
    assert fact.kept_until == date(2037, 1, 1)
    assert [fact.keeps("1000000002", on) for on in (date(2026, 12, 31), date(2027, 1, 1))] == [True, False]
    assert not fact.keeps("1000000001", ON)


def test_a_document_whose_last_day_was_yesterday_is_not_kept():
    issued = (IssuedDocument("1", date(2015, 5, 5), 10),)
    assert [len(forget(documents=issued, on=on)[0].kept) for on in (date(2025, 12, 31), date(2026, 1, 1))] == [1, 0]  # type: ignore[attr-defined]


def test_afterwards_number_and_kind_are_known_and_nothing_may_be_learnt_any_more():
    (fact,) = forget()
    state = apply_customer(KNOWN, fact)
    assert state is not None
    assert state == CustomerState(Customer(number="C1", kind="person", name="erased"), KNOWN.registered_on, fact)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation, match=r"C1.*was forgotten on 2026-06-11.*new number"):
        change_customer(state, CustomerChanges(name="Ona"), ON)
    require_current(KNOWN)


def test_the_same_order_again_changes_nothing_and_another_one_is_told_of_the_first():
    (fact,) = forget()
    state = apply_customer(KNOWN, fact)
    assert state is not None
    assert forget(known=state) == []
    for by, reason in (("somebody", "asked for it"), ("the customer", "again")):
        with pytest.raises(RuleViolation, match="2026-06-11 by order of the customer"):
            forget(known=state, by=by, reason=reason)


CHARGE = Charge(
    subscription="main", component="fee", description="", tariff="net", kind="recurring", from_on=date(2026, 1, 1),
    to_on=date(2026, 2, 1), amount=euros("20.00"), unit_price=Decimal(20),
    vat_rate=Decimal(20),
)  # fmt: skip


def still_served(account: Account) -> None:
    account.subscriptions["main"].timeline.pop()


def ends_tomorrow(account: Account) -> None:
    account.subscriptions["main"].timeline[-1] = Change(date(2026, 6, 12), "terminate")


def charged_too_little(account: Account) -> None:
    account.subscriptions["main"].next_due_on = date(2026, 2, 1)


def corrected(account: Account) -> None:
    account.subscriptions["main"].changed_from = date(2026, 2, 1)


def waiting(account: Account) -> None:
    account.pending_by_key[CHARGE.key] = CHARGE


def owing(account: Account) -> None:
    account.ledger.open_items["1000000001"] = OpenItem(ON, euros("5.00"))


def having(account: Account) -> None:
    account.ledger.balance = euros("0.01")


@pytest.mark.parametrize(
    ("happen", "told"),
    [
        (still_served, "subscription 'main': account A1 still has it.*terminate"),
        (ends_tomorrow, "subscription 'main': .*wait until it has ended"),
        (charged_too_little, "account 'A1': .*billing run"),
        (corrected, "account 'A1': .*billing run"),
        (waiting, "account 'A1': .*billing run"),
        (owing, "invoice '1000000001': account A1 still owes 5.00 EUR"),
        (having, "account 'A1': has a balance of 0.01 EUR"),
    ],
)
def test_who_is_not_settled_is_not_forgotten(happen: Callable[[Account], None], told: str):
    account = settled_account()
    happen(account)
    with pytest.raises(RuleViolation, match=told):
        forget(settled_account(), account)


def test_what_ends_today_and_charges_that_come_to_nothing_are_no_hindrance():
    account = settled_account(ends_on=ON)
    taken_back = msgspec.structs.replace(CHARGE, amount=euros("-20.00"), kind="reversal", revision=1)
    account.pending_by_key = {charge.key: charge for charge in (CHARGE, taken_back)}
    assert len(forget(account)) == 1


@pytest.mark.parametrize(
    "text", ["ANNA KALNIŅA asked", "Anna asked", "for Kalniņa", "ak@x.example", "call +371 20000001", "010180-12345"]
)
def test_an_order_must_not_tell_whom_it_erases(text: str):
    for order in ({"by": text}, {"reason": text}):
        with pytest.raises(InvalidValue, match="stay on record"):
            forget(**order)  # type: ignore[arg-type]


def test_ordinary_words_are_no_names():
    company = msgspec.structs.replace(ANNA, kind="company", name="Data Protection Ltd")
    assert forget(known=CustomerState(company, ON), by="officer of Data Protection")
    somebody = msgspec.structs.replace(ANNA, name="Customer Li")
    assert forget(known=CustomerState(somebody, ON), by="the customer", reason="Li")


@pytest.mark.parametrize("order", [{"by": " "}, {"reason": ""}, {"reason": "a\nb"}])
def test_an_order_says_who_and_why(order: dict[str, str]):
    with pytest.raises(BillingError, match=r"ordered by|reason"):
        forget(**order)  # type: ignore[arg-type]
