"""Billing plans: how an account is billed.

Says what a plan may be. Does not decide amounts; that is the work of `billing`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import require_amount
from billing_core.time.due_dates import (
    MOST_DUE_DAYS,
    DayOfMonth,
    DaysAfterIssue,
    DueRule,
    DueShift,
    WorkingDayAfterIssue,
    require_due_rule,
)
from billing_core.time.period_rules import PeriodRule, require_period_rule
from billing_core.time.periods import require_billing_day

InvoicePer = Literal["account", "service", "address"]
# From when on money settles postpaid invoices of a prepaid account that it does not name.
PostpaidSettled = Literal["when-due", "when-issued", "when-named"]
NO_MINIMUM = Decimal(0)

# --- values


class Prepaid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A period's fee is taken at its start if the balance covers it: in whole, or as many days as the money buys.

    The balance may fall to `suspend_below` (by default to what the credit limit allows), and a service that was
    suspended for money comes back when it is at least at `resume_at` and covers what is then due.

    Services on `postpaid_tariffs` are billed afterwards, on invoices of their own that fall due, and are not
    suspended by the balance. `postpaid_settled` says when these invoices take money that does not name them: as soon as
    they are due, so that what is not due stops no service that is paid before; as soon as they are issued; or never.

        30.00 are there, 25.00 postpaid were invoiced on 1 March and are due on the 15th, a fee of 20.00 is due on

                       5 March           20 March
        when-due       served: 30.00     waits: 5.00
        when-issued    waits: 5.00       waits: 5.00
        when-named     served: 30.00     served: 30.00; the 25.00 are dunned
    """

    credit_limit: Decimal = Decimal(0)
    covers: Literal["whole", "days"] = "whole"
    resume_on: Literal["old-grid", "new-grid"] = "old-grid"
    suspend_below: Decimal | None = None
    resume_at: Decimal | None = None
    postpaid_tariffs: tuple[str, ...] = ()
    postpaid_settled: PostpaidSettled = "when-due"

    @property
    def postpaid_waits(self) -> bool:
        """Whether postpaid charges take nothing of the balance before they are due."""
        return self.postpaid_settled != "when-issued"

    @property
    def floor(self) -> Decimal:
        """The lowest balance with which the service stays active."""
        return -self.credit_limit if self.suspend_below is None else self.suspend_below


class BillingPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an account is billed: billing day, due rule and tolerance; postpaid without prepaid terms.

    An invoice is due so many days after its issue, unless it has another rule (`due`), and its due date is shifted to a
    working day. Charges are invoiced as soon as they are posted, or on the dates of `invoice_every`; charges below
    `minimum_invoice`, with VAT, are carried over. `dunning` names the policy for money that does not come in; without
    one nothing happens by itself.
    """

    billing_day: int
    due_days: int
    tolerance_days: int
    prepaid: Prepaid | None = None
    due_rule: DayOfMonth | WorkingDayAfterIssue | None = None
    due_shift: DueShift = "none"
    invoice_per: InvoicePer = "account"
    invoice_every: PeriodRule | None = None
    minimum_invoice: Decimal = NO_MINIMUM
    dunning: str = ""

    @property
    def rule(self) -> DueRule:
        """The rule by which invoices are due."""
        return self.due_rule or DaysAfterIssue(days=self.due_days)

    def settled_from(self, issued_on: date, due_on: date) -> date | None:
        """The first day on which a postpaid invoice of a prepaid plan takes money that does not name it; None at once,
        and `date.max` if it never does.
        """
        if self.prepaid is None or not self.prepaid.postpaid_waits:
            return None
        if self.prepaid.postpaid_settled == "when-named":
            return date.max
        return due_on if issued_on < due_on else None


USUAL_PLAN = BillingPlan(billing_day=1, due_days=14, tolerance_days=7)

# --- decisions


def require_plan(plan: BillingPlan, currency: str) -> None:
    """A plan that can be billed in a currency, or `InvalidValue`."""
    require_billing_day(plan.billing_day)
    require_due_rule(DaysAfterIssue(days=plan.due_days))
    require_due_rule(plan.rule)
    if not 0 <= plan.tolerance_days <= MOST_DUE_DAYS:
        raise InvalidValue(f"must be 0 to {MOST_DUE_DAYS}", field="tolerance days", value=plan.tolerance_days)
    if plan.invoice_every is not None:
        require_period_rule(plan.invoice_every, "invoice")
    _require_amounts(plan, currency)
    if plan.minimum_invoice < 0:
        raise InvalidValue("must not be negative", field="minimum invoice", value=plan.minimum_invoice)
    prepaid = plan.prepaid
    if prepaid is None:
        return
    if prepaid.credit_limit < 0:
        raise InvalidValue("must not be negative", field="credit limit", value=prepaid.credit_limit)
    if len(set(prepaid.postpaid_tariffs)) != len(prepaid.postpaid_tariffs) or "" in prepaid.postpaid_tariffs:
        raise InvalidValue("must be codes of tariffs, each named once", field="postpaid tariffs",
                           value=", ".join(prepaid.postpaid_tariffs))  # fmt: skip
    if prepaid.resume_at is not None and prepaid.resume_at < prepaid.floor:
        raise InvalidValue(f"must not lie below {prepaid.floor}, the balance of suspension", field="resume at",
                           value=prepaid.resume_at)  # fmt: skip


def _require_amounts(plan: BillingPlan, currency: str) -> None:
    amounts: dict[str, Decimal | None] = {"minimum invoice": plan.minimum_invoice}
    if plan.prepaid is not None:
        amounts["credit limit"] = plan.prepaid.credit_limit
        amounts["suspend below"] = plan.prepaid.suspend_below
        amounts["resume at"] = plan.prepaid.resume_at
    for field, amount in amounts.items():
        if amount is not None:
            require_amount(amount, currency, field)
