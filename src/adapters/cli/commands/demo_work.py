"""The chapters of the demo about what people do: an order, a fault that needs a visit, a contract that is signed."""

from __future__ import annotations

from datetime import date

from adapters.cli.commands.demo_chapters import Chapters, paragraph
from adapters.cli.show import tell, tell_wrapped
from adapters.demo.contracts import DemoContract
from adapters.demo.work import FAULT, SERVICE, VISIT_MINUTES, DemoTickets
from adapters.texts.sentences import sentence


class WorkChapters(Chapters):
    """How work goes from step to step, and what is agreed with a customer."""

    _visit_on: date

    def _order(self) -> None:
        self._heading("An order goes from step to step")
        tickets = DemoTickets(self._app, self._year.ends_on)
        subscriber = self._year.another()
        paragraph(
            f"{subscriber.customer.name} orders television by phone. A ticket goes by the ready flow "
            f"{tickets.title!r}: each step has its form, and only a completed step changes a service. What follows "
            "from one is done by itself, once, and stands in the ticket's history:"
        )
        self._tell(f"ticket/{tickets.order(subscriber)}")
        bill = self._year.newest_document(subscriber)
        tell(f"\nThe first bill of the service is invoice {bill.number}, {bill.gross}, due on {bill.due_on}.")

    def _fault(self) -> None:
        self._heading("A fault needs a visit")
        tickets = DemoTickets(self._app, self._year.ends_on)
        subscriber, crew = self._year.chosen(), tickets.define_crew()
        paragraph(
            f"{subscriber.customer.name} has no picture, and the support cannot mend it from afar. Times for a visit "
            f"are proposed at which crew {crew.title!r} is at work and free; on a public holiday it is not at work:"
        )
        ticket = tickets.report_fault(subscriber)
        self._tell(f"ticket/{ticket}")
        self._app.runner.catch_up()
        words = f"find-free-times job_kind={FAULT} minutes={VISIT_MINUTES} from={self._year.ends_on}"
        proposals = self._answer(self._year.ends_on, words).proposals
        for each in proposals[:3]:
            tell(f"  {each.crew}  {each.time.begins_at:%A %Y-%m-%d %H:%M}")
        self._visit_on = proposals[0].on
        appointment = tickets.book(ticket, subscriber, proposals[0])
        tell()
        self._tell(f"appointment/{appointment}")

    def _tell(self, stream: str) -> None:
        for entry in self._app.queries.entries_of(stream):
            tell_wrapped(f"{stream.partition('/')[2]}  {sentence(entry.event)}", 0, 5)

    def _contract(self) -> None:
        self._heading("A contract is signed")
        subscriber = self._year.another()
        contract = DemoContract(self._app, self._year.ends_on, subscriber, SERVICE)
        paragraph(
            f"{subscriber.customer.name} signs for the television. A contract is printed by a template, which is text "
            "with placeholders; seller, customer, services and prices stay on it as they were. An annex changes it:"
        )
        number = contract.sign()
        for entry in self._app.queries.entries_of(f"contract/{number}"):
            tell_wrapped(f"{number}  {sentence(entry.event)}", 0, 12)
        tell()
        for path, what in contract.write(number, self._documents_folder):
            tell(f"{path}  {what}")
