"""A ticket of a ready flow on a moving clock, and the ways in which what happens by itself happens."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adapters.bootstrap.automation import Automation
from adapters.files.flows import ready_flows
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import BillingError
from billing_core.services.subscriptions import Subscription
from billing_core.work.ticket_events import ActionDone, ActionOverruled, StepCompleted, TicketOpened
from billing_core.work.tickets import Ticket, apply_ticket
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command
from commands.platform.refusals import RefusedCommand
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket
from tests.commands.conftest import StartProcess
from tests.operators import Operator, application_on, eur
from tests.waiting import eventually

A, B, SERVICE = "A0001", "A0002", "main"
TICKETS = "SELECT DISTINCT originator_id FROM billing.events WHERE originator_id LIKE 'ticket/T%'"
Happens = Callable[["Story"], None]

# A worker that is killed at the writing of an action of a flow, after it has written some.
KILLED_WORKER = """
    import os, signal, sys
    from datetime import date
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.automation import Automation, automation_of
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.postgres.store import PostgresTransaction

    url, on, written = sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    write = PostgresTransaction.append_command

    def write_or_die(transaction, appends, origin, command):
        global written
        if command.name == "RunNextAction":
            if not written:
                os.kill(os.getpid(), signal.SIGKILL)
            written -= 1
        return write(transaction, appends, origin, command)

    PostgresTransaction.append_command = write_or_die
    application = Application(url)
    automation_of(application, SellerClock(application.store, application.tables, on)).do_what_is_due()
"""


class Story:
    """An operator with ready flows and the account A0001, which has the service `main` since January."""

    def __init__(self, operator: Operator, happens: Happens, *, publishes: bool = True) -> None:
        self.operator = operator
        self.today = date(2026, 3, 2)
        self.ticket = ""
        self._happens = happens
        for file in ready_flows() if publishes else ():
            operator.tell(PublishFlow(flow=file.flow), today=date(2026, 1, 1))

    # --- what people do

    def on(self, day: date) -> Story:
        """Go on to a day."""
        assert day >= self.today
        self.today = day
        self._happens(self)
        return self

    def tell(self, command: Command) -> Mapping[str, Any]:
        """Give a command, and let happen what follows."""
        result: Mapping[str, Any] = self.operator.tell(command, today=self.today).result
        self._happens(self)
        return result

    def wait(self, hours: int) -> None:
        """Let hours pass by the clock of this machine, which counts the time limits, and do what is due then."""
        self.operator.automation(now=lambda: datetime.now(UTC) + timedelta(hours=hours)).settle()

    def open(self, kind: str, account: str = A, **about: Any) -> str:
        """Open the ticket that the story is about."""
        found = self.tell(OpenTicket(kind=kind, subject=kind.capitalize(), account=account, source="phone", **about))
        self.ticket = str(found["ticket"])
        return self.ticket

    def complete(self, step: str, resolution: str, reason: str = "", ticket: str = "", **values: str) -> None:
        """Complete a step; with a reason it goes back."""
        number = ticket or self.ticket
        self.tell(CompleteStep(ticket=number, step=step, resolution=resolution, values=values, reason=reason))

    def cancel(self) -> None:
        self.tell(CloseTicket(ticket=self.ticket, reason="The customer thought better of it"))

    def pay(self, amount: str, reference: str = "P1", account: str = A) -> None:
        self.tell(ReceivePayment(account=account, source="bank", reference=reference, amount=eur(amount)))

    # --- what became of it

    def steps(self, ticket: str = "") -> list[str]:
        return [*self.ticket_now(ticket).steps]

    def outcome(self, ticket: str = "") -> str:
        """How it ended; empty while it is open."""
        return self.ticket_now(ticket).outcome

    def ticket_now(self, ticket: str = "") -> Ticket:
        found: Ticket | None = None
        for fact in self.operator.facts(f"ticket/{ticket or self.ticket}"):
            found = apply_ticket(found, fact)
        assert found is not None
        return found

    def service(self, code: str = SERVICE, account: str = A) -> Subscription:
        return self.operator.account(account).subscriptions[code]

    def state(self, code: str = SERVICE, account: str = A, on: date | None = None) -> str:
        """The state of a service on a day, today unless said; empty before and without one."""
        service = self.operator.account(account).subscriptions.get(code)
        day = on or self.today
        for segment in service.segments() if service else ():
            if segment.from_on <= day and (segment.to_on is None or day < segment.to_on):
                return segment.in_force.status
        return "ended" if service and service.activated_on <= day else ""

    def tariff(self, code: str = SERVICE, account: str = A, on: date | None = None) -> str:
        day = on or self.today
        return next(s.in_force.tariff for s in self.service(code, account).segments()
                    if s.from_on <= day and (s.to_on is None or day < s.to_on))  # fmt: skip

    def pending(self, account: str = A) -> list[str]:
        """The charges that wait for an invoice."""
        return [str(charge.amount.amount) for charge in self.operator.account(account).pending]

    def balance(self, account: str = A) -> str:
        return str(self.operator.account(account).ledger.balance.amount)

    def documents(self, account: str = A) -> list[tuple[str, str]]:
        """The days and totals of invoices and credit notes."""
        facts = self.operator.facts(f"account/{account}")
        return [(f"{fact.effective_on:%d %b}", str(fact.gross.amount)) for fact in facts
                if isinstance(fact, InvoiceIssued | CreditNoteIssued)]  # fmt: skip

    def done(self, ticket: str = "") -> list[str]:
        """The actions that were done, in order."""
        return [fact.name for fact in self.operator.facts(f"ticket/{ticket or self.ticket}")
                if isinstance(fact, ActionDone)]  # fmt: skip

    def actions_due(self) -> int:
        """How many actions wait for a worker, of the ticket with the most of them."""
        streams = self.operator.select(TICKETS)
        return max((len(self.ticket_now(stream.removeprefix("ticket/")).actions) for (stream,) in streams), default=0)

    def refused(self) -> list[str]:
        """The commands on the list of those that were refused."""
        return [listed.command for listed in self._refused()]

    def retry_refused(self) -> None:
        """A clerk retries all of them, and what follows happens."""
        worker = self.worker()
        for listed in self._refused():
            assert worker.retry(listed, "clerk") is None
        self._happens(self)

    def _refused(self) -> list[RefusedCommand]:
        refused = self.worker().refused
        return [*refused.listed("reaction"), *refused.listed("wake-up")]

    def worker(self) -> Automation:
        """What does the things that happen by themselves."""
        return self.operator.automation(self.today)

    def require_whole(self) -> None:
        """Every action that was due was done or overruled once, in order; and every invariant holds."""
        for (stream,) in self.operator.select(TICKETS):
            require_each_once(self.operator, stream.removeprefix("ticket/"))
        assert self.operator.findings() == []


def require_each_once(operator: Operator, ticket: str) -> None:
    """The actions that steps made due are those that were done or overruled, and those that are due still."""
    due: list[str] = []
    settled: list[str] = []
    now: Ticket | None = None
    for fact in operator.facts(f"ticket/{ticket}"):
        now = apply_ticket(now, fact)
        if isinstance(fact, TicketOpened | StepCompleted):
            due += fact.actions
        if isinstance(fact, ActionDone | ActionOverruled):
            settled.append(fact.action)
    assert now is not None
    assert [*settled, *now.actions] == due


# --- how it happens


def by_one_worker(story: Story) -> None:
    """One worker does what is due."""
    story.worker().do_what_is_due()


def by_two_workers(story: Story) -> None:
    """Two workers, each on connections of its own, begin at the same time."""
    if not story.actions_due():
        by_one_worker(story)
        return
    together = threading.Barrier(2)

    def work(_: int) -> None:
        with application_on(story.operator.database_url) as application:
            worker = Operator(application, story.operator.database_url).automation(story.today)
            together.wait(30)
            try:
                worker.do_what_is_due()
            except BillingError as error:
                refused.append(error)

    refused: list[BillingError] = []
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    assert len(refused) < 2, refused
    by_one_worker(story)


def _wait_until_forgotten(operator: Operator) -> None:
    """The server has noticed that the worker is gone, and gives up its locks."""
    eventually(lambda: not operator.select("SELECT FROM pg_locks WHERE locktype = 'advisory'"))


def by_killed_workers(start_process: StartProcess) -> Happens:
    """A worker is killed before the last of the actions that are due is written; another one goes on."""

    def happen(story: Story) -> None:
        due = story.actions_due()
        if due:
            killed = start_process(KILLED_WORKER, story.operator.database_url, f"{story.today}", f"{due - 1}")
            assert killed.wait(60) == -signal.SIGKILL
            _wait_until_forgotten(story.operator)
        by_one_worker(story)

    return happen
