"""Terms of outreach: by which channels a seller sends which kinds of messages, and when nothing is sent.

Decides whether a kind is sent at all, and the earliest instant at which it may be. A kind that is not listed is not
sent: without terms nobody is written to. What the law or the contract asks the house to say needs no consent;
advertising does.

    quiet hours 21:00 to 08:00 in Europe/Prague
        at 20:59   now                    at 23:30   08:00 of the next day
        at 07:10   08:00 of this day      an outage, which is urgent: now
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.outreach.kinds import CHANNELS, MARKETING, MESSAGE_KINDS, ChannelName, MessageKind

MOST_PER_SECOND = 10_000
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

# --- values and events


class KindTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind that is sent: by the first of its channels by which the customer can be reached.

    `is_urgent`: also in quiet hours. `attaches`: with the document that it is about, as PDF. `consent` is the purpose
    to which the customer must have agreed; advertising must name one, other kinds must not.
    """

    kind: MessageKind
    channels: tuple[ChannelName, ...] = ("email",)
    is_urgent: bool = False
    attaches: bool = False
    consent: str = ""


class Throttle(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many messages a second by a channel."""

    channel: ChannelName
    per_second: int


class OutreachTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The kinds that a seller sends, its quiet hours, and how fast it sends.

    Quiet hours are in the seller's time zone, from `quiet_from` to `quiet_until`, as 21:00 and 08:00; over midnight if
    the first one is the later one; none if both are empty.
    """

    kinds: tuple[KindTerms, ...] = ()
    quiet_from: str = ""
    quiet_until: str = ""
    throttles: tuple[Throttle, ...] = ()

    def of(self, kind: str) -> KindTerms | None:
        return next((each for each in self.kinds if each.kind == kind), None)

    def per_second(self, channel: str) -> int | None:
        return next((each.per_second for each in self.throttles if each.channel == channel), None)


@event("outreach-terms-set")
class OutreachTermsSet(Event, frozen=True, kw_only=True):
    """From now on a seller sends messages on these terms."""

    seller: str
    terms: OutreachTerms


# --- state


def apply_terms(state: OutreachTerms | None, fact: Event) -> OutreachTerms | None:
    """The terms after an event of their stream."""
    return fact.terms if isinstance(fact, OutreachTermsSet) else state


# --- decisions


def set_terms(known: OutreachTerms | None, seller: str, terms: OutreachTerms, on: date) -> list[Event]:
    """Terms that hold already change nothing."""
    _require_kinds(terms)
    _require_quiet_hours(terms)
    _require_throttles(terms)
    if terms == (known or OutreachTerms()):
        return []
    return [OutreachTermsSet(effective_on=on, seller=seller, terms=terms)]


def _require_kinds(terms: OutreachTerms) -> None:
    seen: set[str] = set()
    for each in terms.kinds:
        if each.kind not in MESSAGE_KINDS or each.kind in seen:
            raise InvalidValue(f"must be one of {', '.join(MESSAGE_KINDS)}, and each once", field="kind",
                               value=each.kind)  # fmt: skip
        seen.add(each.kind)
        if not each.channels or len(set(each.channels)) < len(each.channels) or not set(each.channels) <= {*CHANNELS}:
            raise InvalidValue(f"must be some of {', '.join(CHANNELS)}, each once", field=f"channels of {each.kind}",
                               value=", ".join(each.channels))  # fmt: skip
        if (each.kind in MARKETING) != bool(each.consent):
            wanted = "name the purpose to which customers agree" if each.kind in MARKETING else "leave it empty"
            raise InvalidValue(f"is for advertising alone; {wanted}", field=f"consent of {each.kind}",
                               value=each.consent)  # fmt: skip


def _require_quiet_hours(terms: OutreachTerms) -> None:
    for field in ("quiet_from", "quiet_until"):
        written = getattr(terms, field)
        if bool(terms.quiet_from) != bool(terms.quiet_until) or (written and not CLOCK.fullmatch(written)):
            raise InvalidValue(
                "must be a time as 21:00, or both are empty", field=field.replace("_", " "), value=written
            )
    if terms.quiet_from and terms.quiet_from == terms.quiet_until:
        raise InvalidValue("is the same as quiet from; leave both empty for no quiet hours", field="quiet until",
                           value=terms.quiet_until)  # fmt: skip


def _require_throttles(terms: OutreachTerms) -> None:
    if len({each.channel for each in terms.throttles}) < len(terms.throttles):
        raise InvalidValue("names a channel twice", field="throttles", value="")
    for each in terms.throttles:
        if each.channel not in CHANNELS or not 1 <= each.per_second <= MOST_PER_SECOND:
            raise InvalidValue(f"must be 1 to {MOST_PER_SECOND:,} a second, of one of {', '.join(CHANNELS)}",
                               field=f"throttle of {each.channel}", value=each.per_second)  # fmt: skip


def earliest(terms: OutreachTerms, kind: str, at: datetime, time_zone: str) -> datetime:
    """The first instant, from `at` on, at which a message of a kind may be sent."""
    of_kind = terms.of(kind)
    if not terms.quiet_from or (of_kind is not None and of_kind.is_urgent):
        return at
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    clock, from_, until = local.time(), time.fromisoformat(terms.quiet_from), time.fromisoformat(terms.quiet_until)
    is_over_midnight = from_ > until
    is_quiet = (clock >= from_ or clock < until) if is_over_midnight else from_ <= clock < until
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=is_over_midnight and clock >= from_)
    return max(at, datetime.combine(day, until, zone).astimezone(at.tzinfo))
