"""Events of the account itself: its opening and its billing plan. All other events of its stream belong to other
areas.
"""

from __future__ import annotations

from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event

ACCOUNT_CLAIM = "account"


@event("account-opened")
class AccountOpened(Event, frozen=True, kw_only=True):
    account: str
    customer: str
    seller: str
    currency: str
    plan: BillingPlan

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The customer and the number, `C1/A1`, so that the accounts of a customer are known at once."""
        return (Claim(ACCOUNT_CLAIM, f"{self.customer}/{self.account}", stream, self.customer),)


@event("account-customer-changed")
class AccountCustomerChanged(Event, frozen=True, kw_only=True):
    """The account is another customer's from now on, because two records of one customer were merged, or parted again.

    Everything of the account stays as it is: its number, balance, services and open items.
    """

    customer: str
    before: str


@event("account-billing-day-changed")
class AccountBillingDayChanged(Event, frozen=True, kw_only=True):
    """From the first of the new billing days that is not before `effective_on`, periods begin on it."""

    billing_day: int


@event("billing-plan-changed")
class BillingPlanChanged(Event, frozen=True, kw_only=True):
    """How the account is billed from now on, complete. Its billing day is changed by a fact of its own."""

    plan: BillingPlan
