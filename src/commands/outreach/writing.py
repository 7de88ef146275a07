"""Write a message: by which channel, to which address, in which language, with which words, and from when on.

What is decided here holds for one message, whether a reaction, a person or a run wants it: the seller's terms, the
customer's consent and ways to be reached, the template that holds, and that nobody is written to twice for one cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from billing_core.kernel.errors import NotFound
from billing_core.outreach.kinds import ON_PAGES, ChannelName, MessageKind, require_values
from billing_core.outreach.messages import MESSAGE_CLAIM, MessageQueued, claim_key
from billing_core.outreach.rendering import Facts
from billing_core.outreach.terms import KindTerms, OutreachTerms, earliest
from billing_core.parties.customers import CustomerState
from commands.outreach.addressees import About, Addressee, NotWritten, addressee_of
from commands.outreach.templates import load_template
from commands.outreach.terms import load_outreach_terms
from commands.platform.causes import derived_id
from commands.platform.ports import Append, Origin, Transaction


class Wanted(NamedTuple):
    """A message that is wanted. `subject_matter` names what it tells of; channels without any are those of the terms.

    `send_at` is the earliest instant at which it leaves, by default now.
    """

    kind: MessageKind
    about: About
    cause: str
    facts: Facts
    subject_matter: str = ""
    channels: Sequence[ChannelName] = ()
    documents: tuple[str, ...] = ()
    send_at: datetime | None = None


class Written(NamedTuple):
    """A message by its id; without an append it was queued before."""

    message: str
    append: Append | None


def message_stream(message: str) -> str:
    return f"message/{message}"


def write_message(wanted: Wanted, transaction: Transaction, origin: Origin) -> Written:
    """The message, to be queued; `NotWritten` if there is none to be sent."""
    require_values(wanted.kind, wanted.facts.values)
    if wanted.about.seller:
        kind_terms(load_outreach_terms(transaction, wanted.about.seller), wanted.kind)
    to = addressee_of(wanted.about, transaction)
    terms = load_outreach_terms(transaction, to.seller.code)
    of_kind = kind_terms(terms, wanted.kind)
    require_may_be_written_to(to, of_kind, origin.today)
    channel = channel_of(to, wanted.channels or of_kind.channels)
    key = claim_key(wanted.kind, wanted.cause, to.number, channel)
    message = str(derived_id(MESSAGE_CLAIM, key))
    if transaction.claimed(MESSAGE_CLAIM, [key]):
        return Written(message, None)
    fact = _queued(wanted, to, of_kind, channel, _send_at(wanted, to, terms, origin), transaction, origin)
    return Written(message, Append(message_stream(message), 0, [fact]))


def _send_at(wanted: Wanted, to: Addressee, terms: OutreachTerms, origin: Origin) -> datetime:
    at = max(wanted.send_at or origin.recorded_at, origin.recorded_at)
    return earliest(terms, wanted.kind, at, to.seller.time_zone)


def kind_terms(terms: OutreachTerms, kind: MessageKind) -> KindTerms:
    """How a seller sends a kind; `NotWritten` if it does not."""
    of_kind = terms.of(kind)
    if of_kind is None:
        raise NotWritten("is not sent by the seller; add it with `set-outreach-terms`", field="kind", value=kind)
    return of_kind


def require_may_be_written_to(to: Addressee, of_kind: KindTerms, today: date) -> None:
    """Nobody who was forgotten, and for advertising only who has agreed to it."""
    if to.customer.forgotten is not None:
        raise NotWritten("was forgotten", field="customer", value=to.number)
    if of_kind.consent and not has_agreed(to.customer, of_kind.consent, today):
        raise NotWritten(f"has not agreed to {of_kind.consent}", field="customer", value=to.number)


def has_agreed(customer: CustomerState, purpose: str, on: date) -> bool:
    """Whether a customer agrees to a purpose on a day."""
    entries = [entry for entry in customer.consents.get(purpose, ()) if entry.on <= on]
    return bool(entries) and entries[-1].wording_version is not None


def channel_of(to: Addressee, channels: Sequence[ChannelName]) -> ChannelName:
    """The first channel by which the customer is reached."""
    for channel in channels:
        if to.recipient(channel):
            return channel
    raise NotWritten(f"has no address for {' or '.join(channels)}", field="customer", value=to.number)


def _queued(
    wanted: Wanted, to: Addressee, of_kind: KindTerms, channel: ChannelName, send_at: datetime,
    transaction: Transaction, origin: Origin,
) -> MessageQueued:  # fmt: skip
    try:
        template, version = load_template(transaction, wanted.kind, to.languages, channel)
    except NotFound as error:
        raise NotWritten(error.message, field=error.field, value=error.value) from None
    rendered = transaction.templates().render(template, to.with_facts(wanted.facts))
    return MessageQueued(
        effective_on=origin.today,
        customer=to.number,
        seller=to.seller.code,
        account=to.account.number if to.account else "",
        kind=wanted.kind,
        channel=channel,
        cause=wanted.cause,
        about=wanted.subject_matter,
        send_at=send_at,
        language=template.language,
        template_version=version,
        recipient=to.recipient(channel),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        documents=wanted.documents if of_kind.attaches and channel in ON_PAGES else (),
        consent=of_kind.consent,
    )
