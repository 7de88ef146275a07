"""Dunning policies: what happens when money has not come in, step by step, as data with dates.

A policy is published as from a day and replaced by its next publication; the one in force today counts for all items. A
step is known by its code: an item goes on behind the last step that was taken on it, whatever the steps are called or
cost now. Says what a policy may be; does not decide which steps are due (`ladder`) nor which services are suspended
(`suspensions`).

    steps of policy home, an invoice of 100.00 due on 31 March 2026
    due-soon       3 days before the due date    message                                28 March
    reminder       7 days after                  message                                 7 April
    last-reminder  14 days after                 message, fee 5.00                      14 April
    suspend        21 days after                 message, suspend for non-payment       21 April
    terminate      the 10th of the next month but one      terminate, hand to collection    10 May
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from billing_core.catalogue.prices import require_price
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import require_amount
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.terms import CLOCK
from billing_core.parties.details import require_currency, require_text
from billing_core.time.due_dates import WITHOUT_HOLIDAYS, Calendar, working_day_after
from billing_core.time.periods import LAST_BILLING_DAY, boundary

MOST_STEPS = 30
MOST_DAYS = 1_000
MOST_MONTHS = 24
Skipped = Literal["weekends", "holidays"]
# The kinds of messages that a step may send; with `suspended` the suspension itself sends it.
StepMessage = Literal["", "due-soon", "overdue", "suspended"]
# A day far from every weekend and the end of a month, on which the order of steps is looked at.
SAMPLE_DUE_ON = date(2026, 3, 31)

# --- when a step is due


class DaysFromDue(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="days"):
    """So many days after the due date; a negative number is so many days before it."""

    days: int


class WorkingDaysAfterDue(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="working-days"):
    """The n-th working day after the due date."""

    days: int


class DayOfMonthAfterDue(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="day-of-month"):
    """A fixed day of the month: the first one after the due date, and `months` months later; 31 is the last day."""

    day: int
    months: int = 0


When = DaysFromDue | WorkingDaysAfterDue | DayOfMonthAfterDue


def planned_on(when: When, due_on: date, calendar: Calendar) -> date:
    """The day of a step for an item that is due on a day, if nothing delays it.

    The 10th after 31 March is 10 April, with one month more 10 May; the 31st after 30 January is 31 January, with one
    month more 28 February.
    """
    match when:
        case DaysFromDue(days=days):
            return due_on + timedelta(days=days)
        case WorkingDaysAfterDue(days=days):
            return working_day_after(due_on, days, calendar)
        case DayOfMonthAfterDue(day=day, months=months):
            first = 0 if boundary(due_on.year, due_on.month, day) > due_on else 1
            return boundary(due_on.year, due_on.month + first + months, day)


# --- what a step does


class Suspend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="does", tag="suspend"):
    """Suspend the services of the account for a reason, until nothing on which this step was taken is open."""

    reason: str = "non-payment"


class SlowDown(msgspec.Struct, frozen=True, kw_only=True, tag_field="does", tag="slow-down"):
    """Serve at the speed of a profile of the network, until nothing on which this step was taken is open."""

    profile: str


class Terminate(msgspec.Struct, frozen=True, kw_only=True, tag_field="does", tag="terminate"):
    """End all services of the account, without notice, for a reason."""

    reason: str


class HandToCollection(msgspec.Struct, frozen=True, kw_only=True, tag_field="does", tag="hand-to-collection"):
    """Hand the items on which this step is taken to an agency."""

    agency: str


class WriteOff(msgspec.Struct, frozen=True, kw_only=True, tag_field="does", tag="write-off"):
    """Write the items on which this step is taken off, for a reason."""

    reason: str


class CallCustomer(msgspec.Struct, frozen=True, tag_field="does", tag="call"):
    """Put the customer on the operator's list of calls."""


class OpenTicket(msgspec.Struct, frozen=True, kw_only=True, tag_field="does", tag="open-ticket"):
    """Open a ticket of a kind, such as a personal visit."""

    kind: str


Action = Suspend | SlowDown | Terminate | HandToCollection | WriteOff | CallCustomer | OpenTicket


class StepFee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fee for taking the step, once for all items on which it is taken that day; a line of the next invoice."""

    amount: Decimal
    description: str
    vat_rate: Decimal = Decimal(0)


class DunningStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step of the ladder.

    It waits until what is overdue is at least `least_amount`, and at least `least_share_percent` of the monthly fees of
    the account. `message` is the kind of message that the customer gets, over `channels`, or over those of the seller's
    terms; its template knows the step, so that each one may have its own words.
    """

    code: str
    when: When
    least_amount: Decimal = Decimal(0)
    least_share_percent: Decimal = Decimal(0)
    message: StepMessage = ""
    channels: tuple[ChannelName, ...] = ()
    fee: StepFee | None = None
    actions: tuple[Action, ...] = ()

    @property
    def is_before_due(self) -> bool:
        return isinstance(self.when, DaysFromDue) and self.when.days <= 0

    @property
    def suspension(self) -> Suspend | None:
        return next((action for action in self.actions if isinstance(action, Suspend)), None)


class DunningPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happens on accounts whose billing plan names this policy; amounts are in its currency.

    A step whose day is skipped moves to the next day that is not, and so does a suspension; with `suspends_from` and
    `suspends_until`, as 09:00 and 16:00, services are suspended only between these times of the seller. A service is
    suspended only after `tolerance_days`, those of the billing plan unless said, and shows that it is warned from
    `warning_days` before. An account is suspended only while its balance is below `suspend_below`, and returns at
    `resume_at`: exactly at either it is served. A service returns as soon as the money is known, or the next morning.
    Late interest is by the statutory rates of the table `interest`. With `spares_prepaid` debts suspend no service that
    the account pays before.
    """

    code: str
    name: str
    currency: str
    steps: tuple[DunningStep, ...]
    skips: tuple[Skipped, ...] = ()
    suspends_from: str = ""
    suspends_until: str = ""
    warning_days: int = 0
    tolerance_days: int | None = None
    suspend_below: Decimal | None = None
    resume_at: Decimal | None = None
    returns: Literal["at-once", "next-morning"] = "at-once"
    interest: str = ""
    spares_prepaid: bool = False

    def place_of(self, code: str) -> int | None:
        """The place of a step; None if the policy no longer has it."""
        return next((place for place, step in enumerate(self.steps) if step.code == code), None)


@event("dunning-policy-published")
class DunningPolicyPublished(Event, frozen=True, kw_only=True):
    """From `effective_on` the policy is this, complete."""

    policy: DunningPolicy


@event("dunning-policy-withdrawn")
class DunningPolicyWithdrawn(Event, frozen=True, kw_only=True):
    """The publication as from `effective_on`, which has not come yet, does not take place."""

    policy: str


# --- state


class PolicyVersions(msgspec.Struct, frozen=True):
    """What was published of a policy, by the day from which it holds, in order."""

    published: tuple[tuple[date, DunningPolicy], ...] = ()


def apply_policy(state: PolicyVersions | None, fact: Event) -> PolicyVersions | None:
    """Fold one event of a policy's stream; of two publications as from one day the later one counts."""
    known = () if state is None else state.published
    match fact:
        case DunningPolicyPublished(effective_on=on, policy=policy):
            kept = [entry for entry in known if entry[0] != on]
            return PolicyVersions(tuple(sorted([*kept, (on, policy)], key=lambda entry: entry[0])))
        case DunningPolicyWithdrawn(effective_on=on):
            return PolicyVersions(tuple(entry for entry in known if entry[0] != on))
    return state


def policy_on(state: PolicyVersions | None, on: date) -> DunningPolicy | None:
    """The policy in force on a day; None before its first publication."""
    found = [policy for from_on, policy in (state.published if state else ()) if from_on <= on]
    return found[-1] if found else None


# --- decisions


def publish_policy(known: PolicyVersions | None, policy: DunningPolicy, valid_from: date, on: date) -> list[Event]:
    """A policy holds from a day on that has not passed; its currency never changes. The same again changes nothing."""
    require_policy(policy)
    if valid_from < on:
        raise InvalidValue(f"must not lie before today, {on}", field="valid from", value=valid_from)
    published = known.published if known else ()
    for _, earlier in published:
        if earlier.currency != policy.currency:
            raise InvalidValue(f"policy {policy.code} is in {earlier.currency}; publish another one under its own code",
                               field="currency", value=policy.currency)  # fmt: skip
    if (valid_from, policy) in published or (valid_from == on and policy_on(known, on) == policy):
        return []
    return [DunningPolicyPublished(effective_on=valid_from, policy=policy)]


def withdraw_policy(known: PolicyVersions | None, code: str, valid_from: date, on: date) -> list[Event]:
    """A publication from a day that is still to come does not take place."""
    days = [from_on for from_on, _ in (known.published if known else ())]
    if valid_from not in days:
        raise NotFound(f"no publication of policy {code} holds from this day on; they hold from "
                       f"{', '.join(map(str, days)) or 'no day'}", field="valid from", value=valid_from)  # fmt: skip
    if valid_from <= on:
        raise RuleViolation("is in force already; publish another one that takes its place", field="valid from",
                            value=valid_from)  # fmt: skip
    return [DunningPolicyWithdrawn(effective_on=valid_from, policy=code)]


def require_policy(policy: DunningPolicy) -> DunningPolicy:
    """A policy that can be followed: its steps in the order of their days, or `InvalidValue`."""
    require_text(policy.code, "policy")
    require_text(policy.name, "name")
    require_currency(policy.currency)
    if not 1 <= len(policy.steps) <= MOST_STEPS:
        raise InvalidValue(f"must be 1 to {MOST_STEPS}", field="number of steps", value=len(policy.steps))
    for step in policy.steps:
        _require_step(step, policy.currency)
    _require_order(policy.steps)
    for field, days in (("warning days", policy.warning_days), ("tolerance days", policy.tolerance_days)):
        if days is not None:
            _require_number(days, 0, MOST_DAYS, field)
    _require_hours(policy)
    _require_thresholds(policy)
    return policy


def _require_hours(policy: DunningPolicy) -> None:
    for field, clock in (("suspends from", policy.suspends_from), ("suspends until", policy.suspends_until)):
        if bool(policy.suspends_from) != bool(policy.suspends_until) or (clock and not CLOCK.fullmatch(clock)):
            raise InvalidValue("must be a time as 09:00, or both are empty", field=field, value=clock)
    if policy.suspends_from and policy.suspends_until <= policy.suspends_from:
        raise InvalidValue(f"must be later than {policy.suspends_from}, from which services are suspended",
                           field="suspends until", value=policy.suspends_until)  # fmt: skip


def _require_thresholds(policy: DunningPolicy) -> None:
    for field, amount in (("suspend below", policy.suspend_below), ("resume at", policy.resume_at)):
        if amount is not None:
            require_amount(amount, policy.currency, field)
    below = policy.suspend_below
    if policy.resume_at is not None and below is None:
        raise InvalidValue("needs a balance below which services are suspended", field="resume at",
                           value=policy.resume_at)  # fmt: skip
    if policy.resume_at is not None and below is not None and policy.resume_at < below:
        raise InvalidValue(f"must not lie below {below:f}, the balance of suspension", field="resume at",
                           value=policy.resume_at)  # fmt: skip


def _require_step(step: DunningStep, currency: str) -> None:
    require_text(step.code, "step")
    _require_when(step.when, f"of step {step.code}")
    require_price(step.least_amount, f"least amount of step {step.code}")
    require_price(step.least_share_percent, f"least share of step {step.code}")
    if step.fee is not None:
        require_amount(step.fee.amount, currency, f"fee of step {step.code}")
        require_text(step.fee.description, f"description of the fee of step {step.code}")
        require_vat_rate(step.fee.vat_rate, "VAT rate")
        if step.fee.amount <= 0:
            raise InvalidValue("must be more than zero", field=f"fee of step {step.code}", value=step.fee.amount)
    for action in step.actions:
        for name in action.__struct_fields__:
            require_text(getattr(action, name), f"{name} of an action of step {step.code}")
    if not (step.message or step.fee or step.actions):
        raise InvalidValue("does nothing; name a message, a fee or an action", field="step", value=step.code)
    if step.is_before_due and (step.fee or step.actions):
        raise InvalidValue("comes before the item is overdue, so it may only send a message", field="step",
                           value=step.code)  # fmt: skip
    _require_message(step)


def _require_message(step: DunningStep) -> None:
    field, message = f"message of step {step.code}", step.message
    if message and (message == "due-soon") != step.is_before_due:
        raise InvalidValue("does not fit its day; up to the due date it is due-soon, after it overdue or suspended",
                           field=field, value=message)  # fmt: skip
    if message == "suspended" and step.suspension is None:
        raise InvalidValue("is sent by a suspension; the step has no action that suspends", field=field, value=message)


def _require_when(when: When, whose: str) -> None:
    match when:
        case DaysFromDue(days=days):
            _require_number(days, -MOST_DAYS, MOST_DAYS, f"days {whose}")
        case WorkingDaysAfterDue(days=days):
            _require_number(days, 1, MOST_DAYS, f"working days {whose}")
        case DayOfMonthAfterDue(day=day, months=months):
            _require_number(day, 1, LAST_BILLING_DAY, f"day {whose}")
            _require_number(months, 0, MOST_MONTHS, f"months {whose}")


def _require_number(number: int, least: int, most: int, field: str) -> None:
    if not least <= number <= most:
        raise InvalidValue(f"must be {least} to {most}", field=field, value=number)


def _require_order(steps: Sequence[DunningStep]) -> None:
    """Each step has its own code, and its day for an invoice due at the end of a month is not before its predecessor's.

    Steps counted in days, in working days and by the calendar can only be compared for one due date.
    """
    codes = [step.code for step in steps]
    for code in codes:
        if codes.count(code) > 1:
            raise InvalidValue("is the code of two steps; each has its own", field="step", value=code)
    for earlier, later in pairwise(steps):
        days = [planned_on(step.when, SAMPLE_DUE_ON, WITHOUT_HOLIDAYS) for step in (earlier, later)]
        if days[1] < days[0]:
            raise InvalidValue(f"comes before step {earlier.code}; put the steps in the order of their days",
                               field="step", value=later.code)  # fmt: skip
