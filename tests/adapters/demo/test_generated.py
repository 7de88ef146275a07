"""The made-up operator: the same data from the same seed, plausible enough to show every part of the program."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

import pytest
from stdnum.lv import pvn

from adapters.demo.generated import SELLER, OpenInvoice, habit_of, payments, setup_commands, subscribers
from billing_core.kernel.money import Money
from commands.catalogue import PublishTariff
from commands.onboarding import NewSubscriber
from commands.parties import RegisterSeller

START_ON = date(2026, 1, 1)


@pytest.fixture(scope="module")
def made() -> list[NewSubscriber]:
    return [row.subscriber for row in subscribers(1_000, START_ON)]


@pytest.fixture(scope="module")
def invoices() -> list[OpenInvoice]:
    """Two invoices for each of 1,000 accounts."""
    return [
        OpenInvoice(f"A{100_000 + index}", f"1{2 * index + month:09d}", Money(Decimal("24.08"), "EUR"), due_on)
        for index in range(1_000)
        for month, due_on in enumerate((date(2026, 1, 15), date(2026, 2, 15)))
    ]


def test_the_same_seed_gives_the_same_subscribers_and_another_seed_others():
    first = list(subscribers(50, START_ON, seed=1))

    assert first == list(subscribers(50, START_ON, seed=1))
    assert first == list(islice(subscribers(1_000, START_ON, seed=1), 50))
    assert first != list(subscribers(50, START_ON, seed=2))
    assert [row.line for row in first] == list(range(1, 51))


def test_nobody_is_made_twice(made: list[NewSubscriber]):
    assert len({subscriber.customer.number for subscriber in made}) == 1_000
    assert len({subscriber.account.number for subscriber in made}) == 1_000


def test_a_subscriber_has_a_tariff_and_agreed_prices_that_exist(made: list[NewSubscriber]):
    tariffs = {
        command.tariff.code: command.tariff
        for command in setup_commands(START_ON)
        if isinstance(command, PublishTariff)
    }

    assert {subscriber.subscription.tariff for subscriber in made} == tariffs.keys()
    assert {subscriber.account.seller for subscriber in made} == {SELLER.code}
    for subscriber in made:
        components = {component.code for component in tariffs[subscriber.subscription.tariff].components}
        assert subscriber.subscription.agreed_prices.keys() <= components
    assert any(subscriber.subscription.agreed_prices for subscriber in made)


def test_tariffs_show_both_kinds_of_price_lists_two_rates_an_installation_and_a_dearer_price():
    tariffs = [command.tariff for command in setup_commands(START_ON) if isinstance(command, PublishTariff)]
    components = [component for tariff in tariffs for component in tariff.components]

    assert {tariff.prices_include_vat for tariff in tariffs} == {True, False}
    assert {component.vat_rate for component in components} == {Decimal(20), Decimal(21)}
    assert {component.kind for component in components} == {"recurring", "one-off"}
    changes = {component.prices[1].valid_from for component in components if len(component.prices) > 1}
    assert changes == {date(2026, 7, 1)}
    assert setup_commands(START_ON)[0] == RegisterSeller(seller=SELLER)


def test_they_came_before_and_during_the_year_and_some_have_left(made: list[NewSubscriber]):
    activated = [subscriber.subscription.activated_on for subscriber in made]
    before = sum(on < START_ON for on in activated)
    left = [subscriber.subscription for subscriber in made if subscriber.subscription.terminated_on]

    assert (
        START_ON - timedelta(days=365) <= min(activated) < START_ON <= max(activated) < START_ON + timedelta(days=365)
    )
    assert 700 < before < 900
    assert 40 < len(left) < 160
    assert all(entry.terminated_on and entry.terminated_on > entry.activated_on for entry in left)
    assert {subscriber.account.plan.billing_day for subscriber in made} == {1, 10, 20, 31}


def test_names_are_written_in_three_scripts(made: list[NewSubscriber]):
    persons = [subscriber.customer.name for subscriber in made if subscriber.customer.kind == "person"]
    scripts = Counter(script_of(name) for name in persons)

    assert scripts.keys() == {"Latin", "Cyrillic", "Armenian"}
    assert scripts["Latin"] > scripts["Cyrillic"] > scripts["Armenian"] > 0
    assert not all(name.isascii() for name in persons if script_of(name) == "Latin")


def script_of(name: str) -> str:
    if any("\u0530" <= letter <= "\u058f" for letter in name):
        return "Armenian"
    return "Cyrillic" if any("\u0400" <= letter <= "\u04ff" for letter in name) else "Latin"


def test_companies_have_legal_ids_with_right_check_digits(made: list[NewSubscriber]):
    companies = [subscriber.customer for subscriber in made if subscriber.customer.kind == "company"]

    assert 60 < len(companies) < 200
    assert all(pvn.is_valid(company.legal_ids["Company ID"]) for company in companies)
    assert all(company.legal_ids["VAT ID"] == f"LV{company.legal_ids['Company ID']}" for company in companies)
    assert pvn.is_valid(SELLER.legal_ids["VAT ID"])
    assert not any(subscriber.customer.legal_ids for subscriber in made if subscriber.customer.kind == "person")


def test_the_same_seed_gives_the_same_payments_whatever_the_order(invoices: list[OpenInvoice]):
    def by_reference(rows):
        return {row.reference: row._replace(line=0) for row in rows}

    paid = list(payments(invoices, seed=1))

    assert paid == list(payments(invoices, seed=1))
    assert by_reference(paid) == by_reference(payments(reversed(invoices), seed=1))
    assert by_reference(paid) != by_reference(payments(invoices, seed=2))
    assert len(by_reference(paid)) == len(paid)
    assert [row.line for row in paid] == list(range(1, len(paid) + 1))


def test_most_pay_all_on_time_and_a_few_late_in_part_by_account_number_or_never(invoices: list[OpenInvoice]):
    paid = {row.reference: row for row in payments(invoices)}
    seen: Counter[str] = Counter()
    for invoice in invoices:
        row = paid.get(f"D{invoice.number}")
        habit = "never"
        if row is not None:
            assert Money(Decimal(0), "EUR") < row.amount <= invoice.amount
            assert row.payment_reference in {invoice.number, invoice.account}
            late, in_part = row.received_on > invoice.due_on, row.amount < invoice.amount
            by_account = row.payment_reference == invoice.account
            assert late + in_part + by_account <= 1
            habit = "late" if late else "in part" if in_part else "by account number" if by_account else "on time"
        assert habit == habit_of(invoice.account)
        seen[habit] += 1

    assert 1_200 < seen["on time"] < 1_600
    assert 100 < seen["late"] < 300
    assert 80 < seen["by account number"] < 260
    assert 30 < seen["in part"] < 140
    assert 80 < seen["never"] < 260


def test_the_smallest_amount_has_no_part_and_nothing_is_not_paid(invoices: list[OpenInvoice]):
    (partial, *_) = [invoice for invoice in invoices if habit_of(invoice.account) == "in part"]
    cent, nothing = Money(Decimal("0.01"), "EUR"), Money(Decimal("0.00"), "EUR")

    (row,) = payments([partial._replace(amount=cent), partial._replace(amount=nothing)])

    assert row.amount == cent
