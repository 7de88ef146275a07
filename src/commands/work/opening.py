"""Open a ticket: by hand, by mail, by an event, or as a child of another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from billing_core.custom_fields import new_values
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.work.flows import Flow, flow_in_force
from billing_core.work.moves import answers, queue_at
from billing_core.work.service_levels import Priority
from billing_core.work.ticket_changes import require_about, require_open, require_words
from billing_core.work.ticket_events import About, ChildOpened, Source, TicketAssigned, TicketOpened
from billing_core.work.tickets import Ticket, apply_ticket
from commands.accounts import load_account
from commands.custom_fields import load_fields
from commands.parties import require_customer_known
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction
from commands.work.due import ticket_due
from commands.work.facts import outside_facts
from commands.work.flows import load_flows
from commands.work.progress import OpenedTicket, begun, passed_on
from commands.work.streams import load_ticket, ticket_stream

# --- commands


class OpenTicket(Command, frozen=True, kw_only=True):
    """Open a ticket of a kind; its flow, as it is published now, says by which steps it goes.

    It is about a customer, an account, a subscription of it, and other things that are named by their codes. `values`
    are answers that are known already, by the codes of fields, `custom_fields` those of the fields that the house
    defines for tickets. Queue and priority are those of the flow unless others are named. The answer says its number.
    """

    kind: str
    subject: str
    customer: str = ""
    account: str = ""
    subscription: str = ""
    address: str = ""
    device: str = ""
    node: str = ""
    product: str = ""
    document: str = ""
    source: Source = "page"
    priority: Priority | None = None
    queue: str = ""
    assignee: str = ""
    due_at: datetime | None = None
    parent: str = ""
    values: Mapping[str, str] = {}
    custom_fields: Mapping[str, str] = {}


# --- handlers


class Wanted(NamedTuple):
    """A ticket that is to be opened, and the account and customer it is about were looked up."""

    kind: str
    subject: str
    customer: str
    about: About
    source: Source
    values: Mapping[str, str] = {}
    priority: Priority | None = None
    queue: str = ""
    due_at: datetime | None = None
    parent: str = ""
    cause: str = ""
    custom_fields: Mapping[str, str] = {}


def handle_open_ticket(command: OpenTicket, transaction: Transaction, origin: Origin) -> Decision:
    about = About(
        account=command.account, subscription=command.subscription, address=command.address, device=command.device,
        node=command.node, product=command.product, document=command.document,
    )  # fmt: skip
    wanted = Wanted(
        command.kind, require_words("subject", command.subject), command.customer, about, command.source,
        command.values, command.priority, command.queue, command.due_at, command.parent,
    )  # fmt: skip
    fields = new_values(load_fields(transaction, "ticket"), [command.kind], command.custom_fields)
    number, events = opened(wanted._replace(custom_fields=fields), transaction, origin)
    if command.assignee:
        queue = first_queue(events)
        events.append(TicketAssigned(effective_on=origin.today, queue=queue, assignee=command.assignee))
    appends = [Append(ticket_stream(number), 0, events)]
    if command.parent:
        parent, version = load_ticket(transaction, command.parent)
        require_open(parent, command.parent)
        child = ChildOpened(effective_on=origin.today, child=number)
        appends.append(Append(ticket_stream(command.parent), version, [child]))
    return Decision(tuple(appends), {"ticket": number})


def first_queue(events: list[Event]) -> str:
    """The queue in which a new ticket is."""
    ticket: Ticket | None = None
    for fact in events:
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    return ticket.queue


def opened(wanted: Wanted, transaction: Transaction, origin: Origin) -> tuple[str, list[Event]]:
    """The number and the first events of a new ticket: it is opened, and what needs nobody is passed."""
    flows, _ = load_flows(transaction, wanted.kind)
    flow, version = flow_in_force(flows, wanted.kind)
    customer = _customer_of(wanted, transaction)
    require_about(flow.about, customer, wanted.about)
    values = answers_given(flow, wanted.values)
    number = transaction.next_ticket_number(customer)
    priority = wanted.priority or flow.priority
    due = ticket_due(flow, priority, origin.recorded_at, transaction)
    fact = TicketOpened(
        effective_on=origin.today,
        kind=wanted.kind,
        flow_version=version,
        subject=wanted.subject,
        customer=customer,
        about=wanted.about,
        source=wanted.source,
        priority=priority,
        queue=wanted.queue or flow.queue,
        reply_due_at=due.first_reply_at if due else None,
        due_at=wanted.due_at or (due.resolution_at if due else None),
        parent=wanted.parent,
        cause=wanted.cause,
        holds_dunning=flow.holds_dunning,
        values=values,
        custom_fields=dict(wanted.custom_fields),
    )
    new = apply_ticket(None, fact)
    assert new is not None
    found = OpenedTicket(number, new, 0, flow, outside_facts(new, number, flow, transaction, origin.today), origin)
    follows = begun(found, transaction)
    passage = follows.passage
    queue = queue_at(flow, passage) or fact.queue
    fact = msgspec.structs.replace(
        fact, steps=passage.steps, actions=passage.actions, limits=follows.limits, queue=queue
    )
    return number, [fact, *passed_on(found.after([fact]), transaction)]


def answers_given(flow: Flow, values: Mapping[str, str]) -> dict[str, str]:
    """Answers that are known when a ticket is opened: any field of the flow may be among them, none must be."""
    by_code = {field.code: field for field in flow.fields}
    unknown = sorted(values.keys() - by_code.keys())
    if unknown:
        raise InvalidValue(f"is no field of the flow {flow.kind}", field="values", value=unknown[0])
    return answers([by_code[code] for code in values], values, {})


def _customer_of(wanted: Wanted, transaction: Transaction) -> str:
    """The customer that is named, or that of the account, who must be the same."""
    customer = wanted.customer
    if wanted.about.account:
        account, _ = load_account(transaction, wanted.about.account)
        if customer and customer != account.customer:
            raise InvalidValue(f"is not of customer {customer}", field="account", value=wanted.about.account)
        customer = account.customer
    if customer:
        require_customer_known(transaction, customer)
    return customer


HANDLERS: Handlers = {OpenTicket: handle_open_ticket}
CONCERNS: Concerns = {
    OpenTicket: Concern("named", (
        Named("customer", ("customer",), is_optional=True), Named("account", ("account",), is_optional=True),
        Named("ticket", ("parent",), is_optional=True),
    )),
}  # fmt: skip
