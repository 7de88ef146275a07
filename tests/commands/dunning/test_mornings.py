"""The run and the ends of pauses by themselves, on the date of the seller, in nights on which the clock changes too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from billing_core.dunning.facts import DunningStepTaken, SuspensionPutOff
from commands.corrections.waiver import WaiveCharge
from commands.dunning.stops import DisputeItem, EndDispute, PauseDunning
from tests.adapters.bootstrap.test_works import Night, move_seller
from tests.commands.dunning.debtors import POLICY, A, Debtors

REMINDER, LAST, CUT = date(2026, 1, 22), date(2026, 1, 29), date(2026, 2, 5)


def test_a_step_is_taken_on_the_day_of_the_seller_whatever_the_zone_of_the_machine(debtors: Debtors):
    """At 12:50 UTC on 21 January it is 01:50 of the 22nd in Auckland, where the reminder is due."""
    debtors.open()
    move_seller(debtors.operator, "Pacific/Auckland")
    night = Night(debtors.operator, datetime(2026, 1, 21, 10, 0, tzinfo=UTC))  # 23:00 of the 21st.
    assert debtors.steps() == {}

    done = night.work(datetime(2026, 1, 21, 12, 50, tzinfo=UTC))

    assert done["dunning-run"].outcome.startswith("1 account looked at: 1 home/reminder")
    assert debtors.steps() == {"reminder": REMINDER}


def test_in_the_night_in_which_an_hour_comes_twice_the_run_is_made_once(debtors: Debtors):
    """New York, 1 November 2026: 01:45 comes at 05:45 and at 06:45 UTC."""
    debtors.open(since=date(2026, 10, 11))
    debtors.operator.bill(date(2026, 10, 12))  # Due on 25 October.
    move_seller(debtors.operator, "America/New_York")
    night = Night(debtors.operator, datetime(2026, 10, 31, 12, 0, tzinfo=UTC))
    night.work(datetime(2026, 10, 31, 12, 0, tzinfo=UTC))
    assert debtors.steps() == {}

    for minutes in range(5 * 60, 8 * 60, 10):
        night.work(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes))

    taken = [fact for fact in debtors.facts() if isinstance(fact, DunningStepTaken)]
    assert [(fact.step, fact.effective_on) for fact in taken] == [("reminder", date(2026, 11, 1))]


def test_a_pause_ends_at_the_midnight_of_the_seller(debtors: Debtors):
    debtors.open()
    for on in (REMINDER, LAST, CUT):
        debtors.dun(on)
    debtors.operator.tell(PauseDunning(account=A, until=date(2026, 2, 12), reason="ill"), today=date(2026, 2, 10))
    debtors.let_happen(date(2026, 2, 10))
    move_seller(debtors.operator, "America/New_York")
    night = Night(debtors.operator, datetime(2026, 2, 12, 4, 30, tzinfo=UTC))  # 23:30 of the 11th.
    night.work(datetime(2026, 2, 12, 4, 50, tzinfo=UTC))
    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 10))]

    night.work(datetime(2026, 2, 12, 5, 1, tzinfo=UTC))

    assert debtors.pauses()[2:] == [("suspended", date(2026, 2, 12))]


def test_an_invoice_that_is_corrected_returns_the_service(debtors: Debtors):
    debtors.open()
    for on in (REMINDER, LAST, CUT):
        debtors.dun(on)
    january = WaiveCharge(account=A, charge="main/fee/2026-01-01/2026-02-01/0", reason="no service")
    debtors.operator.tell(january, today=date(2026, 2, 6))
    debtors.let_happen(date(2026, 2, 6))

    assert debtors.pauses() == [("suspended", CUT), ("returned", date(2026, 2, 6))]


def test_a_service_is_suspended_at_the_hours_of_the_policy_and_returns_at_any(debtors: Debtors):
    """In Vienna, one hour ahead of UTC: the step is taken in the night of Thursday, the service is cut at nine."""
    debtors.open(msgspec.structs.replace(POLICY, suspends_from="09:00", suspends_until="16:00"))
    for on in (REMINDER, LAST):
        debtors.dun(on)
    move_seller(debtors.operator, "Europe/Vienna")
    night = Night(debtors.operator, datetime(2026, 2, 4, 12, 0, tzinfo=UTC))

    night.work(datetime(2026, 2, 5, 1, 0, tzinfo=UTC))
    assert debtors.steps()["suspend"] == CUT
    assert debtors.pauses() == []
    night.work(datetime(2026, 2, 5, 7, 59, tzinfo=UTC))
    assert debtors.pauses() == []
    night.work(datetime(2026, 2, 5, 8, 1, tzinfo=UTC))
    assert debtors.pauses() == [("suspended", CUT)]

    invoice = min(debtors.operator.account(A).ledger.open_items)
    debtors.operator.tell(DisputeItem(account=A, invoice=invoice, reason="wrong"), today=date(2026, 2, 6))
    night.work(datetime(2026, 2, 6, 20, 0, tzinfo=UTC))  # In the evening it returns all the same.
    debtors.operator.tell(EndDispute(account=A, invoice=invoice, outcome="right"), today=date(2026, 2, 6))
    night.work(datetime(2026, 2, 6, 20, 30, tzinfo=UTC))
    night.work(datetime(2026, 2, 7, 7, 59, tzinfo=UTC))
    assert debtors.pauses()[1:] == [("returned", date(2026, 2, 6))]
    night.work(datetime(2026, 2, 7, 8, 1, tzinfo=UTC))
    assert debtors.pauses()[2:] == [("suspended", date(2026, 2, 7))]
    waits = [fact.until_at for fact in debtors.facts() if isinstance(fact, SuspensionPutOff)]
    assert waits == [datetime(2026, 2, 5, 8, tzinfo=UTC), datetime(2026, 2, 7, 8, tzinfo=UTC)]
