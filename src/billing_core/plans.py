"""Billing plans: how an account is billed.

Says what a plan may be. Does not decide amounts; that is the work of `billing`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.billing.periods import require_billing_day
from billing_core.errors import InvalidValue

MOST_DUE_DAYS = 365

# --- values


class Prepaid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A period's fee is taken at its start if the balance covers it: in whole, or as many days as the money buys.

    The balance may fall to `suspend_below` (by default to what the credit limit allows), and a service that was
    suspended for money comes back when it is at least at `resume_at` and covers what is then due.
    """

    credit_limit: Decimal = Decimal(0)
    covers: Literal["whole", "days"] = "whole"
    resume_on: Literal["old-grid", "new-grid"] = "old-grid"
    suspend_below: Decimal | None = None
    resume_at: Decimal | None = None

    @property
    def floor(self) -> Decimal:
        """The least balance with which the service goes on."""
        return -self.credit_limit if self.suspend_below is None else self.suspend_below


class BillingPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an account is billed: on which day, due and tolerated how long; postpaid unless it says how it is prepaid."""

    billing_day: int
    due_days: int
    tolerance_days: int
    prepaid: Prepaid | None = None


# --- decisions


def require_plan(plan: BillingPlan) -> None:
    """A plan that can be billed, or `InvalidValue`."""
    require_billing_day(plan.billing_day)
    for field, days in (("due days", plan.due_days), ("tolerance days", plan.tolerance_days)):
        if not 0 <= days <= MOST_DUE_DAYS:
            raise InvalidValue(f"must be 0 to {MOST_DUE_DAYS}", field=field, value=days)
    prepaid = plan.prepaid
    if prepaid is None:
        return
    if prepaid.credit_limit < 0:
        raise InvalidValue("must not be negative", field="credit limit", value=prepaid.credit_limit)
    if prepaid.resume_at is not None and prepaid.resume_at < prepaid.floor:
        raise InvalidValue(f"must not lie below {prepaid.floor}, where the service is suspended", field="resume at",
                           value=prepaid.resume_at)  # fmt: skip
