"""Waivers: a charge is taken back by hand, and stays so whatever becomes known later.

The days of the charge are waived as a fact of the subscription's timeline: nothing is expected for its component on
them. The difference does the rest: it credits the charge, and the discounts and surcharges on it with it. Days of the
charge that were credited before are charged otherwise by now, and stay so. What counts towards a minimum counts also if
it was waived, so that a waiver is not charged again as a true-up.

An item that was charged by hand belongs to no timeline: it is credited as it stands. So is a charge that stands twice
by a fault, since waived days would take back both.

    300.00 less 10 % on an invoice, waived   -300.00 and 30.00, a credit note of -270.00
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.charging.charges import Charge, ChargesPosted, with_revisions
from billing_core.charging.difference import credit_of, days_left
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import total
from billing_core.kernel.spans import Span
from billing_core.services.events import SubscriptionChargeWaived


def waive(key: str, history: BillingHistory, reason: str, on: date) -> list[Event]:
    """The facts that take back what is left of a charge; if nothing is left, `RuleViolation`."""
    charge = history.posted(key).charge
    posted = [entry.charge for entry in history.posted_for(charge.subscription)]
    _require_left(charge, posted)
    days = days_left(charge, posted)
    if not charge.subscription or _is_charged_twice(charge, days, posted):
        credits = with_revisions([credit_of(charge, span) for span in days], history.charges.values())
        return [ChargesPosted(effective_on=on, charges=tuple(credits), billed_through={})]
    return [
        SubscriptionChargeWaived(
            effective_on=span.from_on, to_on=span.end, subscription=charge.subscription, component=charge.component,
            of=charge.of, reason=reason,
        )
        for span in days
    ]  # fmt: skip


def charge_standing_on(subscription: str, component: str, of: str, on: date, history: BillingHistory) -> str:
    """The key of the charge of a component, or of a surcharge `of` another, that stands on a day.

    If none does, `RuleViolation`.
    """
    posted = [entry.charge for entry in history.posted_for(subscription)]
    for charge in reversed(posted):
        is_of_component = charge.corrects is None and (charge.component, charge.of) == (component, of)
        if is_of_component and any(span.contains(on) for span in days_left(charge, posted)):
            return charge.key
    raise RuleViolation(
        f"no charge of {component}{f' on {of}' if of else ''} is on record for this day; choose a day that was charged",
        field=f"waiver for subscription {subscription} on", value=on,
    )  # fmt: skip


def _is_charged_twice(charge: Charge, days: Sequence[Span], posted: list[Charge]) -> bool:
    """Whether another charge stands on its days: one of them is a fault, and waived days would take back both."""
    others = (
        span
        for other in posted
        if other.corrects is None and other.key != charge.key and charge.is_priced_by_days
        if (other.component, other.of) == (charge.component, charge.of)
        for span in days_left(other, posted)
    )
    return any(span.within(own) for span in others for own in days)


def _require_left(charge: Charge, posted: list[Charge]) -> None:
    if charge.corrects is not None:
        raise RuleViolation("is itself a correction; waive the charge that it corrects", field="charge",
                            value=charge.key)  # fmt: skip
    if charge.kind == "discount":
        raise RuleViolation("is a discount; end the discount, or waive the charge it is on", field="charge",
                            value=charge.key)  # fmt: skip
    corrections = (line.amount for line in posted if line.corrects == charge.key)
    left = charge.amount + total(corrections, charge.amount.currency)
    if not left.amount > 0:
        raise RuleViolation("nothing is left of it to waive", field="charge", value=charge.key)
