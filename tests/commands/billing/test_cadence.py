"""Billing plans on a real database: when charges are invoiced, on how many documents, and when these are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_core.accounts.events import BillingPlanChanged
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.plans import BillingPlan
from billing_core.invoicing.invoices import Subject
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.time.due_dates import DayOfMonth, WorkingDayAfterIssue
from billing_core.time.period_rules import PeriodRule
from commands.accounts import ChangeBillingPlan, OpenAccount
from commands.billing.account import BillAccount, ChargeOnce
from commands.corrections.waiver import WaiveCharge
from commands.parties import RegisterCustomer, RegisterSeller
from commands.services import ActivateSubscription, ChangeTariff, TerminateSubscription
from projections.accounts.balances import account_named
from projections.billing import documents_of
from tests.operators import Operator, eur, with_plan

A = "A1"
JANUARY = date(2026, 1, 1)


def open_account(operator: Operator, *subscriptions: str, number: str = A, **plan: Any) -> None:
    """An account in 2026 with subscriptions to `net`, 24.00 a month with VAT, at the address before the dash."""
    operator.tell(RegisterCustomer(customer=Customer(number=f"C-{number}", kind="person", name="Ona")), today=JANUARY)
    operator.tell(
        OpenAccount(
            **({"account": number, "customer": f"C-{number}", "seller": "north", "currency": "EUR"} | with_plan(plan))
        ),
        today=JANUARY,
    )
    for code in subscriptions:
        operator.tell(
            ActivateSubscription(
                account=number, subscription=code, tariff="net", address=code.partition("-")[0], on=JANUARY
            )
        )


def register_czech_seller(operator: Operator) -> str:
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="2", width=9),
        "credit-note": NumberSeries(prefix="6", width=9),
    }
    address = Address(city="Praha", country="CZ")
    operator.tell(
        RegisterSeller(
            seller=Seller(code="south", name="South Cable", address=address, series=series, time_zone="UTC")
        ),
        today=JANUARY,
    )
    return "south"


def issued(operator: Operator, number: str = A) -> list[tuple[str, str]]:
    return [(str(row.issued_on), str(row.gross.amount)) for row in operator.ask(documents_of, number)]


def next_due_on(operator: Operator, number: str = A) -> date | None:
    operator.application.runner.catch_up()
    ((found,),) = operator.select("SELECT next_due_on FROM live.account_states WHERE number = %s", number)
    return found


def test_months_are_charged_each_and_invoiced_by_the_quarter(operator: Operator):
    open_account(operator, "home-net", invoice_every=PeriodRule(interval=3, anchor_on=JANUARY))
    open_account(operator, "home-net", number="A2")

    totals = operator.bill_each_due_date(date(2026, 7, 2))

    assert issued(operator) == [("2026-01-01", "24.00"), ("2026-04-01", "72.00"), ("2026-07-01", "72.00")]
    assert len(issued(operator, "A2")) == 7
    assert (totals.charges, totals.invoices) == (14, 10)
    assert operator.bill(date(2026, 7, 2)).bills == 0
    assert operator.findings() == []


def test_an_ended_account_is_due_once_more_on_its_invoice_date(operator: Operator):
    open_account(operator, "home-net", billing_day=20, invoice_every=PeriodRule())
    operator.bill(date(2026, 1, 2))
    operator.tell(TerminateSubscription(reason="moves away", account=A, subscription="home-net", on=date(2026, 1, 10)))
    operator.bill(date(2026, 1, 12))
    assert (issued(operator), next_due_on(operator)) == ([], date(2026, 1, 20))

    operator.bill(date(2026, 1, 21))

    assert issued(operator) == [("2026-01-20", "6.97")]  # 20.00 x 9/31 = 5.81, with 20 % VAT
    assert next_due_on(operator) is None
    assert operator.findings() == []


def test_invoice_dates_that_were_missed_come_onto_one_invoice(found_operator: Callable[[], Operator]):
    at_once, monthly = found_operator(), found_operator()
    for operator in (at_once, monthly):
        open_account(operator, "home-net", invoice_every=PeriodRule(interval=2), minimum_invoice=Decimal(50))
    at_once.bill(date(2026, 7, 2))
    monthly.bill_each_due_date(date(2026, 7, 2))

    assert issued(monthly) == [("2026-03-01", "72.00"), ("2026-07-01", "96.00")]
    carried = [fact.until for fact in monthly.facts("account/A1") if isinstance(fact, ChargesDeferred)]
    assert carried == [date(2026, 3, 1), date(2026, 7, 1)]
    assert issued(at_once) == [("2026-07-01", "168.00")]
    assert at_once.findings() == monthly.findings() == []


def test_what_is_charged_ahead_waits_for_its_invoice_date(operator: Operator):
    open_account(operator, "home-net", invoice_every=PeriodRule(interval=3, anchor_on=JANUARY))
    operator.bill(date(2026, 6, 2), today=date(2026, 2, 10))
    assert issued(operator) == [("2026-02-10", "144.00")]  # January, whose date came, and all that waits with it
    operator.bill(date(2026, 10, 2), today=date(2026, 2, 11))
    assert len(issued(operator)) == 1

    operator.bill(date(2026, 4, 2))

    assert issued(operator)[1:] == [("2026-04-01", "96.00")]  # July to October
    assert operator.findings() == []


def test_a_preview_tells_what_the_run_does(operator: Operator):
    open_account(operator, "home-net", "office-net", invoice_per="address", minimum_invoice=Decimal(30))
    open_account(operator, "home-net", number="A2", invoice_every=PeriodRule(interval=3))

    expected = operator.preview(date(2026, 6, 1))

    assert operator.bill(date(2026, 6, 1)) == expected
    assert expected.invoices == 3  # one for each address, and one for the account whose invoice date came


def test_each_service_and_each_address_has_its_own_invoice(operator: Operator):
    open_account(operator, "home-net", "home-tv", "office-net", invoice_per="address")
    open_account(operator, "home-net", "home-tv", "office-net", number="A2", invoice_per="service")

    operator.bill(date(2026, 1, 2))

    assert [gross for _, gross in issued(operator, "A1")] == ["48.00", "24.00"]
    assert [gross for _, gross in issued(operator, "A2")] == ["24.00", "24.00", "24.00"]
    assert [row.subject for row in operator.ask(documents_of, "A1")] == [
        Subject(address="home"),
        Subject(address="office"),
    ]
    assert [row.subject.subscription for row in operator.ask(documents_of, "A2")] == [
        "home-net",
        "home-tv",
        "office-net",
    ]
    assert operator.account("A2").ledger.balance == eur("-72.00")
    assert operator.findings() == []


def test_an_item_charged_by_hand_is_on_the_next_invoice(operator: Operator):
    open_account(operator, "home-net")
    operator.bill(date(2026, 1, 2))
    for _ in range(2):
        operator.tell(
            ChargeOnce(account=A, description="Cable, 5 m", amount=Decimal("15.00"), vat_rate=Decimal(20)),
            today=date(2026, 1, 10),
        )
    assert len(operator.account(A).pending) == 2

    operator.bill(date(2026, 2, 2))

    assert issued(operator) == [("2026-01-01", "24.00"), ("2026-02-01", "60.00")]
    assert operator.findings() == []


def test_an_item_that_was_invoiced_can_be_taken_back(operator: Operator):
    open_account(operator, "home-net")
    operator.tell(
        ChargeOnce(account=A, description="Cable", amount=Decimal("15.00"), vat_rate=Decimal(20)), today=JANUARY
    )
    operator.bill(date(2026, 1, 2))
    (charge,) = [key for (key,) in operator.select("SELECT key FROM live.charges WHERE subscription = ''")]

    operator.tell(WaiveCharge(account=A, charge=charge, reason="goodwill"), today=date(2026, 1, 5))

    assert issued(operator) == [("2026-01-01", "42.00"), ("2026-01-05", "-18.00")]
    assert operator.findings() == []


@pytest.mark.parametrize(
    ("details", "error", "told"),
    [
        ({"account": "A9"}, NotFound, "account 'A9'"),
        ({"amount": Decimal("15.001")}, InvalidValue, "has more decimals than EUR"),
        (
            {"amount": Decimal("3.000")},
            InvalidValue,
            "amount '3.000': has more decimals than EUR, which has 2; write 3.00",
        ),
        ({"amount": Decimal(0)}, InvalidValue, "must be more than zero"),
        ({"description": " "}, InvalidValue, "description"),
        ({"vat_rate": Decimal(-1)}, InvalidValue, "VAT rate"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    operator: Operator, details: dict[str, Any], error: type[BillingError], told: str
):
    open_account(operator)
    before = operator.store_contents()
    charge: dict[str, Any] = {"account": A, "description": "Cable", "amount": Decimal("15.00"), "vat_rate": Decimal(20)}
    with pytest.raises(error, match=told):
        operator.tell(ChargeOnce(**(charge | details)), today=JANUARY)
    assert operator.store_contents() == before


def test_due_dates_follow_the_holidays_of_the_sellers_country(operator: Operator):
    seller = register_czech_seller(operator)
    # 20 March + 14 days is Good Friday; 3 and 6 April are no working days.
    open_account(operator, "home-net", seller=seller, billing_day=20, due_shift="next")
    open_account(operator, "home-net", number="A2", seller=seller, billing_day=20, due_shift="previous")
    open_account(
        operator, "home-net", number="A3", seller=seller, billing_day=20, due_rule=WorkingDayAfterIssue(number=10)
    )
    open_account(
        operator, "home-net", number="A4", seller=seller, billing_day=20, due_rule=DayOfMonth(day=3, month="next")
    )

    operator.bill(date(2026, 3, 21))

    due = {number: operator.ask(documents_of, number)[-1].due_on for number in ("A1", "A2", "A3", "A4")}
    assert due == {
        "A1": date(2026, 4, 7),
        "A2": date(2026, 4, 2),
        "A3": date(2026, 4, 7),
        "A4": date(2026, 4, 3),
    }
    assert operator.findings() == []


def test_one_account_billed_alone_has_the_same_due_date(operator: Operator):
    open_account(operator, "home-net", seller=register_czech_seller(operator), due_shift="next")
    operator.tell(BillAccount(account=A, on=date(2026, 3, 20)))
    (invoice,) = operator.ask(documents_of, A)
    assert invoice.due_on == date(2026, 4, 7)


def test_working_days_need_a_seller_with_a_country(operator: Operator):
    with pytest.raises(InvalidValue, match=r"seller's country ''.*register the seller with its country"):
        open_account(operator, due_shift="next")
    open_account(operator, number="A2")
    with pytest.raises(InvalidValue, match="seller's country ''"):
        operator.tell(
            ChangeBillingPlan(
                account="A2",
                plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, due_rule=WorkingDayAfterIssue(number=5)),
            )
        )


def test_a_changed_plan_is_complete_and_keeps_the_billing_day(operator: Operator):
    open_account(
        operator,
        "home-net",
        seller=register_czech_seller(operator),
        billing_day=20,
        due_rule=WorkingDayAfterIssue(number=5),
    )
    change = ChangeBillingPlan(
        account=A,
        plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=3, due_rule=DayOfMonth(day=15, month="next")),
    )

    assert operator.tell(change, today=date(2026, 2, 1)).position > 0
    assert operator.tell(change, today=date(2026, 2, 2)).position == 0

    plan = operator.account(A).plan
    assert (plan.billing_day, plan.due_rule) == (20, DayOfMonth(day=15, month="next"))
    assert operator.ask(account_named, A).tolerance_days == 3
    operator.bill(date(2026, 2, 21))
    assert operator.ask(documents_of, A)[-1].due_on == date(2026, 3, 15)
    assert sum(isinstance(fact, BillingPlanChanged) for fact in operator.facts("account/A1")) == 1
    assert operator.findings() == []


def test_a_changed_plan_has_amounts_with_the_decimals_of_the_accounts_currency(operator: Operator):
    open_account(operator)
    with pytest.raises(InvalidValue, match=r"minimum invoice '3\.000': has more decimals than EUR"):
        operator.tell(
            ChangeBillingPlan(
                account=A,
                plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, minimum_invoice=Decimal("3.000")),
            ),
            today=date(2026, 2, 1),
        )

    operator.tell(
        ChangeBillingPlan(
            account=A, plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, minimum_invoice=Decimal("3.00"))
        ),
        today=date(2026, 2, 1),
    )

    assert str(operator.account(A).plan.minimum_invoice) == "3.00"


def test_charges_that_wait_are_invoiced_by_a_changed_plan(operator: Operator):
    open_account(operator, "home-net", invoice_every=PeriodRule(unit="year"))
    operator.bill_each_due_date(date(2026, 2, 2))
    assert issued(operator) == [("2026-01-01", "24.00")]

    operator.tell(ChangeBillingPlan(account=A), today=date(2026, 2, 5))
    assert next_due_on(operator) == date(2026, 3, 1)
    operator.bill(date(2026, 3, 2))

    assert issued(operator) == [("2026-01-01", "24.00"), ("2026-03-01", "48.00")]
    assert operator.findings() == []


def test_a_correction_is_credited_at_once_though_its_charges_wait(operator: Operator):
    operator.publish("fast", "50.00")
    open_account(operator, "home-net", invoice_every=PeriodRule(interval=3))
    operator.bill(date(2026, 1, 2))
    operator.tell(ChangeTariff(account=A, subscription="home-net", tariff="fast", on=date(2026, 1, 17)))

    operator.bill(date(2026, 1, 20), today=date(2026, 1, 20))
    assert issued(operator) == [("2026-01-01", "24.00"), ("2026-01-20", "-11.62")]
    operator.bill(date(2026, 4, 2))

    # 50 x 15/31 = 24.19 for January, 50.00 for February, March and April
    assert issued(operator)[-1] == ("2026-04-01", "209.03")
    assert operator.findings() == []


def test_rule_and_rebuild_agree_on_what_waits(operator: Operator):
    """The read model that says when an account is due is the fold of its stream."""
    open_account(operator, "home-net", invoice_every=PeriodRule(unit="week", interval=2), minimum_invoice=Decimal(20))
    operator.bill(JANUARY + timedelta(days=45))
    account = operator.account(A)
    assert account.pending == [] or account.invoice_on is not None
    assert operator.findings() == []
    assert Money(Decimal("0.00"), "EUR") >= account.ledger.balance
