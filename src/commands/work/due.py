"""Until when a ticket and its steps are due, in the working hours of the service level that its flow names.

Without a service level every hour of every day counts, and only steps have limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from billing_core.work.flows import Flow
from billing_core.work.service_levels import DueTimes, Priority, due_times
from billing_core.work.working_hours import deadline
from commands.platform.ports import Transaction
from commands.work.service_levels import load_service_level, working_time_of

SECONDS_OF_HOUR = 3_600


def ticket_due(flow: Flow, priority: Priority, opened_at: datetime, transaction: Transaction) -> DueTimes | None:
    """Until when a new ticket gets its first reply and is resolved; None without a service level."""
    if not flow.service_level:
        return None
    level = load_service_level(transaction, flow.service_level)
    working = working_time_of(transaction, level.seller, level.hours)
    return due_times(opened_at, level, priority, working)


def step_limits(flow: Flow, steps: Iterable[str], since: datetime, transaction: Transaction) -> dict[str, datetime]:
    """Until when each of the steps that begin now may take; those without a limit are left out."""
    limits = {code: limit.hours for code in steps if (limit := flow.step(code).limit) is not None}
    if not limits:
        return {}
    asked = {code: timedelta(seconds=int(hours * SECONDS_OF_HOUR)) for code, hours in limits.items()}
    if not flow.service_level:
        return {code: since + each for code, each in asked.items()}
    level = load_service_level(transaction, flow.service_level)
    working = working_time_of(transaction, level.seller, level.hours)
    return {code: deadline(since, each, working) for code, each in asked.items()}
