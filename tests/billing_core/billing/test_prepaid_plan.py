"""A plan of a prepaid account tries changes of one service by sums; the whole bill of each trial says the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.accounts.account import Account
from billing_core.accounts.plans import InvoicePer, Prepaid
from billing_core.billing.prepaid_plan import Plan
from billing_core.billing.run import Rating, bill_due
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.kernel.money import Money
from billing_core.services.events import NO_MONEY, SubscriptionSuspended
from tests.billing_core.price_lists import fee, off, tariff
from tests.billing_core.subscriber import Subscriber

JUNE, JUNE_15 = date(2026, 6, 1), date(2026, 6, 15)

PRICE_LISTS = (
    tariff("net", fee("20.00", vat="20")),
    tariff("cents", fee("0.33", vat="10")),
    tariff("gross", fee("9.99", vat="21"), with_vat=True),
    tariff("bundled", fee("30.00", vat="20"), off("10", bundle=("net",))),
)


def prepaid(services: list[str], per: InvoicePer, *, money: str = "100.00") -> Subscriber:
    """An account that paid, with services that are all due on 1 June."""
    subscriber = Subscriber(*PRICE_LISTS, invoice_per=per, prepaid=Prepaid())
    subscriber.pay(money, "2026-05-20", "P1")
    for number, code in enumerate(services):
        subscriber.activate(code, JUNE, f"S{number}")
    return subscriber


def plan_of(account: Account, subscriber: Subscriber) -> Plan:
    tariffs = TariffsOfAccount(account.subscriptions)
    return Plan(Rating(account, subscriber.catalogue, JUNE, None, None, tariffs))


def left_by_the_bill(account: Account, subscriber: Subscriber) -> Decimal:
    """The balance after the documents that the account would get."""
    bill = bill_due(account, subscriber.catalogue, JUNE)
    assert bill is not None and bill.documents.waiting == ()
    gross = sum((entry.gross for entry in bill.documents.invoices), Money(Decimal("0.00"), "EUR"))
    return (account.ledger.balance - gross).amount


def suspended(code: str, on: date = JUNE) -> SubscriptionSuspended:
    return SubscriptionSuspended(effective_on=on, subscription=code, reason=NO_MONEY, lifted_by="money")


def test_what_is_left_without_a_service_and_with_some_days_of_it():
    """20.00 and 20 % VAT are 24.00 for each: of 100.00, 52.00 are left, 76.00 without the second service.

    14 of 30 days of it cost 9.33, with the first one 29.33 and 5.87 VAT: 64.80 are left.
    """
    subscriber = prepaid(["net", "net"], "account")
    plan = plan_of(subscriber.account, subscriber)

    assert plan.left() == Decimal("52.00")
    assert plan.left(plan.tried("S1", suspended("S1"))) == Decimal("76.00")
    assert plan.left(plan.tried("S1", suspended("S1", JUNE_15))) == Decimal("64.80")
    assert plan.left() == Decimal("52.00"), "nothing was accepted"
    assert subscriber.account.subscriptions["S1"].timeline[-1].kind == "activate"


def test_a_plan_that_accepts_a_change_leaves_the_account_as_it_is():
    subscriber = prepaid(["net", "net"], "account")
    plan = plan_of(subscriber.account, subscriber)
    plan.accept(plan.tried("S1", suspended("S1")))

    assert plan.left() == Decimal("76.00")
    assert [fact.subscription for fact in plan.facts] == ["S1"]
    assert plan.account.subscriptions["S1"].timeline[-1].kind == "suspend"
    assert subscriber.account.subscriptions["S1"].timeline[-1].kind == "activate"
    assert subscriber.account.tariffs_changed_from == {"net": JUNE}, "the second activation, not the plan"


def test_a_service_whose_bundle_is_left_costs_more():
    """30.00 less 10 % are 27.00 as long as there is the other service of 20.00, all with 20 % VAT."""
    subscriber = prepaid(["bundled", "net"], "account")
    plan = plan_of(subscriber.account, subscriber)

    assert plan.left() == Decimal("43.60"), "100.00 - 1.2 x 47.00"
    assert plan.left(plan.tried("S1", suspended("S1"))) == Decimal("64.00"), "100.00 - 1.2 x 30.00"


@given(
    st.lists(st.sampled_from([entry.code for entry in PRICE_LISTS]), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([JUNE, JUNE_15]), st.booleans()), max_size=6),
    st.sampled_from(["account", "service"]),
)
def test_the_sums_of_a_trial_are_those_of_its_bill(
    services: list[str], trials: list[tuple[int, date, bool]], per: InvoicePer
):
    subscriber = prepaid(services, per)
    plan = plan_of(subscriber.account, subscriber)
    assert plan.left() == left_by_the_bill(subscriber.account, subscriber)
    tried: set[str] = set()
    for number, on, is_accepted in trials:
        code = f"S{number % len(services)}"
        if code in tried:
            continue
        trial = plan.tried(code, suspended(code, on))
        planned = plan.account.with_changes([suspended(code, on)])
        assert plan.left(trial) == left_by_the_bill(planned, subscriber)
        if is_accepted:
            tried.add(code)
            plan.accept(trial)
            assert plan.left() == left_by_the_bill(plan.account, subscriber)
