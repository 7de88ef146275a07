"""Kinds of events by what people look for in the LOG: money, services, prices, customers, rights, work.

The group of an event follows from the room of the rules in which it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from billing_core.kernel.events import kinds_by_name

Group = Literal["", "money", "services", "prices", "customers", "rights", "work"]
ROOMS: Mapping[str, frozenset[str]] = {
    "money": frozenset({"payments", "charging", "invoicing", "accounts", "billing", "credit_limits"}),
    "services": frozenset({"services", "promises", "usage"}),
    "prices": frozenset({"catalogue"}),
    "customers": frozenset({"parties", "party_changes", "forgetting", "dealers"}),
    "rights": frozenset({"staff", "approvals", "confirmation", "outreach"}),
    "work": frozenset({"work", "time"}),
}


@cache
def events_of_group(group: Group) -> tuple[str, ...]:
    """The names of the events of a group."""
    return tuple(name for name, kind in kinds_by_name().items() if kind.__module__.split(".")[1] in ROOMS[group])
