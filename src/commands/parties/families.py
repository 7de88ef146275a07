"""Put customers under parent customers."""

from __future__ import annotations

from collections.abc import Iterator

from billing_core.kernel.events import Event
from billing_core.parties.customers import CustomerState, require_current
from billing_core.parties.families import CustomerParentAssigned, assign_parent, moved_child
from commands.parties.customers import customer_stream, load_customer, load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class AssignParent(Command, frozen=True, kw_only=True):
    """The customer is a child of another customer from today on, or with an empty `parent` of none.

    With `paid_by_parent` the parent pays for it. Accounts and documents stay the customer's own.
    """

    customer: str
    parent: str = ""
    is_paid_by_parent: bool = False


# --- handlers

FAMILIES = "customer-families"


def handle_assign_parent(command: AssignParent, transaction: Transaction, origin: Origin) -> Decision:
    """Families change one after the other, so that two changes at once make no circle."""
    transaction.hold(FAMILIES, alone=True)
    child, version = load_customer(transaction, command.customer)
    require_current(child)
    if command.parent:
        load_customer_to_serve(transaction, command.parent)
    fact = CustomerParentAssigned(
        effective_on=origin.today,
        customer=command.customer,
        parent=command.parent,
        is_paid_by_parent=command.is_paid_by_parent,
    )
    ancestors = list(_ancestors(transaction, command.parent))
    events = assign_parent(child.parent, fact, ancestors, _levels_below(transaction, child))
    before = child.parent.number if child.parent else ""
    moved = moved_child(command.customer, before, command.parent, origin.today) if events else {}
    others = (_appended(transaction, parent, event) for parent, event in moved.items())
    return Decision((Append(customer_stream(command.customer), version, events), *others))


def _ancestors(transaction: Transaction, number: str) -> Iterator[str]:
    """The parents of a customer, from the nearest one up."""
    while number:
        state, _ = load_customer(transaction, number)
        number = state.parent.number if state.parent else ""
        if number:
            yield number


def _levels_below(transaction: Transaction, customer: CustomerState) -> int:
    """How many levels of children a customer has below it."""
    below = (_levels_below(transaction, load_customer(transaction, child)[0]) for child in customer.children)
    return max((1 + levels for levels in below), default=0)


def _appended(transaction: Transaction, number: str, event: Event) -> Append:
    _, version = load_customer(transaction, number)
    return Append(customer_stream(number), version, [event])


HANDLERS: Handlers = {AssignParent: handle_assign_parent}
CONCERNS: Concerns = {
    AssignParent: Concern(
        "named", (Named("customer", ("customer",)), Named("customer", ("parent",), is_optional=True))
    ),
}
