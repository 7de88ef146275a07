"""Accounts and their billing plans, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.accounts.events import (
    AccountBillingDayChanged,
    AccountCustomerChanged,
    AccountOpened,
    BillingPlanChanged,
)
from billing_core.accounts.plans import BillingPlan
from billing_core.time.due_dates import DayOfMonth, DaysAfterIssue, DueRule, WorkingDayAfterIssue


def plan_text(plan: BillingPlan) -> str:
    """Due dates and invoicing of a plan, on one line."""
    text = f"due {_due_rule(plan.rule)}"
    if plan.due_shift != "none":
        text += f", shifted to the {plan.due_shift} working day"
    text += f", tolerated {plan.tolerance_days} more days"
    if plan.invoice_every is not None:
        since = f" counted from {plan.invoice_every.anchor_on}" if plan.invoice_every.anchor_on else ""
        text += f", invoiced every {plan.invoice_every.every}{since}"
    if plan.invoice_per != "account":
        text += f", one invoice for each {plan.invoice_per}"
    if plan.minimum_invoice:
        text += f", carried over below {plan.minimum_invoice:f}"
    return text


def _due_rule(rule: DueRule) -> str:
    match rule:
        case DaysAfterIssue(days=days):
            return f"after {days} days"
        case DayOfMonth(day=day, month=month):
            return f"on day {day} of {'the next' if month == 'next' else 'the'} month"
        case WorkingDayAfterIssue(number=number):
            return f"on working day {number} after issue"


def _opened(fact: AccountOpened) -> str:
    text = f"for customer {fact.customer} in {fact.currency}, billed by {fact.seller} on day "
    return f"{text}{fact.plan.billing_day}, {plan_text(fact.plan)}"


SENTENCES: Sentences = {
    AccountOpened: _opened,
    BillingPlanChanged: lambda fact: plan_text(fact.plan),
    AccountCustomerChanged: lambda fact: f"is an account of customer {fact.customer} (before: {fact.before})",
    AccountBillingDayChanged: lambda fact: f"periods begin on day {fact.billing_day} of the month",
}
