"""Give and take a customer's password, send a link to sign in once, look at the customer's pages."""

from __future__ import annotations

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.self_care import (
    CustomerPasswordGiven,
    CustomerPasswordTaken,
    OwnPagesLookedAt,
    SelfCare,
    SignInLinkAsked,
    apply_self_care,
    take_password,
)
from commands.parties import load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OfCustomer(Command, frozen=True, kw_only=True):
    customer: str


class GiveCustomerPassword(OfCustomer, frozen=True, kw_only=True):
    """Let a customer sign in with a password, too. `password_hash` is its argon2id hash.

    All sessions of the customer end.
    """

    password_hash: str


class TakeCustomerPassword(OfCustomer, frozen=True, kw_only=True):
    """Let a customer sign in by a link alone; all sessions of the customer end."""


class SendSignInLink(OfCustomer, frozen=True, kw_only=True):
    """Send a link to the e-mail of a customer, by which the customer signs in once within 15 minutes."""


class LookAsCustomer(OfCustomer, frozen=True, kw_only=True):
    """Look at the own pages of a customer as the customer sees them; nothing can be changed there.

    It is kept in the LOG, whatever is looked at.
    """


# --- handlers


def self_care_stream(customer: str) -> str:
    return f"self-care/{customer}"


def handle_give_password(command: GiveCustomerPassword, transaction: Transaction, origin: Origin) -> Decision:
    load_customer_to_serve(transaction, command.customer)
    transaction.keep_customer_password(command.customer, command.password_hash)
    given = CustomerPasswordGiven(effective_on=origin.today, customer=command.customer)
    return _decision(command.customer, [given], transaction)


def handle_take_password(command: TakeCustomerPassword, transaction: Transaction, origin: Origin) -> Decision:
    load_customer_to_serve(transaction, command.customer)
    state, _ = _load(transaction, command.customer)
    taken = CustomerPasswordTaken(effective_on=origin.today, customer=command.customer)
    events = take_password(state, taken)
    transaction.drop_customer_password(command.customer)
    return _decision(command.customer, events, transaction)


def handle_send_link(command: SendSignInLink, transaction: Transaction, origin: Origin) -> Decision:
    state = load_customer_to_serve(transaction, command.customer)
    if not state.customer.email:
        raise RuleViolation("has no e-mail; enter one, or give a password", field="customer", value=command.customer)
    asked = SignInLinkAsked(effective_on=origin.today, customer=command.customer)
    return _decision(command.customer, [asked], transaction)


def handle_look(command: LookAsCustomer, transaction: Transaction, origin: Origin) -> Decision:
    load_customer_to_serve(transaction, command.customer)
    looked = OwnPagesLookedAt(effective_on=origin.today, customer=command.customer)
    return _decision(command.customer, [looked], transaction)


def _load(transaction: Transaction, customer: str) -> tuple[SelfCare, int]:
    state, version = transaction.load(self_care_stream(customer), apply_self_care)
    return state or SelfCare(), version


def _decision(customer: str, events: list[Event], transaction: Transaction) -> Decision:
    _, version = _load(transaction, customer)
    return Decision((Append(self_care_stream(customer), version, events),))


HANDLERS: Handlers = {
    GiveCustomerPassword: handle_give_password,
    TakeCustomerPassword: handle_take_password,
    SendSignInLink: handle_send_link,
    LookAsCustomer: handle_look,
}
CONCERNS: Concerns = {}
