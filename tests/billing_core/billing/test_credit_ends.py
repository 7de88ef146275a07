"""A prepaid account is served down to its floor, exactly at it too, and suspended when a credit ends below it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.accounts.plans import Prepaid
from billing_core.billing.credit_ends import missing_money, suspended_without_credit
from billing_core.billing.decision import decide_bill
from billing_core.credit_limits import CreditLimitSet, TemporaryCreditGranted
from billing_core.kernel.money import Money
from billing_core.services.events import SubscriptionSuspended
from billing_core.services.terms import in_force_on
from tests.billing_core.price_lists import fee, tariff
from tests.billing_core.subscriber import Subscriber

JUNE, JUNE_10 = date(2026, 6, 1), date(2026, 6, 10)
PRICE = 3000
NET = tariff("net", fee("30.00"))


def eur(cents: int) -> Money:
    return Money(Decimal(cents).scaleb(-2), "EUR")


def account_with(balance: int, own: int | None, more: int) -> Subscriber:
    """30.00 a month, due on 1 June; a balance, a limit of its own or none, and temporary credit up to 9 June."""
    subscriber = Subscriber(NET, prepaid=Prepaid(credit_limit=Decimal(5)))
    if balance:
        subscriber.pay(f"{balance / 100:.2f}", "2026-05-20", "P1")
    subscriber.activate("net", JUNE, "S1")
    if own is not None:
        subscriber.account.apply(CreditLimitSet(effective_on=JUNE, limit=eur(own), reason="good payer"))
    if more:
        granted = TemporaryCreditGranted(
            effective_on=JUNE, amount=eur(more), until_on=date(2026, 6, 9), reason="wages are late"
        )
        subscriber.account.apply(granted)
    return subscriber


AMOUNTS = st.integers(0, 4000)


@given(AMOUNTS, st.none() | AMOUNTS, AMOUNTS, st.integers(-1, 1))
def test_it_is_served_if_the_fee_leaves_the_balance_at_its_floor_or_above(
    balance: int, own: int | None, more: int, cents: int
):
    """Also one cent around the floor: the balance is what the credit lacks of the fee."""
    limit = 500 if own is None else own
    for money in (balance, max(0, PRICE - limit - more + cents)):
        subscriber = account_with(money, own, more)

        bill = decide_bill(subscriber.account, subscriber.catalogue, JUNE, None, JUNE)

        assert bill is not None
        is_served = not any(isinstance(fact, SubscriptionSuspended) for fact in bill.facts)
        assert is_served == (money + limit + more >= PRICE)


@given(AMOUNTS, st.none() | AMOUNTS, AMOUNTS)
def test_what_is_missing_is_what_brings_the_service_back_to_the_cent(balance: int, own: int | None, more: int):
    subscriber = account_with(balance, own, more)
    subscriber.bill("2026-06-01")
    limit = 500 if own is None else own

    missing = missing_money(subscriber.account, subscriber.catalogue, subscriber.history, JUNE)

    assert missing == eur(max(0, PRICE - balance - limit - more))


@given(AMOUNTS, st.none() | AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_end_of_a_credit_suspends_only_below_the_floor(balance: int, own: int | None, more: int, paid: int):
    subscriber = account_with(balance, own, more)
    subscriber.bill("2026-06-01")
    if paid:
        subscriber.pay(f"{paid / 100:.2f}", "2026-06-05", "P2")
    subscriber.bill("2026-06-05")
    limit, left = (500 if own is None else own), subscriber.account.ledger.balance
    is_running = in_force_on(subscriber.account.subscriptions["S1"], JUNE_10).status == "active"

    facts = suspended_without_credit(subscriber.account, subscriber.catalogue, subscriber.history, JUNE_10)

    assert bool(facts) == (is_running and left < eur(-limit))
