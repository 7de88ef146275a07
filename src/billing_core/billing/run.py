"""The decision of a billing run for one account on one date: charges, then credit notes, then invoices.

Shared by the run, which calls it for thousands of accounts, and by the interactive path. It decides with the
facts it is given and takes nothing from outside: prices, numbers and dates are arguments.

1. Every subscription is charged for everything due up to and including the date, in advance or in arrears.
2. If the timeline changed on days already charged, only the difference is charged or credited. So a one-off fee that
   was posted before its day moved beyond the charged days is not charged again.
3. Corrections of invoiced charges, and discounts on them that become known late, make a credit note for that invoice;
   it settles the invoice that it corrects first, then others, oldest due first.
4. Everything else becomes an invoice, or several, which consume unused credits, or waits for one: see `documents_due`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.composition import DocumentsDue, deferral, documents_due
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.bundles import TariffsOfAccount, bundle_tariffs
from billing_core.charging.charges import BilledThrough, Charge, with_revisions
from billing_core.charging.difference import differences
from billing_core.charging.double_billing import is_contiguous, require_charged_once
from billing_core.charging.expected import Expected, require_few
from billing_core.charging.identical import Decision, MemoOfIdenticalSubscriptions
from billing_core.charging.one_off_difference import one_off_difference
from billing_core.charging.usage_periods import UsageRated
from billing_core.charging.view import view_of
from billing_core.invoicing.credit_placement import placed
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.events import SubscriptionEvent
from billing_core.services.subscriptions import Subscription

MOST_AHEAD = timedelta(days=366)

# --- values and events


class Bill(msgspec.Struct, frozen=True):
    """A decision that still lacks document numbers.

    `facts` are the services that a prepaid account suspends or resumes, which come before its charges.
    """

    charges: tuple[Charge, ...]
    billed_through: dict[str, BilledThrough]
    documents: DocumentsDue
    facts: tuple[SubscriptionEvent, ...] = ()


@event("billing-run-completed")
class BillingRunCompleted(Event, frozen=True, kw_only=True):
    """A run that billed something has ended: everything before `until` was charged."""

    until: date
    bills: int
    invoices: int
    credit_notes: int
    parked: int


class NoBusinessDate(InvalidValue):
    """A day on which no document can be dated."""

    code = "no-business-date"


class HistoryNeeded(RuleViolation):
    """The past changed: the decision needs everything that was ever charged on the account."""

    code = "history-needed"


# --- when


def next_due_on(subscriptions: Mapping[str, Subscription]) -> date | None:
    """The first day on which something is to be charged; None while there is nothing to come."""
    first_on = None
    for entry in subscriptions.values():
        due_on = entry.due_on
        if due_on is not None and (first_on is None or due_on < first_on):
            first_on = due_on
    return first_on


def account_due_on(account: Account) -> date | None:
    """The first day on which something is to be charged or invoiced; None while there is nothing to come."""
    due_on, invoice_on = next_due_on(account.subscriptions), account.invoice_on
    if due_on is None or invoice_on is None:
        return due_on or invoice_on
    return min(due_on, invoice_on)


def past_changed(account: Account) -> bool:
    """Whether days already charged changed since, of a service itself or of those that a bundle may require.

    Such an account is due on any date.
    """
    if any(entry.changed_from is not None for entry in account.subscriptions.values()):
        return True
    if not account.tariffs_changed_from:
        return False
    changed_from = min(account.tariffs_changed_from.values())
    return any(
        entry.charged_until is not None and changed_from < entry.charged_until
        for entry in account.subscriptions.values()
    )


def waits_parked(account: Account, on: date) -> bool:
    """Whether it could not be billed up to a day that is not after this one."""
    return account.parked is not None and account.parked.on <= on


def require_near(until: date, on: date, field: str) -> None:
    """A typing error must not bill the next century: the limit is a year and a day after the business date."""
    if until - on > MOST_AHEAD:
        raise InvalidValue(f"is more than {MOST_AHEAD.days} days after {on}", field=field, value=until)


def require_business_date(on: date, today: date, seller: str, last_issued_on: date | None) -> None:
    """Documents are dated today at the latest, and in the order of their numbers: not before the seller's last one.

    last document 10 March, today 20 March    9 March: refused    10 to 20 March: allowed    21 March: refused
    """
    if on > today:
        raise NoBusinessDate(f"is after today, {today}; to charge ahead, bill today and name a later day `until`",
                             field="on", value=on)  # fmt: skip
    if last_issued_on is not None and on < last_issued_on:
        raise NoBusinessDate(
            f"is before the last document of seller {seller}, of {last_issued_on}; bill on that day or later",
            field="on", value=on,
        )  # fmt: skip


def require_opened(account: Account, on: date) -> None:
    """No document of an account is dated before the account was opened."""
    if on < account.opened_on:
        raise NoBusinessDate(f"is before account {account.number} was opened, on {account.opened_on}; bill on that day "
                             "or later", field="on", value=on)  # fmt: skip


# --- what


def bill_due(
    account: Account,
    catalogue: Catalogue,
    on: date,
    history: BillingHistory | None = None,
    memo: MemoOfIdenticalSubscriptions | None = None,
    today: date | None = None,
) -> Bill | None:
    """The bill of an account for everything due up to and including a date; None if nothing is to be decided.

    Which charges come onto an invoice is decided as of today, the date itself unless said.
    """
    rating = Rating(account, catalogue, on, history, memo, TariffsOfAccount(account.subscriptions))
    return bill_of(account, decisions_due(rating), today or on, history)


class Rating(NamedTuple):
    """The facts with which the subscriptions of an account are decided, and the day up to and including which."""

    account: Account
    catalogue: Catalogue
    on: date
    history: BillingHistory | None
    memo: MemoOfIdenticalSubscriptions | None
    tariffs: TariffsOfAccount


def decisions_due(rating: Rating) -> dict[str, Decision]:
    """The charges due for each subscription, by its code, without those that have nothing to decide."""
    found = {}
    for subscription in rating.account.subscriptions.values():
        decision = decision_of(subscription, rating)
        if decision is not None:
            found[subscription.code] = decision
    return found


def decision_of(subscription: Subscription, rating: Rating) -> Decision | None:
    """The charges due for one subscription; None if nothing is due and its past did not change."""
    if rating.account.tariffs_changed_from:
        subscription = _with_bundles(rating.account, subscription, rating.catalogue)
    due_on = subscription.due_on
    if subscription.changed_from is None and (due_on is None or due_on > rating.on):
        return None
    try:
        return _decided(subscription, rating)
    except BillingError as error:
        error.subscription = subscription.code
        raise


def _with_bundles(account: Account, subscription: Subscription, catalogue: Catalogue) -> Subscription:
    """A subscription as changed from the day on which the services changed that its bundles require."""
    until = subscription.charged_until
    changed = {tariff: on for tariff, on in account.tariffs_changed_from.items() if until is not None and on < until}
    days = [changed[tariff] for tariff in bundle_tariffs(subscription, catalogue) & changed.keys()] if changed else []
    if not days:
        return subscription
    changed_from = min([*days, subscription.changed_from or date.max])
    return msgspec.structs.replace(subscription, changed_from=changed_from)


def bill_of(
    account: Account, found: Mapping[str, Decision], on: date, history: BillingHistory | None = None
) -> Bill | None:
    """The bill of an account, from the decisions for its subscriptions; None if it would be empty."""
    billed_through = {code: billed_through for code, (_, billed_through) in found.items()}
    if not billed_through and not account.pending:
        return None
    charges = [charge for charges, _ in found.values() for charge in charges]
    bill = bill_with(account, charges, billed_through, on, history)
    is_something = billed_through or bill.documents.invoices or deferral(account, bill.documents, on, is_posted=False)
    return bill if is_something else None


def bill_with(
    account: Account,
    charges: Sequence[Charge],
    billed_through: dict[str, BilledThrough],
    on: date,
    history: BillingHistory | None,
) -> Bill:
    """Charges as they are to be posted, with the documents that are made of them and of those that wait."""
    posted = placed(charges, account.pending, history)
    return Bill(tuple(posted.charges), billed_through, documents_due(account, posted, billed_through, on, history))


def _decided(subscription: Subscription, rating: Rating) -> Decision:
    """The charges due for a subscription, by the cheapest correct way."""
    account, catalogue, on, history, memo, tariffs = rating
    decided = None
    if subscription.changed_from is None:
        decided = None if memo is None else memo.coming(subscription, account.billing_days, on)
        if decided is None or not is_contiguous(subscription.covered_until, decided[0]):
            decided = _coming(expected_of(account, subscription, catalogue, history, tariffs), subscription, on)
    if decided is None:
        if history is None:
            raise HistoryNeeded("the past of the account changed; bill it with its history", field="subscription",
                                value=subscription.code)  # fmt: skip
        decided = _compared(subscription, rating, history)
    elif history is not None:
        require_charged_once(decided[0], decided[0], _charges_of(history, subscription.code))
    require_few(len(decided[0]), subscription.code)
    return decided


def decide_changes(account: Account, catalogue: Catalogue, history: BillingHistory) -> Bill | None:
    """The bill of an account for changes of days already charged, and for no new days."""
    return bill_due(account, catalogue, date.min, history)


def expected_of(
    account: Account,
    subscription: Subscription,
    catalogue: Catalogue,
    history: BillingHistory | None,
    tariffs: TariffsOfAccount | None = None,
) -> Expected:
    """The expected charges of a subscription: all of them with the history, else those that were not posted before.

    `tariffs` are those of the account, made for all of its subscriptions.
    """
    usage = account.usage if history is None else history.usage
    others = tariffs or TariffsOfAccount(account.subscriptions)
    view = view_of(subscription, account.billing_days, usage.get(subscription.code, ()), others)
    return Expected(view if history else view._replace(rated_until=subscription.covered_until), catalogue)


def _coming(owed: Expected, subscription: Subscription, on: date) -> tuple[list[Charge], BilledThrough] | None:
    """The charges due now, if no charged day changed.

    None if that needs the history: a one-off fee was posted before its day, a price looks back at usage, usage has the
    price of a period that was decided before, or a period that ends on the day of a change was.
    """
    due_on = subscription.due_on
    assert due_on is not None
    if owed.has_usage_before(due_on):
        return None
    charged_until = subscription.charged_until or due_on
    try:
        charges, billed_through = owed.coming(due_on, on, charged_until)
    except UsageRated:
        return None
    if not is_contiguous(subscription.covered_until, charges):
        return None
    fees = Counter(charge.component for charge in charges if charge.kind == "one-off")
    if fees and subscription.one_offs:
        due = Counter(fee.component for fee in owed.one_offs() if fee.from_on <= on)
        on_record = Counter(subscription.one_offs)
        if any(due[code] != on_record[code] + many for code, many in fees.items()):
            return None
    return charges, billed_through


def _compared(subscription: Subscription, rating: Rating, history: BillingHistory) -> Decision:
    """The differences due for a subscription whose past changed, made once for all with the same past."""

    def decide() -> Decision:
        owed = expected_of(rating.account, subscription, rating.catalogue, history, rating.tariffs)
        return _differences(owed, subscription, rating.on, history)

    if rating.memo is None or history.ever_used(subscription.code):
        return decide()
    posted = _charges_of(history, subscription.code)
    return rating.memo.compared(subscription, posted, rating.account.billing_days, rating.on, decide)


def _differences(
    owed: Expected, subscription: Subscription, on: date, history: BillingHistory
) -> tuple[list[Charge], BilledThrough]:
    """The differences in the periods since the first change, further charges due, and one-off fees."""
    code = subscription.code
    assert subscription.charged_until is not None and subscription.decided_on is not None
    on = max(on, subscription.decided_on)
    after = min(on for on in (subscription.changed_from, subscription.next_due_on, on) if on is not None) - ONE_DAY
    after = owed.compared_after(after, history.ever_used(code))
    posted = history.posted_for(code)
    since = [entry for entry in posted if entry.charge.whole_period.to_on > after]
    charged = {(entry.charge.of or entry.charge.component, entry.charge.whole_period) for entry in since}
    periods = list(owed.periods(after, on, charged))
    should = [charge for entry in periods for charge in entry.charges]
    lines = differences(should, [entry.charge for entry in since])
    fees = owed.one_offs()
    lines += one_off_difference(fees, posted, on)
    _, ahead = owed.coming(on + ONE_DAY, on, subscription.charged_until)
    ends = (*(entry.period.to_on for entry in periods), *(fee.to_on for fee in fees if fee.from_on <= on))
    charged_until = max(ends, default=subscription.charged_until)
    lines = with_revisions(lines, posted)
    require_charged_once(lines, should, _charges_of(history, code))
    return lines, BilledThrough(on, ahead.next_due_on, max(charged_until, subscription.charged_until))


def _charges_of(history: BillingHistory, subscription: str) -> list[Charge]:
    return [entry.charge for entry in history.posted_for(subscription)]
