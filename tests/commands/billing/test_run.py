"""A billing run: exactly what is due, however often it is started, whoever works meanwhile, whatever is killed."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

import commands.billing.chunk
import commands.billing.run
from adapters.bootstrap.live import LiveModels
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.kernel.errors import ConnectionLost, DiskFull, InvalidValue, Unavailable
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from commands.accounts import ChangeBillingPlan, OpenAccount
from commands.billing.account import BillAccount
from commands.billing.rerating import ReratingBacklog
from commands.billing.run import BillingRun
from commands.billing.run_ports import DueAccount, RunTotals
from commands.parties import RegisterSeller
from commands.payments.account import ReceivePayment
from commands.platform.bus import OutcomeUnknown
from commands.services import (
    ActivateSubscription,
    ChangeTariff,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from projections.accounts.balances import account_named, parked_accounts
from projections.billing import document_totals, documents_of
from tests.commands.conftest import OwnServer, StartProcess
from tests.operators import Operator, application_on, eur, new_subscriber, open_application, silent

FIRST_OF_MAY = date(2026, 5, 1)
LAST_OF_APRIL = date(2026, 4, 30)


def neighbourhood(operator: Operator) -> None:
    """Two sellers, four price lists, and subscribers of every kind that a run meets from January to April 2026."""
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="2", width=9),
        "credit-note": NumberSeries(prefix="6", width=9),
    }
    operator.tell(
        RegisterSeller(
            seller=Seller(code="south", name="South Cable", address=Address(), series=series, time_zone="UTC")
        )
    )
    operator.publish("tv", "12.10", prices_include_vat=True, vat_rate=Decimal("21"))
    dearer = [("10.00", date(2020, 1, 1), date(2026, 3, 15)), ("11.00", date(2026, 3, 15), None)]
    operator.publish("dearer", [Price(amount=Decimal(a), valid_from=f, valid_to=t) for a, f, t in dearer])
    price = (Price(amount=Decimal("7.77"), valid_from=date(2020, 1, 1)),)
    once = OneOff(code="start", name="Installation", vat_rate=Decimal(20), prices=price)
    fee = Recurring(code="fee", name="Fee", vat_rate=Decimal(10), prices=price)
    operator.publish("bundle", price, components=(fee, once))
    kinds: Sequence[dict[str, Any]] = (
        {},
        {"since": date(2026, 1, 17)},
        {"since": date(2026, 2, 20), "billing_day": 15, "tariff": "bundle"},
        {"tariff": "tv", "billing_day": 31},
        {"until": date(2026, 3, 10), "tariff": "dearer"},
        {"tariff": "dearer", "billing_day": 10, "seller": "south"},
        {"agreed": {"fee": Decimal("0")}},
        {"since": date(2026, 4, 30), "tariff": "bundle", "seller": "south"},
    )
    operator.bring_in(new_subscriber(f"A{index:02}", **kinds[index % len(kinds)]) for index in range(3 * len(kinds)))
    operator.tell(SuspendSubscription(account="A01", subscription="main", reason="operator", on=date(2026, 2, 10)))
    operator.tell(ResumeSubscription(account="A01", subscription="main", on=date(2026, 3, 20)))
    operator.tell(ChangeTariff(account="A03", subscription="main", tariff="net", on=date(2026, 3, 15)))
    operator.tell(ActivateSubscription(account="A08", subscription="tv", tariff="tv", on=date(2026, 2, 14)))
    operator.tell(TerminateSubscription(reason="moves away", account="A09", subscription="main", on=date(2026, 1, 17)))
    for reference, account, amount in (("T1", "A00", "100.00"), ("T2", "A08", "30.00")):
        payment = ReceivePayment(
            account=account, source="bank", reference=reference, amount=eur(amount), received_on=date(2026, 1, 2)
        )
        operator.tell(payment)


def posted(operator: Operator) -> dict[str, Any]:
    """What a run leaves: charges, documents with their lines and numbers, the number series and the balances."""
    live = operator.live_contents()
    return {table: live[table] for table in ("charges", "documents", "accounts", "allocations")} | {
        "number_series": operator.store_contents()["number_series"]
    }


def invoice_numbers(operator: Operator, seller: str = "north") -> list[int]:
    operator.application.runner.catch_up()
    rows = operator.select("SELECT number FROM live.documents WHERE kind = 'invoice' AND seller = %s", seller)
    return sorted(int(number[1:]) for (number,) in rows)


# --- what is due


def test_a_run_bills_exactly_what_is_due(operator: Operator):
    operator.subscriber("A1")
    operator.subscriber("A2", since=date(2026, 2, 15))
    operator.subscriber("A3", until=date(2026, 2, 1))
    operator.subscriber("A4", since=date(2026, 3, 1))

    totals = operator.bill(date(2026, 3, 1))

    # January and February of A1, 14 of 28 days of A2, January of A3; the end of the run is not part of it
    assert (totals.charges, totals.invoices, totals.credit_notes, totals.parked) == (4, 3, 0, {})
    assert (totals.charged["EUR"], totals.invoiced["EUR"]) == (eur("70.00"), eur("84.00"))
    rows = operator.select("SELECT account, from_on::text, to_on::text, amount::text FROM live.charges ORDER BY 1, 2")
    assert rows == [
        ("A1", "2026-01-01", "2026-02-01", "20.00"),
        ("A1", "2026-02-01", "2026-03-01", "20.00"),
        ("A2", "2026-02-15", "2026-03-01", "10.00"),
        ("A3", "2026-01-01", "2026-02-01", "20.00"),
    ]
    (invoice,) = operator.ask(documents_of, "A1")
    assert (invoice.issued_on, invoice.due_on, invoice.gross) == (date(2026, 2, 28), date(2026, 3, 14), eur("48.00"))
    assert operator.findings() == []


def test_a_second_run_up_to_the_same_date_does_nothing(operator: Operator):
    neighbourhood(operator)
    operator.bill(FIRST_OF_MAY)
    before = operator.store_contents()

    again = operator.bill(FIRST_OF_MAY)

    assert again == RunTotals()
    assert operator.store_contents() == before


def test_months_that_were_missed_are_charged_as_month_by_month_and_come_onto_one_invoice(
    found_operator: Callable[[], Operator],
):
    monthly, at_once = found_operator(), found_operator()
    neighbourhood(monthly)
    neighbourhood(at_once)

    sums = monthly.bill_each_due_date(FIRST_OF_MAY)
    sums.merge(monthly.bill(FIRST_OF_MAY))
    totals = at_once.bill(FIRST_OF_MAY)

    assert monthly.live_contents()["charges"] == at_once.live_contents()["charges"]
    assert (sums.charges, sums.charged, sums.parked) == (totals.charges, totals.charged, {})
    invoices = at_once.select("SELECT account, min(issued_on), count(*) FROM live.documents GROUP BY 1")
    assert {(issued_on, many) for _, issued_on, many in invoices} == {(LAST_OF_APRIL, 1)}
    assert len(invoices) == totals.invoices < sums.invoices
    assert monthly.findings() == at_once.findings() == []


def test_day_by_day_charges_the_same_as_in_one_go(found_operator: Callable[[], Operator]):
    daily, at_once = found_operator(), found_operator()
    for operator in (daily, at_once):
        neighbourhood(operator)
    for days in range(1, 62):
        daily.bill(date(2026, 1, 1) + timedelta(days=days))
    at_once.bill(date(2026, 3, 3))
    assert daily.live_contents()["charges"] == at_once.live_contents()["charges"]
    assert daily.findings() == at_once.findings() == []


def test_small_chunks_leave_the_same_as_large_ones(
    found_operator: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
):
    large, small = found_operator(), found_operator()
    for operator in (large, small):
        neighbourhood(operator)
    large.bill(FIRST_OF_MAY)
    monkeypatch.setattr(commands.billing.run, "CHUNK_ACCOUNTS", 2)
    small.bill(FIRST_OF_MAY)
    assert posted(small) == posted(large)


def test_a_preview_shows_the_totals_of_the_run_and_writes_nothing(operator: Operator):
    neighbourhood(operator)
    expire(operator, "A99")
    operator.bill(date(2026, 2, 1))
    operator.tell(SuspendSubscription(account="A00", subscription="main", reason="operator", on=date(2026, 1, 10)))
    store, live = operator.store_contents(), operator.live_contents()

    preview = operator.preview(FIRST_OF_MAY)

    assert (operator.store_contents(), operator.live_contents()) == (store, live)
    totals = operator.bill(FIRST_OF_MAY)
    assert preview == totals
    assert totals.credit_notes == 1 and list(totals.parked) == ["A99"]
    assert operator.preview(FIRST_OF_MAY).charges == 0


def test_a_run_that_follows_at_once_sees_what_the_one_before_wrote(operator: Operator):
    """Else it would find every account moved, and bill it by a command of its own."""
    operator.subscribers(3)
    catch_up(operator)
    application = operator.application
    models = LiveModels(
        application.tables, application.store, lambda position: catch_up(operator) if position else None
    )
    run = BillingRun(application.store, application.bus, models, models, ReratingBacklog(application.store, models))
    for on in (date(2026, 1, 1), date(2026, 2, 1)):
        assert run.run(on + ONE_DAY, origin_of_process("night run", on), silent).invoices == 3
    assert operator.select("SELECT count(*) FROM billing.commands WHERE name = 'BillAccount'") == [(0,)]


def test_numbers_have_no_gap_for_each_seller(operator: Operator):
    neighbourhood(operator)
    operator.bill(FIRST_OF_MAY)
    for seller in ("north", "south"):
        numbers = invoice_numbers(operator, seller)
        assert numbers == list(range(1, len(numbers) + 1))


def test_an_account_brought_in_late_gets_one_invoice_of_the_business_date(operator: Operator):
    operator.subscriber("A1")
    operator.bill_each_due_date(date(2026, 3, 2))
    operator.subscriber("A2")
    operator.bill(date(2026, 3, 21))

    (late,) = operator.ask(documents_of, "A2")
    assert (late.number, late.issued_on, late.gross) == ("1000000004", date(2026, 3, 20), eur("72.00"))
    assert operator.findings() == []


def test_a_bill_whose_outcome_is_unknown_ends_the_run_and_parks_nothing(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    """The account is paid after the run has read it, so that it is billed on its own; then the connection is lost."""
    operator.subscriber()
    lost = {"append_command", "find_command"}

    def losing_once(place: type[Any], name: str) -> None:
        ordinary = getattr(place, name)

        def lose(*arguments: Any) -> Any:
            if name in lost:
                lost.remove(name)
                raise ConnectionLost("away")
            return ordinary(*arguments)

        monkeypatch.setattr(place, name, lose)

    with operator.application.billing_run(FIRST_OF_MAY) as run:
        paid = ReceivePayment(account="A0001", source="bank", reference="T1", amount=eur("5.00"))
        operator.tell(paid, today=LAST_OF_APRIL)
        losing_once(PostgresTransaction, "append_command")
        losing_once(PostgresStore, "find_command")
        with pytest.raises(OutcomeUnknown):
            run.run(FIRST_OF_MAY, origin_of_process("night run", LAST_OF_APRIL), silent)

    assert (lost, operator.account("A0001").parked) == (set(), None)
    assert operator.bill(FIRST_OF_MAY).invoices == 1


# --- the business date


def test_twenty_services_activated_on_twenty_days_make_one_invoice(operator: Operator):
    operator.subscriber("A1")
    for day in range(2, 21):
        activated = ActivateSubscription(account="A1", subscription=f"s{day:02}", tariff="net", on=date(2026, 1, day))
        operator.tell(activated)

    totals = operator.bill(date(2026, 2, 1))

    # 20.00 x (32 - day)/31, each to the cent: 20.00, 19.35, 18.71, ... 7.74; 277.40 in all, and 20 % VAT, 55.48
    assert (totals.charges, totals.invoices) == (20, 1)
    (invoice,) = operator.ask(documents_of, "A1")
    assert (invoice.issued_on, invoice.gross, len(invoice.lines)) == (date(2026, 1, 31), eur("332.88"), 20)
    assert operator.findings() == []


def test_months_that_were_missed_stand_on_one_invoice_each_with_its_own_period(operator: Operator):
    operator.subscriber("A1", since=date(2026, 1, 17))

    operator.bill(date(2026, 3, 21))

    (invoice,) = operator.ask(documents_of, "A1")
    assert [line.charge for line in invoice.lines] == [
        "main/fee/2026-01-17/2026-02-01/0",
        "main/fee/2026-02-01/2026-03-01/0",
        "main/fee/2026-03-01/2026-04-01/0",
    ]
    # 20.00 x 15/31 = 9.68, and two months: 49.68, with 20 % VAT 59.62; March is not over on 20 March
    assert (invoice.gross, invoice.issued_on, invoice.tax_point_on) == (
        eur("59.62"), date(2026, 3, 20), date(2026, 3, 20),
    )  # fmt: skip


def test_charging_ahead_never_dates_ahead(operator: Operator):
    operator.subscribers(2)
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    operator.tell(BillAccount(account="A0001", until=date(2026, 7, 1)), today=march)

    totals = operator.bill(date(2026, 6, 1), today=march)
    later = operator.bill(april + ONE_DAY)

    assert (totals.invoices, later.invoices) == (1, 0)
    # six months of 24.00, and five
    assert [(row.issued_on, row.gross) for row in operator.ask(documents_of, "A0001")] == [(march, eur("144.00"))]
    assert [(row.issued_on, row.gross) for row in operator.ask(documents_of, "A0002")] == [(march, eur("120.00"))]
    operator.subscriber("A0004", since=march)
    operator.bill(april + ONE_DAY)
    assert [(row.issued_on, row.gross) for row in operator.ask(documents_of, "A0004")] == [(april, eur("48.00"))]
    assert operator.findings() == []


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 3, 21), "is after today, 2026-03-20; to charge ahead, bill today and name a later day"),
        (date(2026, 3, 9), "is before the last document of seller north, of 2026-03-10; bill on that day or later"),
    ],
    ids=["after today", "before the last document"],
)
def test_a_business_date_that_no_document_can_have_is_refused_by_run_preview_and_single_bill(
    operator: Operator, on: date, why: str
):
    operator.subscribers(2)
    operator.tell(BillAccount(account="A0001"), today=date(2026, 3, 10))
    catch_up(operator)
    today, before = date(2026, 3, 20), operator.store_contents()
    origin, until = origin_of_process("clerk", today), date(2026, 3, 22)

    with operator.application.billing_run(until) as run:
        refusals: list[Callable[[], object]] = [
            lambda: run.run(until, origin, silent, on),
            lambda: run.preview(until, today, silent, on),
            lambda: operator.tell(BillAccount(account="A0002", on=on), today=today),
        ]
        for refused in refusals:
            with pytest.raises(InvalidValue, match=why) as caught:
                refused()
            assert caught.value.field == "on"

    assert operator.store_contents() == before
    assert operator.tell(BillAccount(account="A0002", on=date(2026, 3, 10)), today=today).position > 0


def test_a_seller_with_a_later_document_is_left_out_and_the_others_are_billed(operator: Operator):
    series: dict[SeriesKind, NumberSeries] = {"invoice": NumberSeries(prefix="2", width=9)}
    south = Seller(code="south", name="South Cable", address=Address(), series=series, time_zone="UTC")
    operator.tell(RegisterSeller(seller=south))
    operator.subscriber("N1")
    operator.subscriber("S1", seller="south")
    operator.subscriber("S2", seller="south")
    twentieth, next_day = date(2026, 3, 20), date(2026, 3, 21)
    operator.tell(BillAccount(account="S1"), today=next_day)
    catch_up(operator)
    why = "on '2026-03-20': is before the last document of seller south, of 2026-03-21; bill on that day or later"

    preview, totals = operator.preview(next_day), operator.bill(next_day)

    assert (preview.left_out, preview.invoices) == (totals.left_out, totals.invoices) == ({"south": why}, 1)
    assert [row.issued_on for row in operator.ask(documents_of, "N1")] == [twentieth]
    assert operator.ask(documents_of, "S2") == []
    later = operator.bill(date(2026, 3, 22))
    assert (later.left_out, later.invoices, later.parked) == ({}, 1, {})
    assert [row.issued_on for row in operator.ask(documents_of, "S2")] == [next_day]


def test_a_prepaid_account_has_a_bill_for_each_due_date_and_a_parked_one_is_tried_once(operator: Operator):
    """The run goes round for the prepaid account: three times with a bill, and once to see that nothing is left."""
    operator.subscribers(2)
    paid = ReceivePayment(account="A0001", source="bank", reference="T1", amount=eur("60.00"))
    operator.tell(paid, today=date(2026, 1, 1))
    operator.tell(
        ChangeBillingPlan(
            account="A0001", plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid())
        ),
        today=date(2026, 1, 1),
    )
    expire(operator, "A0000")

    totals = operator.bill(date(2026, 3, 21))

    # 60.00 pay two months of 24.00; on 1 March 12.00 are left, and the service is suspended
    assert (totals.bills, totals.invoices, list(totals.parked)) == (4, 3, ["A0000"])
    assert [str(row.gross.amount) for row in operator.ask(documents_of, "A0001")] == ["24.00", "24.00"]
    assert operator.account("A0001").ledger.balance == eur("12.00")
    assert [str(row.gross.amount) for row in operator.ask(documents_of, "A0002")] == ["72.00"]
    assert operator.select("SELECT count(*) FROM billing.commands WHERE name = 'ParkAccount'") == [(1,)]
    assert operator.findings() == []


def test_an_account_without_subscriptions_is_not_billed(operator: Operator):
    operator.subscriber("A1")
    operator.tell(OpenAccount(account="B1", customer="A1", seller="north", currency="EUR"), today=date(2026, 1, 1))
    assert operator.bill(date(2026, 1, 2)).bills == 1


# --- parked


def expire(operator: Operator, account: str) -> None:
    """A subscriber whose price ends on 10 March."""
    ends = [Price(amount=Decimal("20.00"), valid_from=date(2020, 1, 1), valid_to=date(2026, 3, 10))]
    operator.publish("ends", ends)
    operator.subscriber(account, tariff="ends")


def test_an_account_without_a_price_is_parked_with_the_reason_and_billed_once_that_is_mended(operator: Operator):
    operator.subscribers(3)
    expire(operator, "A0000")

    totals = operator.bill(date(2026, 4, 1))

    assert (totals.invoices, list(totals.parked)) == (3, ["A0000"])
    (parked,) = operator.ask(parked_accounts)
    assert parked.number == "A0000"
    assert parked.parked == f"price-missing: {totals.parked['A0000']}"
    assert "ends has no price for component fee" in parked.parked and "2026-03-10" in parked.parked
    before = len(operator.facts("account/A0000"))
    assert list(operator.bill(date(2026, 4, 1)).parked) == ["A0000"]
    assert len(operator.facts("account/A0000")) == before

    operator.tell(ChangeTariff(account="A0000", subscription="main", tariff="net", on=date(2026, 3, 10)))
    mended = operator.bill(date(2026, 4, 1))

    assert (mended.invoices, mended.parked) == (1, {})
    assert operator.ask(parked_accounts) == []
    charges = operator.select("SELECT from_on::text, amount::text FROM live.charges WHERE account = 'A0000' ORDER BY 1")
    assert charges == [
        ("2026-01-01", "20.00"),
        ("2026-02-01", "20.00"),
        ("2026-03-01", "5.81"),
        ("2026-03-10", "14.19"),
    ]
    assert operator.findings() == []


# --- the past


def test_a_change_of_the_past_posts_only_the_difference(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 3, 2))
    operator.tell(SuspendSubscription(account="A0001", subscription="main", reason="operator", on=date(2026, 1, 17)))
    operator.tell(ResumeSubscription(account="A0001", subscription="main", on=date(2026, 2, 15)))

    totals = operator.bill(date(2026, 3, 2))

    # 15 of 31 days of January and 14 of 28 of February go back: 9.68 and 10.00, and 20 % VAT on 19.68, 3.94
    assert (totals.bills, totals.charges, totals.invoices, totals.credit_notes) == (1, 2, 0, 1)
    assert (totals.charged["EUR"], totals.credited["EUR"]) == (eur("-19.68"), eur("-23.62"))
    assert operator.ask(account_named, "A0001").balance == eur("-48.38")
    assert operator.bill(date(2026, 3, 2)) == RunTotals()
    assert operator.findings() == []


def test_a_change_of_the_past_and_new_days_go_together(operator: Operator):
    operator.publish("fast", "50.00")
    operator.subscribers(2)
    operator.bill(date(2026, 2, 1))
    operator.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 1, 17)))

    totals = operator.bill(date(2026, 3, 1))

    assert (totals.invoices, totals.credit_notes) == (2, 1)
    gross = [str(row.gross.amount) for row in operator.ask(documents_of, "A0001")]
    assert gross == ["24.00", "89.03", "-11.62"]  # (24.19 + 50.00) and 20 % VAT on it
    assert operator.findings() == []


def test_an_end_in_the_past_gives_back_whole_months(operator: Operator):
    operator.subscriber("A0001")
    operator.bill_each_due_date(date(2026, 4, 1))
    operator.tell(TerminateSubscription(reason="moves away", account="A0001", subscription="main", on=date(2026, 2, 1)))
    assert operator.bill(date(2026, 6, 1)).credit_notes == 2
    assert operator.ask(account_named, "A0001").balance == eur("-24.00")
    assert operator.findings() == []


def test_accounts_whose_past_changed_are_billed_with_their_chunk(operator: Operator):
    """No command for each of them; their histories are read in a few look-ups."""
    operator.publish("fast", "50.00")
    accounts = operator.subscribers(6)
    operator.bill(date(2026, 1, 2))
    for account in accounts[:4]:
        operator.tell(ChangeTariff(account=account, subscription="main", tariff="fast", on=date(2026, 1, 17)))

    totals = operator.bill(date(2026, 2, 2))

    assert (totals.bills, totals.invoices, totals.credit_notes) == (6, 6, 4)
    assert operator.select("SELECT count(*) FROM billing.commands WHERE name = 'BillAccount'") == [(0,)]
    assert [str(row.gross.amount) for row in operator.ask(documents_of, "A0001")] == ["24.00", "89.03", "-11.62"]
    assert operator.findings() == []


def test_few_histories_at_a_time_leave_the_same_as_many(
    found_operator: Callable[[], Operator], monkeypatch: pytest.MonkeyPatch
):
    many, few = found_operator(), found_operator()
    for operator in (many, few):
        operator.publish("fast", "50.00")
        operator.subscribers(7)
        operator.bill_each_due_date(date(2026, 3, 2))
        for number in range(1, 7):
            changed = ChangeTariff(
                account=f"A{number:04}", subscription="main", tariff="fast", on=date(2026, 2, 3 * number)
            )
            operator.tell(changed)
    assert many.bill(date(2026, 3, 2)).credit_notes == 12  # of February and of March
    monkeypatch.setattr(commands.billing.chunk, "HISTORIES_AT_ONCE", 2)
    few.bill(date(2026, 3, 2))
    assert posted(few) == posted(many)


def test_a_changed_account_that_somebody_moves_meanwhile_is_decided_again_on_its_own(operator: Operator):
    operator.publish("fast", "50.00")
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    operator.tell(ChangeTariff(account="A0002", subscription="main", tariff="fast", on=date(2026, 1, 17)))
    others: list[Any] = []

    def billed_by_somebody() -> None:
        others.append(operator.tell(BillAccount(account="A0002", on=date(2026, 2, 1))))

    totals = run_watched(operator, date(2026, 2, 2), billed_by_somebody)

    assert others[0].result["credit_notes"] == 1
    assert (totals.invoices, totals.credit_notes, totals.parked) == (2, 0, {})
    assert operator.findings() == []


# --- others at work


class Watched(LiveModels):
    """The real read models; when the first chunk has been read, somebody else goes first."""

    def __init__(self, operator: Operator, meanwhile: Callable[[], Any]) -> None:
        application = operator.application
        super().__init__(application.tables, application.store, lambda position: catch_up(operator))
        self._meanwhile = [meanwhile]

    def due_before(self, until: date, after_account: str, limit: int) -> Sequence[DueAccount]:
        found = super().due_before(until, after_account, limit)
        if found and self._meanwhile:
            self._meanwhile.pop()()
        return found

    def only_run(self) -> nullcontext[None]:
        """No lock: what protects is the version of each account."""
        return nullcontext()


def catch_up(operator: Operator) -> None:
    operator.application.runner.catch_up()


def run_watched(operator: Operator, until: date, meanwhile: Callable[[], Any]) -> RunTotals:
    catch_up(operator)
    models = Watched(operator, meanwhile)
    store = operator.application.store
    run = BillingRun(store, operator.application.bus, models, models, ReratingBacklog(store, models))
    return run.run(until, origin_of_process("night run", until - ONE_DAY), silent)


def test_an_account_that_somebody_moves_in_the_middle_of_a_chunk_is_billed_on_its_own(operator: Operator):
    operator.subscribers(5)
    paid = ReceivePayment(account="A0003", source="bank", reference="T1", amount=eur("30.00"))

    totals = run_watched(operator, date(2026, 1, 2), lambda: operator.tell(paid))

    assert (totals.bills, totals.invoices) == (5, 5)
    assert operator.account("A0003").ledger.credits == {"bank:T1": eur("6.00")}
    assert invoice_numbers(operator) == [1, 2, 3, 4, 5]
    assert operator.select("SELECT count(*) FROM billing.commands WHERE name = 'BillAccount'") == [(1,)]
    assert operator.select("SELECT number FROM live.documents WHERE account = 'A0003'") == [("1000000005",)]
    assert operator.findings() == []


def test_an_account_that_ends_in_the_middle_of_a_chunk_is_not_charged_beyond(operator: Operator):
    operator.subscribers(3)
    ended = TerminateSubscription(reason="moves away", account="A0002", subscription="main", on=date(2026, 1, 1))
    totals = run_watched(operator, date(2026, 1, 2), lambda: operator.tell(ended))
    assert (totals.invoices, totals.parked) == (2, {})
    assert operator.ask(account_named, "A0002").balance == eur("0.00")
    assert operator.findings() == []


def test_a_document_of_a_later_day_issued_meanwhile_moves_the_date_on_and_parks_nobody(operator: Operator):
    """As when a run goes on over midnight: the account that has to be decided again waits for the next round."""
    operator.subscribers(5)
    later = date(2026, 1, 3)
    paid = ReceivePayment(account="A0003", source="bank", reference="T1", amount=eur("30.00"))

    def meanwhile() -> None:
        operator.tell(BillAccount(account="A0001"), today=later)
        operator.tell(paid, today=later)

    totals = run_watched(operator, date(2026, 1, 2), meanwhile)

    assert (totals.invoices, totals.parked) == (4, {})
    assert {row.issued_on for number in range(1, 6) for row in operator.ask(documents_of, f"A000{number}")} == {later}
    assert invoice_numbers(operator) == [1, 2, 3, 4, 5]
    assert operator.findings() == []


def test_a_whole_other_run_between_reading_and_writing_leaves_nothing_to_do(operator: Operator):
    """Without the lock between runs: the versions alone keep every account from being billed twice."""
    neighbourhood(operator)
    others: list[RunTotals] = []

    totals = run_watched(operator, FIRST_OF_MAY, lambda: others.append(operator.bill(FIRST_OF_MAY)))

    assert others[0].invoices > 0
    assert (totals.charges, totals.invoices, totals.parked) == (0, 0, {})
    assert operator.ask(document_totals)[0].documents == others[0].invoices
    assert operator.findings() == []


RUN = """
    import sys
    from contextlib import nullcontext
    from datetime import date, timedelta
    import commands.billing.run
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from adapters.bootstrap.live import LiveModels

    url, until, chunk, lock, most_chunks = sys.argv[1:]
    commands.billing.run.CHUNK_ACCOUNTS = int(chunk)
    if lock == "without lock":
        LiveModels.only_run = lambda self: nullcontext()
    application = Application(url)

    chunks = 0

    def tell(count):
        global chunks
        chunks += 1
        print("billed", flush=True)
        if chunks == int(most_chunks):
            sys.stdin.readline()  # Until it is killed.

    print("ready", flush=True)
    sys.stdin.readline()
    until = date.fromisoformat(until)
    with application.billing_run(until) as run:
        totals = run.run(until, origin_of_process("night run", until - timedelta(days=1)), tell)
    print(totals.invoices, flush=True)
    application.close()
"""


def start_run(
    start: StartProcess,
    operator: Operator,
    until: date,
    chunk: int = 5,
    lock: str = "with lock",
    most_chunks: int = -1,
) -> subprocess.Popen[str]:
    """A run in a process of its own; after so many chunks it goes no further, but waits to be killed."""
    process = start(RUN, operator.database_url, until.isoformat(), str(chunk), lock, str(most_chunks))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.parametrize("lock", ["with lock", "without lock"])
def test_two_runs_at_once_bill_every_account_once(operator: Operator, start_process: StartProcess, lock: str):
    operator.subscribers(300)
    runs = [start_run(start_process, operator, date(2026, 4, 1), 20, lock) for _ in range(2)]
    for run in runs:
        let_go(run)
    invoices = [int(run.communicate(timeout=120)[0].split()[-1]) for run in runs]

    assert [run.returncode for run in runs] == [0, 0]
    assert sum(invoices) == 300
    assert invoice_numbers(operator) == list(range(1, 301))
    assert operator.select("SELECT DISTINCT count(*) FROM live.charges GROUP BY account") == [(3,)]
    assert operator.findings() == []


# --- interrupted


@pytest.fixture
def undisturbed(found_operator: Callable[[], Operator]) -> dict[str, Any]:
    """What a run over four months of 200 subscribers leaves when nothing happens meanwhile."""
    operator = found_operator()
    operator.subscribers(200)
    operator.bill(FIRST_OF_MAY)
    return posted(operator)


def test_a_run_killed_again_and_again_leaves_the_same_as_an_undisturbed_one(
    operator: Operator, start_process: StartProcess, undisturbed: dict[str, Any]
):
    """Wherever in the two chunks after those that were told it is when it is killed."""
    operator.subscribers(200)
    for chunks_before in (0, 3, 9, 6):
        run = start_run(start_process, operator, FIRST_OF_MAY, most_chunks=chunks_before + 2)
        let_go(run)
        assert run.stdout is not None
        for _ in range(chunks_before):
            assert run.stdout.readline() == "billed\n"
        run.kill()
        assert run.wait() == -signal.SIGKILL

    assert 18 * 5 <= len(invoice_numbers(operator)) <= 26 * 5 < 200
    operator.bill(FIRST_OF_MAY)
    assert posted(operator) == undisturbed
    assert invoice_numbers(operator) == list(range(1, 201))
    assert operator.findings() == []


def test_a_server_killed_in_the_middle_of_a_run_loses_and_doubles_nothing(
    own_server: OwnServer, start_process: StartProcess, undisturbed: dict[str, Any]
):
    url = create_database(own_server.url, "killed")
    with open_application(url) as application:
        operator = Operator(application, url).open_business()
        operator.subscribers(200)
        run = start_run(start_process, operator, FIRST_OF_MAY)
        let_go(run)
        assert run.stdout is not None
        for _ in range(7):
            run.stdout.readline()
        own_server.kill()
        assert run.wait(60) not in (0, -signal.SIGKILL)
        own_server.start()

    with application_on(url) as application:
        operator = Operator(application, url)
        kept = len(invoice_numbers(operator))
        assert 7 * 5 <= kept < 200
        operator.bill(FIRST_OF_MAY)
        assert posted(operator) == undisturbed
        assert operator.findings() == []


BREAK_OFF = """
    CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how}; RETURN new; END $$;
    CREATE TRIGGER break_off BEFORE INSERT ON billing.events FOR EACH ROW
        WHEN (new.originator_id = 'account/A0150' AND new.topic = 'invoice-issued/1')
        EXECUTE FUNCTION public.break_off();
"""


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("PERFORM pg_terminate_backend(pg_backend_pid())", Unavailable),
        ("RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'", DiskFull),
    ],
    ids=["lost connection", "full disk"],
)
def test_a_database_that_fails_in_the_middle_of_a_run_is_told_and_leaves_nothing_half_done(
    operator: Operator,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    error: type[Exception],
):
    operator.subscribers(200)
    operator.execute(BREAK_OFF.format(how=how))
    monkeypatch.setattr(commands.billing.run, "CHUNK_ACCOUNTS", 70)

    with pytest.raises(error):
        operator.bill(FIRST_OF_MAY)

    assert invoice_numbers(operator) == list(range(1, 141))
    assert operator.findings() == []
    operator.execute("DROP TRIGGER break_off ON billing.events")
    operator.bill(FIRST_OF_MAY)
    assert posted(operator) == undisturbed
    assert operator.findings() == []
