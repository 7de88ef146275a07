"""Set by which channels a seller sends which kinds of messages, its quiet hours, and how fast."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.outreach.terms import OutreachTerms, apply_terms, set_terms
from billing_core.parties.consents import apply_purpose
from commands.parties import load_seller
from commands.parties.consents import purpose_stream
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction


class SetOutreachTerms(Command, frozen=True, kw_only=True):
    """The kinds of messages that a seller sends by itself, complete: a kind that is not listed is not sent."""

    seller: str
    terms: OutreachTerms = OutreachTerms()


def outreach_terms_stream(seller: str) -> str:
    return f"outreach-terms/{seller}"


def load_outreach_terms(transaction: Transaction, seller: str) -> OutreachTerms:
    """The terms of a seller; without any nothing is sent."""
    return transaction.load(outreach_terms_stream(seller), apply_terms)[0] or OutreachTerms()


def handle_set_terms(command: SetOutreachTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    for purpose in filter(None, (each.consent for each in command.terms.kinds)):
        if transaction.load(purpose_stream(purpose), apply_purpose)[0] is None:
            raise NotFound("is no purpose; put one with `put-consent-purpose`", field="consent", value=purpose)
    stream = outreach_terms_stream(command.seller)
    known, version = transaction.load(stream, apply_terms)
    return Decision((Append(stream, version, set_terms(known, command.seller, command.terms, origin.today)),))


HANDLERS: Handlers = {SetOutreachTerms: handle_set_terms}
