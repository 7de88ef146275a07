"""Parent and child customers: a company and its branches, a person and the children for whom it pays.

Decides who may be whose parent: a family has no circle and is of so many levels at most. That a child is paid by its
parent is a fact for the people who ask for the money. Accounts, balances and documents stay each customer's own.

    A company        may become the parent of D: levels A, B, D, E are 4
      B branch       D company          may not: under C it would be 5 levels, and its own child can never be its parent
        C office       E branch
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event, event

MOST_LEVELS = 4

# --- values and events


@event("customer-parent-assigned")
class CustomerParentAssigned(Event, frozen=True, kw_only=True):
    """From now on the customer is a child of `parent`, which pays for it or not; without a parent it is nobody's."""

    customer: str
    parent: str
    is_paid_by_parent: bool = False


@event("customer-child-added")
class CustomerChildAdded(Event, frozen=True, kw_only=True):
    customer: str
    child: str


@event("customer-child-removed")
class CustomerChildRemoved(Event, frozen=True, kw_only=True):
    customer: str
    child: str


class Parent(msgspec.Struct, frozen=True):
    """The parent of a customer, and whether it pays for the customer."""

    number: str
    pays: bool


# --- decisions


def assign_parent(
    existing: Parent | None, fact: CustomerParentAssigned, ancestors: Sequence[str], levels_below: int
) -> list[Event]:
    """A customer is put under a parent, or under none; the parent it has changes nothing.

    `ancestors` are the new parent's own parents from the nearest one up; `levels_below` counts the customer's children,
    their children and so on.
    """
    wanted = Parent(fact.parent, fact.is_paid_by_parent) if fact.parent else None
    if wanted is None and fact.is_paid_by_parent:
        raise RuleViolation("without a parent nobody pays for the customer", field="parent", value="")
    if wanted is not None:
        _require_family(fact, ancestors, levels_below)
    return [] if wanted == existing else [fact]


def _require_family(fact: CustomerParentAssigned, ancestors: Sequence[str], levels_below: int) -> None:
    if fact.customer in (fact.parent, *ancestors):
        what = "itself" if fact.customer == fact.parent else f"a child of {fact.customer}, directly or through others"
        raise RuleViolation(f"customer {fact.customer} cannot have it as its parent: it is {what}", field="parent",
                            value=fact.parent)  # fmt: skip
    levels = len(ancestors) + 1 + 1 + levels_below
    if levels > MOST_LEVELS:
        raise RuleViolation(f"the family would have {levels} levels; {MOST_LEVELS} are possible", field="parent",
                            value=fact.parent)  # fmt: skip


def moved_child(child: str, before: str, after: str, on: date) -> dict[str, Event]:
    """What the parents before and after learn of a child, each by its number; nothing if they are the same."""
    if before == after:
        return {}
    removed = {before: CustomerChildRemoved(effective_on=on, customer=before, child=child)} if before else {}
    added = {after: CustomerChildAdded(effective_on=on, customer=after, child=child)} if after else {}
    return {**removed, **added}
