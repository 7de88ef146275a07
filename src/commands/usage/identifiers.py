"""Assign identifiers to subscriptions, so that the records of sources find them, and release them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.services.timeline import end_of
from billing_core.usage.mediation.identifiers import (
    Holding,
    IdentifierAssigned,
    apply_identifier,
    assign,
    identifier_key,
    plain_identifier,
    release,
)
from commands.accounts import load_account
from commands.parties import load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.services.subscriptions import SubscriptionCommand, subscription_of

# --- commands


class AssignIdentifier(SubscriptionCommand, frozen=True, kw_only=True):
    """Usage that a source meters under this number, user name or card is charged to the subscription, from `on`.

    By default from today. A day in the past is allowed, so that records that waited for it are taken.
    """

    identifier: str
    on: date | None = None


class ReleaseIdentifier(Command, frozen=True, kw_only=True):
    """From `on`, by default today, the identifier belongs to no subscription, and can be assigned to another one."""

    identifier: str
    on: date | None = None


# --- handlers


def identifier_stream(identifier: str) -> str:
    return f"identifier/{identifier_key(identifier)}"


def handle_assign_identifier(command: AssignIdentifier, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    subscription_of(account, command.subscription)
    identifier = plain_identifier(command.identifier)
    stream = identifier_stream(identifier)
    held, version = transaction.load(stream, apply_identifier)
    fact = IdentifierAssigned(
        effective_on=command.on or origin.today,
        identifier=identifier,
        customer=account.customer,
        account=account.number,
        subscription=command.subscription,
    )
    events = assign(held or (), fact, _ended_on(held or (), transaction))
    return Decision((Append(stream, version, events),) if events else ())


def _ended_on(held: Sequence[Holding], transaction: Transaction) -> date | None:
    """The day from which on the last holder's account has the subscription no more."""
    if not held:
        return None
    holder, _ = load_account(transaction, held[-1].account)
    end = end_of(subscription_of(holder, held[-1].subscription).timeline)
    return end.on if end is not None else None


def handle_release_identifier(command: ReleaseIdentifier, transaction: Transaction, origin: Origin) -> Decision:
    identifier = plain_identifier(command.identifier)
    stream = identifier_stream(identifier)
    held, version = transaction.load(stream, apply_identifier)
    events = release(held or (), command.on or origin.today, identifier)
    return Decision((Append(stream, version, events),))


HANDLERS: Handlers = {
    AssignIdentifier: handle_assign_identifier,
    ReleaseIdentifier: handle_release_identifier,
}
CONCERNS: Concerns = {ReleaseIdentifier: HOUSE}
