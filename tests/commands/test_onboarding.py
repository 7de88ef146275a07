"""Many subscribers at once: each brought in once, bad rows reported, and nobody else's work overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import commands.onboarding.importing
from adapters.bootstrap.origins import origin_of_process
from billing_core.accounts.events import AccountOpened
from billing_core.parties.customers import Customer, CustomerRegistered
from billing_core.services.events import SubscriptionActivated, SubscriptionTerminated
from commands.onboarding import NewSubscriber, Onboarding, SubscriberRow
from commands.parties import RegisterCustomer
from commands.platform.batch import BatchReport
from projections.parties import count_customers
from projections.services import count_by_status
from tests.commands.conftest import SomebodyFirst
from tests.operators import Operator, new_subscriber, silent


def three() -> list[NewSubscriber]:
    return [new_subscriber(f"A{number}") for number in (1, 2, 3)]


def onboard(onboarding: Onboarding, subscribers: list[NewSubscriber]) -> BatchReport:
    report = BatchReport()
    rows = [SubscriberRow(line, subscriber) for line, subscriber in enumerate(subscribers, start=2)]
    onboarding.bring_in(rows, origin_of_process("clerk"), report, silent)
    return report


def test_a_subscriber_gets_customer_account_and_subscription_since_its_activation(operator: Operator):
    since, until = date(2026, 1, 10), date(2026, 5, 1)
    subscriber = new_subscriber("A1", since, until=until, agreed={"fee": Decimal("17.50")}, billing_day=31, due_days=3)

    report = operator.bring_in([subscriber])

    assert (report.accepted, report.unchanged, report.rejected) == (1, 0, [])
    (registered,) = operator.facts("customer/A1")
    opened, activated, terminated = operator.facts("account/A1")
    assert isinstance(registered, CustomerRegistered) and registered.effective_on == since
    assert isinstance(opened, AccountOpened) and (opened.plan.billing_day, opened.plan.due_days) == (31, 3)
    assert isinstance(activated, SubscriptionActivated) and activated.agreed_prices == {"fee": Decimal("17.50")}
    assert isinstance(terminated, SubscriptionTerminated) and terminated.effective_on == until
    assert operator.ask(count_by_status) == {"terminated": 1}


def test_the_same_rows_again_change_nothing(operator: Operator):
    operator.bring_in(three())
    before = operator.store_contents()

    report = operator.bring_in(three())

    assert (report.accepted, report.unchanged, report.rejected) == (0, 3, [])
    assert operator.store_contents() == before


def test_rows_whose_claims_were_lost_are_refused_and_nothing_is_written_twice(operator: Operator):
    """What a row said stands in no event, so nobody can tell whether this is the same row again."""
    operator.bring_in(three())
    operator.execute("DELETE FROM billing.claims WHERE kind = 'subscriber'")
    before = operator.store_contents()

    report = operator.bring_in(three())

    assert (report.accepted, [row.field for row in report.rejected]) == (0, ["customer.number"] * 3)
    assert (operator.store_contents(), operator.findings()) == (before, [])


def test_a_file_with_some_new_rows_brings_in_only_those(operator: Operator):
    operator.bring_in(three())
    report = operator.bring_in([*three(), new_subscriber("A4"), new_subscriber("A4")])
    assert (report.accepted, report.unchanged) == (1, 4)
    assert operator.ask(count_customers) == 4


@pytest.mark.parametrize(
    ("bad", "field", "value", "told"),
    [
        (new_subscriber("A1", since=date(2026, 2, 1)), "customer.number", "A1", "another customer has this number"),
        (new_subscriber("C1"), "customer.number", "C1", "another customer has this number"),
        (new_subscriber("B1", number="A2"), "account.number", "A2", "another account has this number"),
        (new_subscriber("B1", seller="south"), "seller", "south", "no such seller"),
        (new_subscriber("B1", currency="EUX"), "currency", "EUX", "unknown currency"),
        (new_subscriber("B1", currency="USD"), "tariff", "net", "USD"),
        (new_subscriber("B1", billing_day=32), "billing day", "32", "1 to 31"),
        (new_subscriber("B1", tariff="none"), "tariff", "none", "no such tariff"),
        (new_subscriber("B1", since=date(2019, 12, 1)), "date", "2019-12-01", "no price"),
        (new_subscriber("B1", until=date(2025, 12, 1)), "terminate on", "2025-12-01", "not active yet"),
        (new_subscriber("B1", agreed={"fee": Decimal("-1")}), "agreed price for fee", "-1", "negative"),
        (new_subscriber(" "), "customer number", " ", "empty"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_with_its_line_field_and_value_and_the_others_are_taken(
    operator: Operator, bad: NewSubscriber, field: str, value: str, told: str
):
    operator.bring_in(three())
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))

    report = operator.bring_in([new_subscriber("A4"), bad, new_subscriber("A5")])

    assert report.accepted == 2
    ((line, rejected_field, rejected_value, reason),) = [
        (row.line, row.field, row.value, row.reason) for row in report.rejected
    ]
    assert (line, rejected_field, rejected_value) == (3, field, value)
    assert told in reason
    assert operator.facts("account/A4") and operator.facts("account/A5")
    assert operator.facts("account/B1") == [] and operator.facts("customer/B1") == []


def test_two_rows_of_one_file_with_the_same_number_and_other_content_are_not_both_taken(operator: Operator):
    report = operator.bring_in([new_subscriber("A1"), new_subscriber("A1", since=date(2026, 2, 1))])
    assert (report.accepted, [row.line for row in report.rejected]) == (1, [3])


def racing_onboarding(operator: Operator, meanwhile: Any) -> Onboarding:
    application = operator.application
    application.runner.catch_up()
    models = application.models()
    return Onboarding(SomebodyFirst(operator, meanwhile), models.tariffs(), models.sellers())


def test_a_subscriber_that_somebody_else_brought_in_meanwhile_is_unchanged(operator: Operator):
    racing = racing_onboarding(operator, lambda: operator.bring_in(three()[1:2]))

    report = onboard(racing, three())

    assert (report.accepted, report.unchanged, report.rejected) == (2, 1, [])
    assert len(operator.facts("account/A2")) == 2
    assert operator.findings() == []


def test_a_number_that_somebody_else_took_meanwhile_is_rejected(operator: Operator):
    racing = racing_onboarding(
        operator, lambda: operator.tell(RegisterCustomer(customer=Customer(number="A2", kind="person", name="Other")))
    )

    report = onboard(racing, three())

    assert (report.accepted, [row.value for row in report.rejected]) == (2, ["A2"])
    assert operator.facts("account/A2") == []


def test_chunks_are_kept_on_their_own_and_progress_counts_every_row(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands.onboarding.importing, "CHUNK_ROWS", 10)
    told: list[int] = []
    rows = [SubscriberRow(number, new_subscriber(f"A{number:03}")) for number in range(25)]

    def fail_in_the_third(count: int) -> None:
        told.append(count)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operator.application.onboarding().bring_in(rows, origin_of_process(), BatchReport(), fail_in_the_third)
    report = BatchReport()
    operator.application.onboarding().bring_in(rows, origin_of_process(), report, told.append)

    assert told == [10, 10, 10, 10, 5]
    assert (report.accepted, report.unchanged) == (5, 20)
    assert operator.findings() == []
