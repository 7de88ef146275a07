"""A bulk message rehearsed: to how many it would go, by which channels, what it would cost, and who is left out why.

Every customer of the base is decided on as when it is sent; nothing is written. An e-mail costs nothing here, and an
SMS what the seller's terms say. The words are those of each language and channel without the customer's own details,
because an answer is kept; a preview shows them for one customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.kernel.errors import NotFound
from billing_core.outreach.bulk import BULK, BulkMessageStarted, text_for
from billing_core.outreach.kinds import ChannelName, require_values
from billing_core.outreach.rendering import Facts, Templates
from billing_core.outreach.sms_terms import SmsCost, SmsTerms, cost_of, written
from billing_core.outreach.templates import MessageTemplate
from billing_core.outreach.terms import KindTerms
from billing_core.parties.customers import CustomerState
from billing_core.parties.sellers import Seller
from commands.outreach.addressees import Addressee, NotWritten
from commands.outreach.sms_terms import load_sms_terms
from commands.outreach.templates import load_template
from commands.outreach.terms import load_outreach_terms
from commands.outreach.writing import channel_of, kind_terms, require_may_be_written_to
from commands.parties import load_seller
from commands.platform.ports import Transaction

MOST_SAMPLE = 10


class BulkWords(msgspec.Struct):
    """What customers of a language get by a channel, without their own details."""

    language: str
    channel: str
    subject: str
    text: str
    segments: int


class BulkSample(msgspec.Struct):
    """One of those who would be written to; a preview shows the words."""

    customer: str
    channel: str
    language: str
    segments: int


class BulkRehearsal(msgspec.Struct):
    """What a bulk message does; `sms` is None unless some go as SMS and the seller has terms of SMS."""

    customers: int
    written_to: int
    channels: dict[str, int]
    left_out: dict[str, int]
    sms_segments: int
    sms: SmsCost | None
    minutes: int
    words: list[BulkWords]
    sample: list[BulkSample]


class Means(NamedTuple):
    """What decides on each customer: read once for all of them."""

    seller: Seller
    of_kind: KindTerms
    sms_terms: SmsTerms | None
    templates: Templates
    template: Callable[[tuple[str, ...], str], MessageTemplate]
    today: date


def means_of(seller: str, transaction: Transaction, today: date) -> Means:
    """What decides on the customers of a seller."""
    known: dict[tuple[tuple[str, ...], str], MessageTemplate] = {}

    def template(languages: tuple[str, ...], channel: str) -> MessageTemplate:
        if (languages, channel) not in known:
            known[languages, channel] = load_template(transaction, BULK, languages, channel)[0]
        return known[languages, channel]

    return Means(
        load_seller(transaction, seller)[0],
        kind_terms(load_outreach_terms(transaction, seller), BULK),
        load_sms_terms(transaction, seller),
        transaction.templates(),
        template,
        today,
    )


class _Decided(NamedTuple):
    channel: ChannelName
    recipient: str
    language: str
    words: BulkWords
    segments: int


def rehearse_bulk(wanted: BulkMessageStarted, means: Means, transaction: Transaction) -> BulkRehearsal:
    """Decide on every customer, and count."""
    for text in wanted.texts:
        require_values(BULK, text.values())
    count = 0
    channels: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    sms: list[tuple[str, int]] = []
    words: dict[tuple[str, str], BulkWords] = {}
    sample: list[BulkSample] = []
    for customer, unreachable in transaction.states_of_base(wanted.seller, wanted.choice):
        count += 1
        try:
            found = _decided(wanted, means, customer, unreachable)
        except (NotWritten, NotFound) as reason:
            left_out[reason.message] += 1
            continue
        channels[found.channel] += 1
        words.setdefault((found.words.language, found.channel), found.words)
        if found.channel == "sms":
            sms.append((found.recipient, found.segments))
        if len(sample) < MOST_SAMPLE:
            sample.append(BulkSample(customer.customer.number, found.channel, found.language, found.segments))
    cost = cost_of(sms, means.sms_terms) if sms and means.sms_terms else None
    return BulkRehearsal(
        count, sum(channels.values()), dict(channels), dict(left_out), sum(each for _, each in sms), cost,
        -(-count // wanted.per_minute), list(words.values()), sample,
    )  # fmt: skip


def _decided(
    wanted: BulkMessageStarted, means: Means, customer: CustomerState, unreachable: frozenset[str]
) -> _Decided:
    """The channel and words of one customer; `NotWritten` if the customer is left out."""
    to = Addressee(customer, means.seller, None, unreachable)
    require_may_be_written_to(to, means.of_kind, means.today)
    channel = channel_of(to, wanted.channels or means.of_kind.channels)
    template = means.template(to.languages, channel)
    text = text_for(wanted.texts, [customer.customer.language])
    plain = means.templates.render(template, Facts(text.values()))
    own = means.templates.render(template, to.with_facts(Facts(text.values()))) if channel == "sms" else plain
    segments = _segments(own.text, means) if channel == "sms" else 0
    words = BulkWords(text.language, channel, plain.subject, plain.text,
                      _segments(plain.text, means) if channel == "sms" else 0)  # fmt: skip
    return _Decided(channel, to.recipient(channel), template.language, words, segments)


def _segments(text: str, means: Means) -> int:
    return len(written(text, means.sms_terms).segments)
