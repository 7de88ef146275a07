"""Consents: for which purposes a customer's data may be used, since when, and to which wording the customer agreed.

Decides when a consent is given and withdrawn. The purposes are the house's own data, each with its wordings in order:
a consent names the version of the wording, so that it can be shown years later what was agreed to.

    purpose offers, wordings 1, 2     given on 3 March to wording 1, withdrawn on 9 May: none from 9 May on
                                      given on 3 March to wording 1, then to wording 2: wording 2
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

ConsentChannel = Literal["in-person", "phone", "e-mail", "letter", "web"]
MOST_WORDING = 4_000

# --- values and events


class ConsentPurpose(msgspec.Struct, frozen=True, kw_only=True):
    """What data are used for, as in `e-mail-offers`, and the present wording to which customers agree."""

    code: str
    name: str
    wording: str


@event("consent-purpose-put")
class ConsentPurposePut(Event, frozen=True, kw_only=True):
    """From now on customers are asked by this name and wording; `version` counts the wordings."""

    purpose: ConsentPurpose
    version: int


@event("customer-consent-given")
class CustomerConsentGiven(Event, frozen=True, kw_only=True):
    customer: str
    purpose: str
    wording_version: int
    channel: ConsentChannel


@event("customer-consent-withdrawn")
class CustomerConsentWithdrawn(Event, frozen=True, kw_only=True):
    """The customer does not agree any more, or said so without having ever agreed."""

    customer: str
    purpose: str
    channel: ConsentChannel


class ConsentEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a consent's history; `wording_version` is None if the consent was withdrawn."""

    on: date
    channel: ConsentChannel
    wording_version: int | None = None


Consents = dict[str, tuple[ConsentEntry, ...]]
Histories = Mapping[str, tuple[ConsentEntry, ...]]

# --- state


def apply_purpose(state: ConsentPurposePut | None, fact: Event) -> ConsentPurposePut | None:
    """The purpose after an event of its stream."""
    return fact if isinstance(fact, ConsentPurposePut) else state


def apply_consent(consents: Consents, fact: CustomerConsentGiven | CustomerConsentWithdrawn) -> Consents:
    """The history of each consent, in the order of its days."""
    return {**consents, fact.purpose: (*consents.get(fact.purpose, ()), _entry(fact))}


def _entry(fact: CustomerConsentGiven | CustomerConsentWithdrawn) -> ConsentEntry:
    version = fact.wording_version if isinstance(fact, CustomerConsentGiven) else None
    return ConsentEntry(on=fact.effective_on, channel=fact.channel, wording_version=version)


# --- decisions


def put_purpose(existing: ConsentPurposePut | None, purpose: ConsentPurpose, on: date) -> list[Event]:
    """A purpose is added, or has another name or wording from now on; another wording is the next version."""
    require_text(purpose.code, "purpose")
    require_text(purpose.name, "purpose name")
    _require_wording(purpose.wording)
    if existing is not None and existing.purpose == purpose:
        return []
    is_reworded = existing is None or existing.purpose.wording != purpose.wording
    version = (existing.version if existing else 0) + is_reworded
    return [ConsentPurposePut(effective_on=on, purpose=purpose, version=version)]


def _require_wording(wording: str) -> None:
    """One or several lines that a customer can read."""
    if not wording.strip() or len(wording) > MOST_WORDING:
        raise InvalidValue(f"must have 1 to {MOST_WORDING} characters", field="purpose wording",
                           value=wording[:40])  # fmt: skip
    if not all(line.isprintable() for line in wording.split("\n")):
        raise InvalidValue("must not hold control characters", field="purpose wording", value=wording[:40])


def give_consent(
    consents: Histories,
    fact: CustomerConsentGiven,
    purpose: ConsentPurposePut,
    today: date,
) -> list[Event]:
    """A customer agrees to a wording, on a day that has come; the wording that is agreed to already changes nothing."""
    if not 1 <= fact.wording_version <= purpose.version:
        raise InvalidValue(f"the purpose {fact.purpose} has the wordings 1 to {purpose.version}",
                           field="wording version", value=fact.wording_version)  # fmt: skip
    last = _last(consents, fact, today)
    return [] if last and last.wording_version == fact.wording_version else [fact]


def withdraw_consent(consents: Histories, fact: CustomerConsentWithdrawn, today: date) -> list[Event]:
    """A customer does not agree from a day on; a second time it changes nothing."""
    last = _last(consents, fact, today)
    return [] if last and last.wording_version is None else [fact]


def _last(
    consents: Histories,
    fact: CustomerConsentGiven | CustomerConsentWithdrawn,
    today: date,
) -> ConsentEntry | None:
    """The last entry of a purpose; the next one is not before it, and not after today."""
    history = consents.get(fact.purpose, ())
    if fact.effective_on > today:
        raise InvalidValue(f"must not be after {today}", field="consent on", value=fact.effective_on)
    if history and fact.effective_on < history[-1].on:
        raise InvalidValue(f"an entry of {history[-1].on} is known; name that day or a later one",
                           field="consent on", value=fact.effective_on)  # fmt: skip
    return history[-1] if history else None
