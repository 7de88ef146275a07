"""Merging two records of one customer: one is kept, and the other one points to it.

Decides which records may be merged, and that a merge can be undone. The merged number is refused for new business. Its
accounts are the kept customer's from then on, with their balances; the streams of both records stay as they are. Merges
may follow each other, and are undone in the opposite order, so no record ever points to itself.

    C2 into C1, C3 into C2       refused: C2 points to C1, so C3 is merged into C1
    C3 into C2, C2 into C1       C1 is kept, with the accounts of all three; to free C3, first undo that of C2
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import CustomerState, require_current
from billing_core.parties.details import require_text
from billing_core.parties.merges import (
    CustomerMerged,
    CustomerMergeUndone,
    CustomerRecordGivenBack,
    CustomerRecordTakenOver,
)


def merge_customers(
    merged: CustomerState, kept: CustomerState, accounts: Sequence[str], reason: str, on: date
) -> tuple[list[Event], list[Event]]:
    """What the merged and what the kept customer's streams learn; the same merge again changes nothing."""
    number, into = merged.customer.number, kept.customer.number
    if merged.merged_into == into:
        return [], []
    require_text(reason, "reason")
    if number == into:
        raise RuleViolation("is the customer that is kept; name two different ones", field="customer", value=number)
    for customer in (kept, merged):
        require_current(customer)
    if merged.dealer != kept.dealer:
        raise RuleViolation(f"belongs to {_dealer(merged)}, and customer {into} to {_dealer(kept)}; assign both to the "
                            "same dealer first", field="customer", value=number)  # fmt: skip
    if merged.parent or merged.children:
        raise RuleViolation("has a parent or children; take it out of its family first, with `assign-parent`",
                            field="customer", value=number)  # fmt: skip
    return (
        [CustomerMerged(effective_on=on, customer=number, into=into, accounts=tuple(accounts), reason=reason)],
        [CustomerRecordTakenOver(effective_on=on, customer=into, other=number, accounts=tuple(accounts))],
    )


def _dealer(customer: CustomerState) -> str:
    return f"dealer {customer.dealer}" if customer.dealer else "no dealer"


def undo_merge(merged: CustomerState, kept: CustomerState, reason: str, on: date) -> tuple[list[Event], list[Event]]:
    """What both streams learn when the merged customer is one of its own again."""
    number, into = merged.customer.number, merged.merged_into
    require_text(reason, "reason")
    require_current(kept)
    return (
        [CustomerMergeUndone(effective_on=on, customer=number, into=into, reason=reason)],
        [CustomerRecordGivenBack(effective_on=on, customer=into, other=number)],
    )


def require_merged(customer: CustomerState) -> None:
    """A customer that points to another one."""
    if not customer.merged_into:
        raise RuleViolation("is not merged into another customer", field="customer", value=customer.customer.number)
