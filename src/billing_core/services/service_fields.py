"""Values of the custom fields of a service, in a stream of its own: they are about no money.

Decides what a change of values leaves. Which values are right is decided in `custom_fields`.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber

# --- events


@event("service-fields-set")
class ServiceFieldsSet(Event, frozen=True, kw_only=True):
    """The values of the custom fields of a subscription from now on, complete, by code."""

    customer: PersonNumber
    account: str
    subscription: str
    values: Personal[dict[str, str]] = msgspec.field(default_factory=dict)


# --- state


def apply_service_fields(known: Mapping[str, str] | None, fact: Event) -> Mapping[str, str] | None:
    """The values after an event of the stream."""
    return fact.values if isinstance(fact, ServiceFieldsSet) else known


# --- decisions


def set_service_fields(
    known: Mapping[str, str], fact: ServiceFieldsSet, changes: Mapping[str, str | None]
) -> list[Event]:
    """The named values change, all others stay; the same values change nothing.

    {door: 12, code: 7} changed by {code: None, line: 3} is {door: 12, line: 3}
    """
    values = {code: value for code, value in {**known, **changes}.items() if value is not None}
    return [] if values == known else [msgspec.structs.replace(fact, values=values)]
