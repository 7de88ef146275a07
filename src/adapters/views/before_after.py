"""What a change was before: field by field, as the LOG shows it.

    customer-changed   before.email eva@old.example, customer.email eva@new.example    email: eva@old -> eva@new
    operator-roles-changed after operator-registered of the same stream                roles: desk -> desk, cashier

An event that says itself what was before is compared with that; one that replaces what was known, with the newest
earlier event of its stream that has the same fields. What only adds something, as a payment, has no before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from adapters.texts.sentences import event_name
from billing_core.kernel.events import Event
from commands.platform.answers import plain

BEFORE = "before"
REPLACES = ("-changed", "-defined", "-set", "-assigned", "-allowed", "-moved", "-corrected")
# What says of which thing of a stream an event is: another subscription's tariff is not the one before.
NAMES_A_THING = {"subscription", "kind", "key", "charge", "payment", "component", "session", "contact", "step", "name"}
# Of when and where an event is, not what it changes.
NO_FIELDS = {"effective_on", BEFORE}


class ChangedField(msgspec.Struct):
    """A field of a change with its value before, if that is known, and after; nothing stands for no value."""

    field: str
    before: str | None
    after: str | None


def is_replacing(fact: Event) -> bool:
    """Whether an event replaces what earlier ones of its stream say, and does not say itself what that was."""
    return not hasattr(fact, BEFORE) and event_name(fact).endswith(REPLACES)


def before_of(fact: Event, earlier: Sequence[Event]) -> dict[str, str] | None:
    """The values before of an event's fields, by their places; None if it replaces nothing.

    `earlier` are the events of its stream before it, the newest first.
    """
    content = plain(fact)
    if isinstance(said := content.get(BEFORE), Mapping):
        root = next((name for name, value in content.items() if name != BEFORE and isinstance(value, Mapping)), "")
        return leaves(said, f"{root}." if root else "")
    if not is_replacing(fact):
        return None
    wanted, found = leaves(_fields(content)), dict[str, str]()
    things = {place: value for place, value in wanted.items() if place in NAMES_A_THING}
    roots = {place.partition(".")[0] for place in wanted} - NAMES_A_THING
    for each in earlier:
        known = leaves(_fields(plain(each)))
        if any(known.get(place, value) != value for place, value in things.items()):
            continue
        has = {place.partition(".")[0] for place in known}
        for root in roots & has - {place.partition(".")[0] for place in found}:
            found |= {place: value for place, value in known.items() if place.partition(".")[0] == root}
    return found


def fields_of(content: Mapping[str, Any], before: Mapping[str, str] | None) -> list[ChangedField]:
    """The fields of a change; with what was before only those that are another one, unless nothing is."""
    after = leaves(_fields(content))
    if before is None:
        return [ChangedField(place, None, value) for place, value in after.items()]
    places = list(dict.fromkeys([*before, *after]))
    found = [ChangedField(place, before.get(place), after.get(place)) for place in places]
    return [field for field in found if field.before != field.after] or found


def _fields(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in NO_FIELDS}


def leaves(value: Any, place: str = "") -> dict[str, str]:
    """The single values in a value, by their places; an amount is one value, and so is a list of texts.

    {"customer": {"email": "e@x", "address": {"city": "Brno"}}} -> customer.email e@x, customer.address.city Brno
    """
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return {place.rstrip("."): f"{value['amount']} {value['currency']}"}
        found: dict[str, str] = {}
        for name, each in value.items():
            found |= leaves(each, f"{place}{name}.")
        return found
    if isinstance(value, list):
        if not any(isinstance(each, Mapping | list) for each in value):
            return {place.rstrip("."): ", ".join(map(str, value))} if value else {}
        found = {}
        for number, each in enumerate(value, 1):
            found |= leaves(each, f"{place}{number}.")
        return found
    return {} if value is None or value == "" else {place.rstrip("."): str(value)}
