"""The works of the night, as a worker does them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from adapters.bootstrap.automation import Automation, automation_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.works import works_of
from billing_core.invoicing.invoices import InvoiceIssued
from commands.platform.timed_work import WorkRecord
from tests.operators import Operator


class Night:
    """The works of the program, and a clock that the test moves."""

    def __init__(self, operator: Operator, now: datetime) -> None:
        application = operator.application
        self.now = now
        clock = SellerClock(application.store, application.tables, now=lambda: self.now)
        self.automation: Automation = automation_of(application, clock)
        self.automation.register()

    def work(self, now: datetime) -> dict[str, WorkRecord]:
        """What was done at an instant."""
        self.now = now
        return {record.name: record for record in self.automation.do_what_is_due().works}


def move_seller(operator: Operator, zone: str) -> None:
    """The seller `north` of the tests is in UTC."""
    operator.execute(
        """UPDATE billing.events SET state = replace(convert_from(state, 'UTF8'), '"UTC"', %s)::bytea
           WHERE originator_id = 'seller/north'""",
        f'"{zone}"',
    )


def test_the_works_are_in_order_of_time(operator: Operator):
    works = works_of(operator.application, Settings(seal_key=Path("key")))

    names = ["usage-retry", "usage-booking", "bank-statements", "billing-run", "dunning-run", "unnamed-attachments",
             "forget-due", "seal", "closed-months", "check"]  # fmt: skip
    assert [work.name for work in works] == names


def test_the_billing_run_dates_on_the_day_of_the_seller_whatever_the_zone_of_the_machine(operator: Operator):
    """At 01:30 of 10 May in Auckland it is 9 May in UTC, and in every zone that a machine of the tests has."""
    move_seller(operator, "Pacific/Auckland")
    operator.subscriber("A1", since=date(2026, 5, 10))
    night = Night(operator, datetime(2026, 5, 9, 12, 30, tzinfo=UTC))  # 00:30 of 10 May: before the run.

    done = night.work(datetime(2026, 5, 9, 13, 30, tzinfo=UTC))

    assert done["billing-run"].outcome.startswith("until 2026-05-11: 1 bill, 1 charge, 1 invoice")
    issued = [fact.effective_on for fact in operator.facts("account/A1") if isinstance(fact, InvoiceIssued)]
    assert issued == [date(2026, 5, 10)]
