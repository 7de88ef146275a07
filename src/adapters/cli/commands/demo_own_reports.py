"""What people do with reports, in the demo's chapter on them: one is built, one scheduled, a month closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from adapters.bootstrap.application import Application
from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.cli.commands.demo_chapters import paragraph
from adapters.cli.progress import progress
from adapters.cli.show import tell
from adapters.demo.generated import SELLER
from adapters.jobs.reports.closing import CloseMonth, close_month
from adapters.texts.amounts import counted
from adapters.views.query import Query, Reading, queries
from adapters.views.reports.building import ShowSavedReport
from adapters.views.reports.closings import CompareClosedMonth
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from billing_core.reports.schedules import ReportSchedule
from billing_core.reports.trees import Condition, Figure, Group, ReportTree
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command
from commands.reports.saved import SaveReport
from commands.reports.schedules import ScheduleReport

NAME, MOST_DIFFERENCES = "own-income-by-quarter", 3
LATE = Money(Decimal("10.00"), "EUR")
TREE = ReportTree(
    view="income", groups=(Group(column="booked_on", by="quarter"), Group(column="currency")),
    figures=(Figure(kind="count"), Figure(kind="sum", column="amount")),
    conditions=(Condition(column="kind", values=("received",)),),
)  # fmt: skip
EVERY_MONTH = ReportSchedule(
    code="income", report="income-by-method", recipients=("owner@demo.example",), seller=SELLER.code, every="month",
    day=1, given={"from": "last-month-begin", "to": "month-begin"},
)  # fmt: skip


class DemoReports:
    """What is done with reports on the day after the year."""

    def __init__(self, app: Application, on: date) -> None:
        self._app, self._on = app, on

    def tell_all(self, account: str) -> None:
        """Build a report and schedule another one; close a month, into which a payment of the account comes late."""
        self._build()
        self._close(account)

    def _build(self) -> None:
        self._give(SaveReport(report=NAME, title="Income by quarter", subject="money", tree=TREE))
        self._give(ScheduleReport(schedule=EVERY_MONTH))
        self._app.runner.catch_up()
        built = self._ask(ShowSavedReport(report=NAME))
        tell("")
        paragraph(f"A report that somebody built without SQL, {NAME}: {built.explained}")
        paragraph(f"{EVERY_MONTH.report} goes to {EVERY_MONTH.recipients[0]} on the first of each month, once there is "
                  "a mail server: billing ask list-report-schedules")  # fmt: skip

    def _close(self, account: str) -> None:
        last_on = (self._on - ONE_DAY).replace(day=1) - ONE_DAY
        month = f"{last_on:%Y-%m}"
        origin = origin_of_process("demo", self._on)
        work = Work(self._app, origin, partial(progress, closing_line=False), origin.recorded_at)
        closed = close_month(CloseMonth(seller=SELLER.code, month=month), work)
        self._give(ReceivePayment(account=account, source="desk", reference="late", amount=LATE, received_on=last_on,
                                  method="cash"))  # fmt: skip
        self._app.runner.catch_up()
        compared = self._ask(CompareClosedMonth(seller=SELLER.code, month=month))
        found = [(each.report, each.differences[0]) for each in compared.reports if each.differences]
        paragraph(f"{counted(len(closed.reports), 'report')} of {month} are frozen. A payment of that month comes in "
                  f"late; `billing closings show {month}` says what differs since, such as")  # fmt: skip
        for report, one in found[:MOST_DIFFERENCES]:
            tell(f"  {report}: {one.column} was {one.frozen}, is {one.now} {one.currency}".rstrip())

    def _give(self, command: Command) -> None:
        self._app.execute(command, origin_of_process("demo", self._on))

    def _ask(self, query: Query) -> Any:
        return queries()[type(query)](query, Reading(self._app, self._app.queries, self._on))
