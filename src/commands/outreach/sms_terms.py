"""Set what SMS cost a seller, and whether they are transliterated."""

from __future__ import annotations

from billing_core.outreach.sms_terms import SmsTerms, apply_sms_terms, set_sms_terms
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction


class SetSmsTerms(Command, frozen=True, kw_only=True):
    """What a segment of an SMS costs by the prefix of a number, complete, and whether texts are transliterated."""

    seller: str
    terms: SmsTerms


def sms_terms_stream(seller: str) -> str:
    return f"sms-terms/{seller}"


def load_sms_terms(transaction: Transaction, seller: str) -> SmsTerms | None:
    """The terms of a seller; None if it has set none: then no cost is known."""
    return transaction.load(sms_terms_stream(seller), apply_sms_terms)[0]


def handle_set(command: SetSmsTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    known, version = transaction.load(sms_terms_stream(command.seller), apply_sms_terms)
    events = set_sms_terms(known, command.seller, command.terms, origin.today)
    return Decision((Append(sms_terms_stream(command.seller), version, events),))


HANDLERS: Handlers = {SetSmsTerms: handle_set}
