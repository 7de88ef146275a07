"""The works of the night, as a worker does them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from adapters.bootstrap.automation import Automation, automation_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.works import works_of
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.payments.advances import AdvanceTerms
from commands.parties import OpenNumberSeries, RegisterSeller
from commands.payments.account import ReceivePayment
from commands.payments.advances import SetAdvanceTerms
from commands.platform.timed_work import WorkRecord
from tests.operators import Operator, eur


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

    names = ["usage-retry", "usage-booking", "bank-statements", "billing-run", "advance-documents", "dunning-run",
             "unnamed-attachments", "forget-due", "seal", "closed-months", "check"]  # fmt: skip
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


def advance_payment(operator: Operator, seller: str, account: str) -> None:
    operator.subscriber(account, seller=seller, since=date(2026, 6, 1))
    operator.tell(SetAdvanceTerms(seller=seller, terms=AdvanceTerms(vat_rate=Decimal(21), after_days=0)))
    operator.tell(ReceivePayment(account=account, source="desk", reference=account, amount=eur("121.00"),
                                 received_on=date(2026, 5, 8), method="cash"), today=date(2026, 5, 8))  # fmt: skip


def test_tax_documents_on_advances_are_drawn_up_seller_by_seller_and_the_one_that_is_refused_is_named(
    operator: Operator,
):
    """The seller `north` has no series of numbers for them yet, `south` has one."""
    prefixes: dict[SeriesKind, str] = {"invoice": "2", "credit-note": "6", "advance": "9"}
    series = {kind: NumberSeries(prefix=prefix, width=9) for kind, prefix in prefixes.items()}
    south = Seller(code="south", name="South Cable", address=Address(), time_zone="UTC", series=series)
    operator.tell(RegisterSeller(seller=south))
    advance_payment(operator, "north", "A1")
    advance_payment(operator, "south", "B1")
    night = Night(operator, datetime(2026, 5, 9, 0, 30, tzinfo=UTC))

    done = night.work(datetime(2026, 5, 9, 2, 0, tzinfo=UTC))["advance-documents"]

    assert done.state == "failed"
    assert "south: 1 document, 0 corrections" in done.outcome
    assert "refused: north: 1 account, as A1 (" in done.outcome
    opened = OpenNumberSeries(seller="north", kind="advance", series=NumberSeries(prefix="8", width=9))
    operator.tell(opened, today=date(2026, 5, 9))
    again = night.work(datetime(2026, 5, 10, 2, 0, tzinfo=UTC))["advance-documents"]
    assert (again.state, again.outcome) == (
        "done", "north: 1 document, 0 corrections; south: 0 documents, 0 corrections",
    )  # fmt: skip
