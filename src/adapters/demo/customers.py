"""The demo's customer: a contact and a consent are recorded, and a second record of the same customer is merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from billing_core.parties.contacts import Contact
from commands.merging import MergeCustomers
from commands.parties import GiveConsent, PutConsentPurpose, PutContact, RegisterCustomer, customer_stream
from commands.platform.identity import new_id

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from billing_core.kernel.events import Event
    from billing_core.parties.customers import Customer
    from commands.platform.bus import Command
    from commands.platform.ports import Origin

PURPOSE = PutConsentPurpose(
    purpose="e-mail-offers", name="Offers by e-mail", wording="We may send you offers by e-mail until you object."
)


def know_better(app: Application, customer: Customer, again: Customer, origin: Origin) -> list[Event]:
    """What is known of a customer after the call, and how the same customer under another number is merged into it."""
    before = len(app.queries.events_of(customer_stream(customer.number)))
    for command in _calls(customer, again):
        app.bus.execute(command, origin._replace(command_id=new_id()))
    app.runner.catch_up()
    return list(app.queries.events_of(customer_stream(customer.number)))[before:]


def _calls(customer: Customer, again: Customer) -> Iterator[Command]:
    number = customer.number
    yield PURPOSE
    yield GiveConsent(customer=number, purpose=PURPOSE.purpose, channel="phone")
    sister = Contact(name="Ilze Zariņa", roles=("billing",), phones=("+371 67000001",), language="en")
    yield PutContact(customer=number, contact="sister", details=sister)
    yield RegisterCustomer(customer=again)
    yield MergeCustomers(customer=again.number, into=number, reason="registered twice")
