"""The demo's tickets: an order of television, whose service comes with the step that says it works, and a fault.

The fault needs a technician: times that are free are proposed, and a visit is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import REACTIONS
from adapters.bootstrap.seller_clock import SellerClock
from adapters.demo.generated import SELLER
from adapters.files.flows import ready_flow, ready_flows
from billing_core.work.crews import Crew
from billing_core.work.proposals import Proposal
from billing_core.work.working_hours import WEEKDAYS, WorkingHours
from commands.onboarding import NewSubscriber
from commands.staff.operators import RegisterOperator
from commands.work.appointments import BookAppointment
from commands.work.crews import DefineCrew
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

KIND, SERVICE = "new-connection", "TV2"
FAULT, VISIT_MINUTES = "fault", 90
WORKING_DAY = ("08:00-12:00", "13:00-17:00")
TECHNICIAN = "technician"


class DemoStep(NamedTuple):
    """A step that is completed: its resolution, and the answers of its form."""

    step: str
    resolution: str
    values: Mapping[str, str]


def steps_of_order(on: date) -> Iterator[DemoStep]:
    """What the people who handle the order do, one after the other."""
    today = on.isoformat()
    yield DemoStep("survey", "surveyed", {"is_possible": "yes", "needs_line": "no"})
    contract = {"tariff": "cable-tv", "contract_signed_on": today, "fee": "12.00", "vat_rate": "21"}
    yield DemoStep("contract", "signed", contract)
    yield DemoStep("installation", "installed", {"cable": "18"})
    yield DemoStep("device", "handed-out", {"device": "Set-top box", "serial_number": "ZS-4417"})
    yield DemoStep("hand-over", "signed", {"protocol_signed_on": today})


def steps_of_fault() -> Iterator[DemoStep]:
    """What the support does before a technician goes there."""
    yield DemoStep("check", "noted", {"symptoms": "No picture since the morning", "is_known_outage": "no"})
    yield DemoStep("remote", "visit", {"cause": "No signal at the socket"})


class DemoTickets:
    """Tickets that go through the ready flows; what follows from a step happens by itself."""

    def __init__(self, app: Application, on: date) -> None:
        self._app = app
        self._on = on
        self._by_itself = Automation(app, REACTIONS, {}, (), clock=SellerClock(app.store, app.tables, on))
        self.title = ready_flow(KIND).flow.title

    def order(self, subscriber: NewSubscriber) -> str:
        """Publish the ready flows and take an order through one; its number."""
        self._by_itself.register()
        for file in ready_flows():
            self._give(PublishFlow(flow=file.flow))
        account, subject = subscriber.account.number, f"Television, {subscriber.customer.address.street}"
        opened = OpenTicket(kind=KIND, subject=subject, account=account, subscription=SERVICE, source="phone")
        return self._taken(opened, steps_of_order(self._on))

    def report_fault(self, subscriber: NewSubscriber) -> str:
        """A fault for which somebody must go there; its number."""
        subject = f"No picture, {subscriber.customer.address.street}"
        opened = OpenTicket(kind=FAULT, subject=subject, account=subscriber.account.number, source="phone")
        return self._taken(opened, steps_of_fault())

    def define_crew(self) -> Crew:
        """A crew of one technician, who works on five days."""
        self._give(RegisterOperator(operator=TECHNICIAN, name="Technician", roles=("technician",)))
        hours = WorkingHours(**dict.fromkeys(WEEKDAYS[:5], WORKING_DAY))
        crew = Crew(code="south", title="South", seller=SELLER.code, members=(TECHNICIAN,), hours=hours)
        self._give(DefineCrew(crew=crew))
        return crew

    def book(self, ticket: str, subscriber: NewSubscriber, time: Proposal) -> str:
        """A visit for a fault at a time that is free; the appointment's number."""
        street = subscriber.customer.address.street
        booked = BookAppointment(
            ticket=ticket, crew=time.crew, job_kind=FAULT, begins_at=time.time.begins_at, minutes=VISIT_MINUTES,
            address=street,
        )  # fmt: skip
        return str(self._give(booked)["appointment"])

    def _taken(self, opened: OpenTicket, steps: Iterable[DemoStep]) -> str:
        ticket = str(self._give(opened)["ticket"])
        for each in steps:
            self._give(CompleteStep(ticket=ticket, step=each.step, resolution=each.resolution, values=each.values))
            self._by_itself.settle()
        return ticket

    def _give(self, command: Command) -> dict[str, object]:
        return self._app.bus.execute(command, origin_of_process("demo", self._on)).result
