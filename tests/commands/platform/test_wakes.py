"""Wake-ups: a deadline that has come is handed to its area once, whatever the clock does."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from adapters.bootstrap.automation import Automation, automation_of
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import PROJECTIONS
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries
from billing_core.parties.sellers import Seller
from billing_core.services.holds import HOLD_END
from commands.billing.account import BillAccount, ChargeOnce
from commands.parties import RegisterSeller
from commands.platform.bus import Command
from commands.platform.wakes import WakeUp
from commands.services import HoldSubscription, ResumeSubscription
from projections.platform.rebuild import rebuild
from tests.commands.conftest import StartProcess
from tests.operators import Operator, application_on

FEBRUARY = date(2036, 2, 1)
TEN_DAYS = timedelta(days=10)


class Diary:
    """Notes what it is woken for, and charges a fee for it."""

    def __init__(self) -> None:
        self.woken: list[WakeUp] = []

    def __call__(self, wake_up: WakeUp) -> Command:
        self.woken.append(wake_up)
        return ChargeOnce(
            account=wake_up.number, description="Woken", amount=Decimal(1), vat_rate=Decimal(20), on=wake_up.on
        )


def automation(operator: Operator, on: date, handler: Any, kind: str = HOLD_END) -> Automation:
    application = operator.application
    clock = SellerClock(application.store, application.tables, on)
    return Automation(application, (), {kind: handler}, (), clock=clock)


def hold(operator: Operator, until: date, account: str = "A0001", subscription: str = "main") -> None:
    """A hold of ten days that is recorded before its end, and so has a deadline."""
    command = HoldSubscription(account=account, subscription=subscription, on=until - TEN_DAYS, until=until)
    operator.tell(command, today=until - TEN_DAYS)


def deadlines(operator: Operator) -> list[tuple[Any, ...]]:
    operator.application.runner.catch_up()
    return operator.select("SELECT stream, subject, due_on FROM live.deadlines ORDER BY 3, 1, 2")


def fees(operator: Operator) -> int:
    statement = "SELECT count(*) FROM billing.events WHERE topic = 'charges-posted/1' AND metadata LIKE '%wake-up%'"
    ((found,),) = operator.select(statement)
    return int(found)


def test_a_deadline_wakes_its_area_once_on_its_day(operator: Operator):
    operator.subscriber()
    hold(operator, FEBRUARY)
    diary = Diary()

    automation(operator, FEBRUARY - timedelta(days=1), diary).settle()
    assert diary.woken == []
    automation(operator, FEBRUARY, diary).settle()
    automation(operator, FEBRUARY, diary).settle()

    assert diary.woken == [WakeUp(FEBRUARY, "account/A0001", HOLD_END, "main 2036-02-01")]
    assert fees(operator) == 1
    ((metadata,),) = operator.select("SELECT metadata::jsonb FROM billing.events ORDER BY position DESC LIMIT 1")
    assert (metadata["actor"], metadata["channel"]) == ("wake-up hold-end", "wake-up")


def test_a_clock_that_jumps_ahead_and_goes_back_wakes_once_in_order_of_day(operator: Operator):
    operator.subscribers(3)
    for number, until in (("A0001", date(2036, 2, 3)), ("A0002", date(2036, 2, 1)), ("A0003", date(2036, 3, 1))):
        hold(operator, until, number)
    diary = Diary()

    for on in (date(2036, 2, 9), date(2036, 1, 1), date(2036, 2, 2), date(2036, 2, 9), date(2036, 3, 1)):
        automation(operator, on, diary).settle()

    woken = [(wake_up.number, wake_up.on) for wake_up in diary.woken]
    assert woken == [("A0002", date(2036, 2, 1)), ("A0001", date(2036, 2, 3)), ("A0003", date(2036, 3, 1))]
    assert fees(operator) == 3


def test_a_clock_that_stands_wakes_for_what_is_recorded_late(operator: Operator):
    operator.subscriber()
    diary = Diary()
    made = automation(operator, FEBRUARY, diary)
    made.settle()
    hold(operator, FEBRUARY)

    made.settle()
    made.settle()

    assert len(diary.woken) == fees(operator) == 1


def test_a_deadline_that_is_taken_back_or_moved_before_its_day_wakes_nobody(operator: Operator):
    operator.subscriber()
    hold(operator, FEBRUARY)
    hold(operator, date(2036, 6, 1))
    assert deadlines(operator) == [
        ("account/A0001", "main 2036-02-01", FEBRUARY),
        ("account/A0001", "main 2036-06-01", date(2036, 6, 1)),
    ]
    early = FEBRUARY - timedelta(days=2)
    operator.tell(ResumeSubscription(account="A0001", subscription="main", on=early), today=early)
    diary = Diary()

    automation(operator, date(2036, 5, 1), diary).settle()

    assert [wake_up.on for wake_up in diary.woken] == [early]  # Recorded in this test before that day came.


def test_a_refused_command_is_listed_and_retried(operator: Operator):
    operator.subscribers(2)
    hold(operator, FEBRUARY)
    hold(operator, FEBRUARY, "A0002")

    def refused(wake_up: WakeUp) -> Command:
        command = Diary()(wake_up)
        return msgspec.structs.replace(command, account="A9") if wake_up.number == "A0001" else command

    made = automation(operator, FEBRUARY, refused)
    made.settle()
    made.settle()

    (listed,) = made.refused.listed("wake-up")
    assert (listed.cause.due_on, listed.cause.stream, listed.attempts) == (FEBRUARY, "account/A0001", 1)
    assert (listed.code, fees(operator)) == ("not-found", 1)
    mended = automation(operator, FEBRUARY, Diary())
    assert mended.wake_ups.retry(listed, "clerk", mended.refused) is None
    assert (fees(operator), made.refused.listed("wake-up")) == (2, [])


def test_a_fault_of_a_handler_is_listed_with_its_deadline_and_the_others_are_handed(operator: Operator):
    operator.subscribers(2)
    hold(operator, FEBRUARY)
    hold(operator, FEBRUARY, "A0002")

    def poisoned(wake_up: WakeUp) -> Command:
        if wake_up.number == "A0001":
            raise KeyError("what is this?")
        return Diary()(wake_up)

    made = automation(operator, FEBRUARY, poisoned)
    made.settle()
    made.settle()

    (listed,) = made.refused.listed("wake-up")
    assert (listed.cause.stream, listed.code, listed.command) == ("account/A0001", "fault", "")
    assert (listed.reason, fees(operator)) == ("KeyError: 'what is this?'", 1)


def test_a_handler_added_late_is_handed_the_deadlines_that_came_before_once(operator: Operator):
    operator.subscriber()
    hold(operator, FEBRUARY)
    diary = Diary()
    automation(operator, FEBRUARY, diary, kind="another-kind").settle()
    assert diary.woken == []

    automation(operator, FEBRUARY + TEN_DAYS, diary).settle()
    automation(operator, FEBRUARY + TEN_DAYS, diary).settle()

    assert ([wake_up.on for wake_up in diary.woken], fees(operator)) == ([FEBRUARY], 1)


KILLED_AT = """
    import os, signal, sys
    from datetime import date
    from unittest.mock import patch
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.automation import Automation
    from adapters.bootstrap.seller_clock import SellerClock
    from tests.commands.platform.test_wakes import FEBRUARY, HOLD_END, Diary

    application = Application(sys.argv[1])
    clock = SellerClock(application.store, application.tables, FEBRUARY)
    with patch("adapters.postgres.wake_ups.note_refusals", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
        Automation(application, (), {HOLD_END: Diary()}, (), clock=clock).settle()
"""


def test_a_process_that_is_killed_before_it_noted_what_it_handed_over_applies_it_once(
    operator: Operator, start_process: StartProcess
):
    operator.subscriber()
    hold(operator, FEBRUARY)
    killed = start_process(KILLED_AT, operator.database_url)
    assert killed.wait(60) == -signal.SIGKILL
    assert (fees(operator), operator.select("TABLE billing.wake_ups")) == (1, [])

    made = automation(operator, FEBRUARY, Diary())
    made.settle()

    assert (fees(operator), len(operator.select("TABLE billing.wake_ups"))) == (1, 1)
    assert made.refused.listed("wake-up") == []


def test_two_who_wake_at_once_apply_every_command_once(operator: Operator):
    numbers = operator.subscribers(10)
    for number in numbers:
        hold(operator, FEBRUARY, number)
    diary = Diary()
    operator.application.runner.catch_up()

    def wake(_: int) -> None:
        with application_on(operator.database_url) as application:
            clock = SellerClock(application.store, application.tables, FEBRUARY)
            Automation(application, (), {HOLD_END: diary}, (), clock=clock).wake_ups.advance()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(wake, range(3)))
    automation(operator, FEBRUARY, diary).settle()

    assert fees(operator) == 10


def test_a_rebuild_wakes_nobody(operator: Operator):
    operator.subscriber()
    hold(operator, FEBRUARY)
    diary = Diary()
    made = automation(operator, FEBRUARY, diary)
    made.settle()

    rebuild(operator.application.log, operator.application.tables, PROJECTIONS, PROJECTIONS)
    made.settle()

    assert len(diary.woken) == 1


def test_each_seller_has_a_today_of_its_own(operator: Operator):
    """It is 1 February 01:30 in Riga, and still 31 January in Chicago."""
    for code, zone, first in (("east", "Europe/Riga", 2), ("west", "America/Chicago", 6)):
        series: Any = {
            kind: NumberSeries(prefix=str(first + place), width=9)
            for place, kind in enumerate(("invoice", "credit-note"))
        }
        seller = RegisterSeller(seller=Seller(code=code, name=code, address=Address(), time_zone=zone, series=series))
        operator.tell(seller, today=date(2020, 1, 1))
    operator.subscriber("W1", seller="west")
    operator.subscriber("E1", seller="east")
    for number in ("W1", "E1"):
        hold(operator, FEBRUARY, number)
    diary = Diary()
    application = operator.application
    now = [datetime(2036, 1, 31, 23, 30, tzinfo=UTC)]
    clock = SellerClock(application.store, application.tables, now=lambda: now[0])
    made = Automation(application, (), {HOLD_END: diary}, (), clock=clock)

    made.settle()
    assert [wake_up.number for wake_up in diary.woken] == ["E1"]
    now[0] += timedelta(hours=7)
    made.settle()
    assert [wake_up.number for wake_up in diary.woken] == ["E1", "W1"]


def test_a_hold_that_ends_tomorrow_west_of_utc_has_its_deadline(operator: Operator):
    """Recorded at 20:00 of 9 May in Chicago, which is 01:00 of 10 May in UTC."""
    operator.subscriber()
    ninth, tenth = date(2036, 5, 9), date(2036, 5, 10)
    operator.tell(HoldSubscription(account="A0001", subscription="main", on=date(2036, 5, 1)), today=date(2036, 5, 1))
    in_the_evening = origin_of_process("clerk", ninth)._replace(recorded_at=datetime(2036, 5, 10, 1, tzinfo=UTC))

    resumed = ResumeSubscription(account="A0001", subscription="main", on=tenth)
    operator.application.bus.execute(resumed, in_the_evening)

    assert deadlines(operator) == [("account/A0001", "main 2036-05-10", tenth)]


def test_the_end_of_a_hold_bills_the_account_on_its_day(operator: Operator):
    """Held over February and March: on 1 April the account is billed, though no run was started."""
    operator.subscriber(since=date(2036, 1, 1))
    operator.bill(date(2036, 1, 2))
    until = date(2036, 4, 1)
    held = HoldSubscription(account="A0001", subscription="main", on=date(2036, 2, 1), until=until)
    operator.tell(held, today=date(2036, 1, 20))
    application = operator.application
    clock = SellerClock(application.store, application.tables, until)

    automation_of(application, clock).settle()

    (invoice,) = operator.select("SELECT gross, issued_on FROM live.documents WHERE issued_on > '2036-01-31'")
    assert invoice == (Decimal("24.00"), until)


def test_the_end_of_a_hold_that_is_taken_up_late_is_billed_with_the_date_of_that_day(operator: Operator):
    """The seller has a document of 2 April by then."""
    operator.subscriber(since=date(2036, 1, 1))
    operator.bill(date(2036, 1, 2))
    held = HoldSubscription(account="A0001", subscription="main", on=date(2036, 2, 1), until=date(2036, 4, 1))
    operator.tell(held, today=date(2036, 1, 20))
    operator.subscriber("A0002", since=date(2036, 4, 2))
    operator.tell(BillAccount(account="A0002"), today=date(2036, 4, 2))
    application, late = operator.application, date(2036, 4, 3)

    automation_of(application, SellerClock(application.store, application.tables, late)).settle()

    (invoice,) = operator.select("SELECT gross, issued_on FROM live.documents WHERE account = 'A0001' OFFSET 1")
    assert invoice == (Decimal("24.00"), late)
