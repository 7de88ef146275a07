"""Consents of customers, and the purposes for which they are asked."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import NotFound
from billing_core.parties.consents import (
    ConsentChannel,
    ConsentPurpose,
    ConsentPurposePut,
    CustomerConsentGiven,
    CustomerConsentWithdrawn,
    apply_purpose,
    give_consent,
    put_purpose,
    withdraw_consent,
)
from billing_core.parties.customers import require_current
from commands.parties.customers import customer_stream, load_customer
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class PutConsentPurpose(Command, frozen=True, kw_only=True):
    """A purpose for which customers are asked to agree, with its wording. Another wording is its next version."""

    purpose: str
    name: str
    wording: str


class GiveConsent(Command, frozen=True, kw_only=True):
    """A customer agrees to a purpose, by default today and to its present wording."""

    customer: str
    purpose: str
    channel: ConsentChannel
    on: date | None = None
    wording_version: int | None = None


class WithdrawConsent(Command, frozen=True, kw_only=True):
    """A customer does not agree to a purpose from a day on, by default today; also one who never agreed to it."""

    customer: str
    purpose: str
    channel: ConsentChannel
    on: date | None = None


# --- handlers


def purpose_stream(purpose: str) -> str:
    return f"consent-purpose/{purpose}"


def handle_put_purpose(command: PutConsentPurpose, transaction: Transaction, origin: Origin) -> Decision:
    stream = purpose_stream(command.purpose)
    existing, version = transaction.load(stream, apply_purpose)
    purpose = ConsentPurpose(code=command.purpose, name=command.name, wording=command.wording)
    return Decision((Append(stream, version, put_purpose(existing, purpose, origin.today)),))


def handle_give_consent(command: GiveConsent, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.customer)
    require_current(existing)
    purpose = _load_purpose(transaction, command.purpose)
    given = CustomerConsentGiven(
        effective_on=command.on or origin.today,
        customer=command.customer,
        purpose=command.purpose,
        wording_version=purpose.version if command.wording_version is None else command.wording_version,
        channel=command.channel,
    )
    events = give_consent(existing.consents, given, purpose, origin.today)
    return Decision((Append(customer_stream(command.customer), version, events),))


def handle_withdraw_consent(command: WithdrawConsent, transaction: Transaction, origin: Origin) -> Decision:
    existing, version = load_customer(transaction, command.customer)
    require_current(existing)
    _load_purpose(transaction, command.purpose)
    withdrawn = CustomerConsentWithdrawn(
        effective_on=command.on or origin.today,
        customer=command.customer,
        purpose=command.purpose,
        channel=command.channel,
    )
    events = withdraw_consent(existing.consents, withdrawn, origin.today)
    return Decision((Append(customer_stream(command.customer), version, events),))


def _load_purpose(transaction: Transaction, code: str) -> ConsentPurposePut:
    purpose, _ = transaction.load(purpose_stream(code), apply_purpose)
    if purpose is None:
        raise NotFound("no such purpose of consents; `put-consent-purpose` adds it", field="purpose", value=code)
    return purpose


HANDLERS: Handlers = {
    PutConsentPurpose: handle_put_purpose,
    GiveConsent: handle_give_consent,
    WithdrawConsent: handle_withdraw_consent,
}
CONCERNS: Concerns = {PutConsentPurpose: HOUSE}
