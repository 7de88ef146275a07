"""The demo's tickets: a customer orders television, and the service comes with the step that says it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import REACTIONS
from adapters.bootstrap.seller_clock import SellerClock
from adapters.files.flows import ready_flow, ready_flows
from commands.onboarding import NewSubscriber
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

KIND, SERVICE = "new-connection", "TV2"


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


class DemoOrder:
    """An order as a ticket, from its opening to its end."""

    def __init__(self, app: Application, on: date) -> None:
        self._app = app
        self._on = on
        self._by_itself = Automation(app, REACTIONS, {}, (), clock=SellerClock(app.store, app.tables, on))
        self.title = ready_flow(KIND).flow.title

    def open(self, subscriber: NewSubscriber) -> str:
        """Publish the ready flows and open a ticket of one; its number."""
        self._by_itself.register()
        for file in ready_flows():
            self._give(PublishFlow(flow=file.flow))
        account, subject = subscriber.account.number, f"Television, {subscriber.customer.address.street}"
        opened = OpenTicket(kind=KIND, subject=subject, account=account, subscription=SERVICE, source="phone")
        return str(self._give(opened)["ticket"])

    def go_through(self, ticket: str) -> None:
        """Complete every step; what follows from one happens by itself before the next."""
        for each in steps_of_order(self._on):
            self._give(CompleteStep(ticket=ticket, step=each.step, resolution=each.resolution, values=each.values))
            self._by_itself.settle()

    def _give(self, command: Command) -> dict[str, object]:
        return self._app.bus.execute(command, origin_of_process("demo", self._on)).result
