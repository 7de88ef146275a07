"""Bases: a choice of customers saved by a name, to write to them again and again.

Decides which choices are sound; who is in a base is asked of the read models, on the day on which it is used. All
conditions that are named must hold, and of several values of one condition one is enough:

    cities Praha, Brno; tags vip; owes_at_least 500.00 CZK      who lives in Praha or Brno, has the tag vip, and owes
                                                                500.00 CZK or more on the accounts of the seller
    none                                                        every customer with an account of the seller
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import LANGUAGES
from billing_core.kernel.money import Money, require_amount

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
MOST_VALUES = 500
MOST_VALUE = 200

# --- values and events


class CustomerChoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which customers are chosen: those for whom every condition that is named holds.

    `tariffs` are those of services that are in use, `streets` begin like this, `consent` is a purpose to which the
    customer agreed. `owes_at_least` counts what the accounts of the seller owe together, in its currency.
    """

    tags: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    dealers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    owes_at_least: Money | None = None
    consent: str = ""


@event("customer-base-saved")
class CustomerBaseSaved(Event, frozen=True, kw_only=True):
    """From now on these customers of a seller are known by a name."""

    base: str
    name: str
    seller: str
    choice: CustomerChoice


@event("customer-base-removed")
class CustomerBaseRemoved(Event, frozen=True, kw_only=True):
    """Nobody is written to by this name any more; what was started goes on."""

    base: str


# --- state


def apply_base(state: CustomerBaseSaved | None, fact: Event) -> CustomerBaseSaved | None:
    """The base after an event of its stream; None once it is removed."""
    match fact:
        case CustomerBaseSaved():
            return fact
        case CustomerBaseRemoved():
            return None
    return state


# --- decisions


def save_base(existing: CustomerBaseSaved | None, wanted: CustomerBaseSaved) -> list[Event]:
    """A base is added, or chooses others from now on; the same again changes nothing."""
    require_code(wanted.base, "base")
    _require_line(wanted.name, "name")
    _require_choice(wanted.choice)
    if existing is not None and existing.seller != wanted.seller:
        raise RuleViolation(f"is one of seller {existing.seller}; choose another code", field="base", value=wanted.base)
    known = existing is not None and (existing.name, existing.choice) == (wanted.name, wanted.choice)
    return [] if known else [wanted]


def remove_base(existing: CustomerBaseSaved | None, code: str, on: date) -> list[Event]:
    """A base that is removed already changes nothing."""
    return [] if existing is None else [CustomerBaseRemoved(effective_on=on, base=code)]


def require_code(code: str, field: str) -> None:
    """By what a base or a bulk message is known: it stands in addresses of pages."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field=field, value=code)


def _require_line(value: str, field: str) -> None:
    if not value.strip() or len(value) > MOST_VALUE or not value.isprintable():
        raise InvalidValue(f"must be one line of 1 to {MOST_VALUE} characters", field=field, value=value[:40])


def _require_choice(choice: CustomerChoice) -> None:
    for field in ("tags", "tariffs", "cities", "streets", "dealers", "languages"):
        values: tuple[str, ...] = getattr(choice, field)
        if len(values) > MOST_VALUES:
            raise InvalidValue(f"must be at most {MOST_VALUES}", field=field, value=len(values))
        for value in values:
            _require_line(value, field)
    for language in choice.languages:
        if language not in LANGUAGES:
            raise InvalidValue(f"must be one of {', '.join(LANGUAGES)}", field="languages", value=language)
    if choice.owes_at_least is not None:
        amount = require_amount(choice.owes_at_least.amount, choice.owes_at_least.currency, "owes_at_least")
        if amount.amount <= 0:
            raise InvalidValue("must be above zero", field="owes_at_least", value=amount)
