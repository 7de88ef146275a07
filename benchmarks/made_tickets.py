"""Made-up tickets: the flow of a repair, and any number of them that ended, written as a command writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from billing_core.work.fields import Field
from billing_core.work.flows import END, Flow, Move, Step
from billing_core.work.ticket_events import About, CommentAdded, StepCompleted, TicketClosed, TicketOpened
from commands.platform.ports import Append
from commands.work.steps import CompleteStep
from commands.work.streams import ticket_stream

QUEUES = tuple(f"queue-{number}" for number in range(20))
REPAIR = Flow(
    kind="repair",
    title="Repair",
    queue="queue-0",
    about=("account",),
    fields=(Field(code="power", title="Optical power, dBm", kind="number"), Field(code="cause", title="Cause")),
    steps=(
        Step(code="look", form=("power",), moves=(Move(to="mend", resolution="found"),)),
        Step(code="mend", form=("cause",), moves=(
            Move(to=END, resolution="done"), Move(to="look", resolution="again", is_back=True),
        )),
    ),
)  # fmt: skip
FOUNDED_AT = datetime(2020, 1, 1, tzinfo=UTC)
CHUNK = 2_000
EVENTS_OF_ENDED = 4


def next_step(ticket: str, turn: int) -> CompleteStep:
    """What comes after so many steps of a ticket: forward, back, forward and so on."""
    if turn % 2 == 0:
        return CompleteStep(ticket=ticket, step="look", resolution="found", values={"power": "-19.5"})
    back = {"cause": "the splitter, perhaps"}
    return CompleteStep(ticket=ticket, step="mend", resolution="again", values=back, reason="still dark")


def ended(number: int, account: str) -> Append:
    """The whole history of a ticket that was looked at, answered and closed within a day or two."""
    on = (FOUNDED_AT + timedelta(days=number % 2_000)).date()
    about, queue = About(account=account, address=f"house-{number % 5_000}"), QUEUES[number % len(QUEUES)]
    opened = TicketOpened(
        effective_on=on, kind=REPAIR.kind, flow_version=1, subject=f"No light since this morning {number}",
        customer=account, about=about, queue=queue, steps=("look",),
    )  # fmt: skip
    moved = StepCompleted(
        effective_on=on, customer=account, step="look", resolution="found", values={"power": "-19.5"}, steps=("mend",)
    )
    said = CommentAdded(effective_on=on, customer=account, text="It works again.", audience="customer")
    closed = TicketClosed(effective_on=on, customer=account, outcome="completed", reason="mended")
    return Append(ticket_stream(f"T-{number}"), 0, [opened, moved, said, closed])


def write_ended(application: Application, tickets: int, accounts: int) -> Iterator[int]:
    """Write so many tickets that ended, numbered before all others; yields how many there are after each chunk."""
    origin = origin_of_process("benchmark")._replace(recorded_at=FOUNDED_AT)
    for first in range(1, tickets + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, tickets + 1))
        appends = [ended(number, f"{number % accounts:08}") for number in numbers]
        with application.store.transaction() as transaction:
            transaction.append(appends, [], origin)
        yield numbers[-1]
