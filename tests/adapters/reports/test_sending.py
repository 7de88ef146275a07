"""Scheduled reports through a real mail server: each once, with the last good file if one fails, whatever crashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
import trustme

from adapters.bootstrap.automation import Automation, automation_of
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.seller_clock import SellerClock
from adapters.views.reports import sending
from billing_core.dealers import Dealer
from billing_core.kernel.errors import InvalidValue
from billing_core.reports.schedules import (
    KnownSchedule,
    ReportSchedule,
    ReportScheduled,
    ReportScheduleEnded,
    ScheduledReportMade,
    ScheduledReportNotMade,
    ScheduledReportSent,
)
from billing_core.staff.roles import Role
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command
from commands.reports.schedules import EndReportSchedule, ScheduleReport
from commands.staff.operators import CloseOperator, DefineRole, RegisterOperator
from projections.reports.schedules import report_schedules_after
from tests.counterparts.smtp import Arrived, SmtpCounterpart, smtp_server
from tests.operators import Operator, eur

OWNER, BOSS = "owner@isp.test", "boss@isp.test"
SINCE = {"from": "2026-01-01"}


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpCounterpart]:
    with smtp_server(trustme.CA(), is_encrypted=False) as server:
        for name, value in {"MAIL_FROM": "books@isp.test", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port),
                            "SMTP_SECURITY": "none"}.items():  # fmt: skip
            monkeypatch.setenv(f"BILLING_{name}", value)
        yield server


class House:
    """An operator with payments, on a clock that can be moved on."""

    def __init__(self, operator: Operator, smtp: SmtpCounterpart) -> None:
        self.operator = operator
        self.smtp = smtp
        self.later = timedelta(0)
        self.automation()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def automation(self) -> Automation:
        application = self.operator.application
        made = automation_of(application, SellerClock(application.store, application.tables, now=self.now))
        made.register()
        return made

    def schedule(self, **terms: Any) -> None:
        self.operator.tell(ScheduleReport(schedule=schedule(**terms)))

    def next_day(self) -> None:
        """The next instant on which it is due has just passed, a day later if it is over, and what is due happens."""
        due_at = self.known().next_at
        self.later = due_at - datetime.now(UTC) if due_at else self.later + timedelta(days=1)
        self.later += timedelta(minutes=1)
        self.automation().settle()

    def facts(self, *kinds: type) -> list[Any]:
        return [fact for fact in self.operator.facts("report-schedule/income") if isinstance(fact, kinds)]

    def known(self) -> KnownSchedule:
        (known,) = self.operator.ask(report_schedules_after, "", "", 9)
        assert isinstance(known, KnownSchedule)
        return known

    @property
    def arrived(self) -> list[Arrived]:
        return self.smtp.arrived


def schedule(**terms: Any) -> ReportSchedule:
    usual = {"code": "income", "report": "income-entries", "recipients": (OWNER,), "seller": "north", "given": SINCE}
    return ReportSchedule(**(usual | terms))


def rows(arrived: Arrived) -> list[str]:
    (file,) = arrived.mail.iter_attachments()
    content = file.get_content()
    frame = pd.read_excel(BytesIO(content)) if str(file.get_filename()).endswith("xlsx") else None
    assert frame is not None
    return [account for account in frame["Account"] if isinstance(account, str)]


@pytest.fixture
def house(operator: Operator, smtp: SmtpCounterpart) -> House:
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.subscribers(2)
    operator.tell(AssignCustomer(customer="A0001", dealer="east"))
    for account in ("A0001", "A0002"):
        operator.tell(ReceivePayment(account=account, source="desk", reference=account, amount=eur("5.00"),
                                     received_on=date(2026, 6, 1), method="cash"))  # fmt: skip
    return House(operator, smtp)


def test_a_report_is_sent_once_on_each_of_its_days(house: House):
    house.schedule(recipients=(OWNER, BOSS))
    house.automation().settle()
    assert house.arrived == []

    house.next_day()
    house.automation().settle()
    assert [mail.receiver for mail in house.arrived] == [OWNER, BOSS]
    assert [rows(mail) for mail in house.arrived] == [["A0001", "A0002"]] * 2
    assert "income-entries" in house.arrived[0]["Subject"] and "from: 2026-01-01" in house.arrived[0].text
    assert house.arrived[0]["Auto-Submitted"] == "auto-generated"

    house.next_day()
    assert len(house.arrived) == 4
    assert len({mail["Message-ID"] for mail in house.arrived}) == 4
    assert house.known().last is not None


def test_the_last_good_one_is_sent_if_one_fails_and_the_check_says_so(house: House):
    house.schedule()
    house.next_day()
    first = house.known().due_on
    house.operator.execute("ALTER TABLE live.income RENAME TO gone")
    house.later += timedelta(days=1)
    house.automation().settle()
    house.operator.execute("ALTER TABLE live.gone RENAME TO income")

    failed = house.arrived[1]
    assert rows(failed) == ["A0001", "A0002"]
    assert "could not be made" in failed["Subject"]
    assert f"the last one that could be made, of {first}" in failed.text
    (fact,) = house.facts(ScheduledReportNotMade)
    assert fact.reason
    (finding,) = house.operator.findings()
    assert finding.invariant.startswith("every scheduled report") and fact.reason in finding.offenders[0]

    house.next_day()
    assert "could not" not in house.arrived[2]["Subject"]
    assert house.operator.findings() == []


def test_the_first_one_that_fails_is_said_without_a_file(house: House):
    house.schedule(given={"from": "some-day"})
    house.next_day()
    (mail,) = house.arrived
    assert "must be a day such as" in mail.text and "nothing is attached" in mail.text
    assert list(mail.mail.iter_attachments()) == []


def test_a_report_that_is_unknown_or_is_not_asked_for_something_is_refused_at_once(house: House):
    for terms, said in (({"report": "no-such-report"}, "is no report"), ({"report": "own-gone"}, "is no report"),
                        ({"given": {"form": "2026-01-01"}}, "it knows from, to")):  # fmt: skip
        with pytest.raises(InvalidValue, match=said):
            house.schedule(**terms)
    assert house.facts(ReportScheduled) == []


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("at", ["made", OWNER, BOSS])
def test_a_process_that_dies_before_it_notes_something_repeats_only_that(
    at: str, house: House, monkeypatch: pytest.MonkeyPatch
):
    house.schedule(recipients=(OWNER, BOSS))
    house.later += timedelta(days=1)
    give = sending._give

    def die(sender: Any, delivery: Any, command: Command, step: str) -> None:
        if step == at:
            raise Killed
        give(sender, delivery, command, step)

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_give", die)
        with pytest.raises(Killed):
            house.automation().settle()
    house.automation().settle()

    assert len(house.facts(ScheduledReportMade)) == 1
    assert [fact.recipient for fact in house.facts(ScheduledReportSent)] == [OWNER, BOSS]
    received = [(mail.receiver, mail["Message-ID"]) for mail in house.arrived]
    assert len(set(received)) == 2  # Who got a mail twice knows it by its id.
    assert len(received) == (2 if at == "made" else 3)


def test_a_mail_that_the_server_does_not_take_is_tried_again_with_the_same_file(house: House):
    house.schedule()
    house.smtp.answer = "451 4.3.0 later"
    house.next_day()
    assert house.arrived == []
    house.smtp.answer = "250 OK"
    house.later += timedelta(hours=1)
    house.automation().settle()
    assert [mail.receiver for mail in house.arrived] == [OWNER]
    assert len(house.facts(ScheduledReportMade)) == 1


def test_a_refused_recipient_is_a_dead_letter_and_the_others_get_theirs(house: House):
    house.schedule(recipients=(OWNER, BOSS))
    house.smtp.refused_receivers[OWNER] = "550 5.1.1 unknown"
    house.next_day()
    assert [mail.receiver for mail in house.arrived] == [BOSS]
    (dead,) = house.automation().deliveries.listed(sending.NAME)
    assert dead.state == "dead" and OWNER in dead.delivery.error
    assert dead.delivery.next_try_at is None
    assert OWNER in dead.delivery.error and "550" in dead.delivery.error
    assert [fact.recipient for fact in house.facts(ScheduledReportSent)] == [BOSS]


def test_an_ended_schedule_sends_nothing(house: House):
    house.schedule()
    house.operator.tell(EndReportSchedule(code="income", reason="unread"))
    house.next_day()
    assert house.arrived == []


def as_operator(house: House, code: str, dealer: str, command: Command) -> None:
    origin = origin_of_process(code)._replace(is_signed_in=True, dealer=dealer)
    house.operator.application.bus.execute(command, origin)


@pytest.fixture
def eva(house: House) -> House:
    """Of dealer `east`, with a role that may schedule and ask reports about money."""
    permits = ("reports.change.schedule-report", "reports.read.*")
    house.operator.tell(DefineRole(role="seller", permits=Role(permissions=permits)))
    house.operator.tell(RegisterOperator(operator="eva", name="Eva", roles=("seller",), dealer="east"))
    as_operator(house, "eva", "east", ScheduleReport(schedule=schedule()))
    return house


def test_an_operator_of_a_dealer_is_sent_rows_of_the_dealers_own_customers(eva: House):
    eva.next_day()
    (mail,) = eva.arrived
    assert rows(mail) == ["A0001"]


def test_rights_are_those_of_the_day(eva: House):
    eva.operator.tell(DefineRole(role="seller", permits=Role(permissions=("reports.change.schedule-report",))))
    eva.next_day()
    (mail,) = eva.arrived
    assert "none that you may see" in mail.text
    assert list(mail.mail.iter_attachments()) == []


def test_the_schedules_of_a_closed_operator_end(eva: House):
    eva.operator.tell(CloseOperator(operator="eva", reason="left"))
    eva.next_day()
    assert eva.arrived == []
    (ended,) = eva.facts(ReportScheduleEnded)
    assert "eva" in ended.reason and "closed" in ended.reason
    eva.next_day()
    assert eva.arrived == [] and eva.operator.findings() == []
