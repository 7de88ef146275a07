"""Identifiers: by which number, user name or card a source knows whose usage it meters.

Decides to which subscription an identifier may be assigned, and from when until when it belongs to it. It belongs to
one subscription on a day. Days in the past may be assigned, so that records that waited for it can be taken.

    420601000001   [1 Jan, 15 May)  subscription voice of account A1
                   [15 May, ...)    subscription main of account A7

A subscription that is terminated or moved to another account keeps or takes along its identifiers without a further
fact: `ended_on` says from which day on the account has it no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.kernel.spans import Span
from billing_core.parties.details import require_text

MOST_LENGTH = 253
TELEPHONE_NUMBER = re.compile(r"\+[0-9 ()/.-]+")

# --- values and events


class Holding(NamedTuple):
    """A subscription to which an identifier belongs on the days of a span."""

    account: str
    subscription: str
    days: Span


@event("identifier-assigned")
class IdentifierAssigned(Event, frozen=True, kw_only=True):
    """From `effective_on` on the identifier belongs to a subscription."""

    identifier: Personal[str]
    customer: PersonNumber
    account: str
    subscription: str


@event("identifier-released")
class IdentifierReleased(Event, frozen=True, kw_only=True):
    """From `effective_on` on the identifier belongs to nobody."""

    account: str
    subscription: str


Holdings = tuple[Holding, ...]


# --- state


def apply_identifier(state: Holdings | None, fact: Event) -> Holdings | None:
    """Fold one event of an identifier's stream: the subscriptions to which it ever belonged, in order."""
    held = state or ()
    match fact:
        case IdentifierAssigned():
            return (*held, Holding(fact.account, fact.subscription, Span(fact.effective_on, None)))
        case IdentifierReleased():
            last = held[-1]
            return (*held[:-1], last._replace(days=Span(last.days.from_on, fact.effective_on)))
    return state


# --- decisions


def plain_identifier(written: str) -> str:
    """An identifier as it is compared: without spaces around it, a telephone number without all but its digits.

    `+420 601 000 001` is `420601000001`; `anna@isp` stays as it is.
    """
    identifier = written.strip()
    if TELEPHONE_NUMBER.fullmatch(identifier):
        identifier = "".join(filter(str.isdigit, identifier))
    require_text(identifier, "identifier")
    if len(identifier) > MOST_LENGTH or "/" in identifier:
        raise InvalidValue(f"must be at most {MOST_LENGTH} characters without a slash", field="identifier",
                           value=identifier)  # fmt: skip
    return identifier


def identifier_key(identifier: str) -> str:
    """What stands for an identifier in the name of its stream, which nobody may read: 40 digits of its SHA-256."""
    return sha256(identifier.encode()).hexdigest()[:40]


def assign(held: Sequence[Holding], fact: IdentifierAssigned, ended_on: date | None) -> list[Event]:
    """Assign an identifier that belongs to no other subscription from a day on.

    `ended_on` is the day from which on its holder's account has the subscription no more, None if it still has it. If
    the subscription has the identifier already, nothing changes.
    """
    require_day(fact.effective_on, "from")
    if not held:
        return [fact]
    last = held[-1]
    if (last.account, last.subscription) == (fact.account, fact.subscription) and last.days.to_on is None:
        if last.days.from_on <= fact.effective_on:
            return []
        raise _taken(last, fact)
    to_on = last.days.to_on or ended_on
    if to_on is None or fact.effective_on < to_on:
        raise _taken(last, fact)
    if last.days.to_on is not None:
        return [fact]
    released = IdentifierReleased(effective_on=to_on, account=last.account, subscription=last.subscription)
    return [released, fact]


def _taken(last: Holding, fact: IdentifierAssigned) -> Conflict:
    until = "" if last.days.to_on is None else f" up to {last.days.to_on}, exclusive"
    return Conflict(
        f"belongs to subscription {last.subscription} of account {last.account} from {last.days.from_on} on{until}; "
        "release it first, or assign it from a later day",
        field="identifier", value=fact.identifier,
    )  # fmt: skip


def release(held: Sequence[Holding], on: date, identifier: str) -> list[Event]:
    """From a day on an identifier belongs to nobody."""
    if not held or held[-1].days.to_on is not None:
        raise NotFound("belongs to no subscription", field="identifier", value=identifier)
    last = held[-1]
    if on < last.days.from_on:
        raise InvalidValue(f"is before {last.days.from_on}, from which on it belongs to subscription "
                           f"{last.subscription} of account {last.account}", field="on", value=on)  # fmt: skip
    return [IdentifierReleased(effective_on=on, account=last.account, subscription=last.subscription)]
