"""Which documents are made of the charges that wait, and when.

Charges are posted when they are due; the billing plan says when and how they are invoiced:

- at once, or on the account's invoice dates only: the boundaries of a grid of their own, such as every 3 months on the
  billing day. Charges between two of them wait for the later one.
- on one invoice for the account, or on one for each service or each service address, which it names; what belongs to
  no service, such as an item charged by hand, then stands on one of its own.
- on invoices of their own for the postpaid services of a prepaid account, since they fall due.
- not below a minimum: a smaller sum is carried over to the next invoice date. If no further charges will follow,
  because the last service ended, any sum is invoiced.

An item charged by hand waits for the account's next invoice: the next bill, on the next billing day at the latest.
Charges that do not sum to more than zero make no invoice, nor do those at a VAT rate with a negative sum; they wait for
further ones. Corrections of invoiced charges do not wait: each becomes a credit note for the invoice that it corrects.

Worked example: charged 1.00 daily, invoiced monthly on billing day 1, minimum 25.00, activated on 20 February:

    20-28 Feb and 1 Mar   9 + 1 = 10.00   1 Mar: below 25.00, carried over to 1 Apr
    2-31 Mar and 1 Apr    10 + 31 = 41.00   1 Apr: invoice of 41.00
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.accounts.account import Account
from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.charging.charges import BilledThrough, Charge
from billing_core.invoicing.credit_placement import Credits, Placed
from billing_core.invoicing.invoices import (
    Amounts,
    BillingHistory,
    Subject,
    TaxGroup,
    credit_amounts,
    invoice_amounts,
    tax_group,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import total, zero
from billing_core.kernel.spans import ONE_DAY

# --- values and events


class DocumentsDue(msgspec.Struct, frozen=True):
    """Documents without numbers, and the charges that still wait, with the reason.

    `is_deferred` if they wait for the next invoice date, `is_nothing` if they do not sum to more than zero and need
    further ones.
    """

    invoices: tuple[Amounts, ...] = ()
    credit_notes: dict[str, Amounts] = {}
    waiting: tuple[Charge, ...] = ()
    is_deferred: bool = False
    is_nothing: bool = False


# --- what


def documents_due(
    account: Account,
    posted: Placed,
    billed_through: Mapping[str, BilledThrough],
    on: date,
    history: BillingHistory | None = None,
) -> DocumentsDue:
    """The documents of a day, made of the charges that wait and of those that are posted now."""
    lines = [*account.pending, *posted.lines]
    credit_notes = {} if history is None else credit_notes_of(posted.credits, history)
    if not lines:
        return DocumentsDue((), credit_notes)
    if not _is_invoice_date(account, billed_through, on, has_more=bool(posted.lines)):
        return DocumentsDue((), credit_notes, tuple(lines))
    return _invoices(account, lines, billed_through, credit_notes)


def credit_notes_of(credits: Credits, history: BillingHistory) -> dict[str, Amounts]:
    """The amounts of a credit note for each of some invoices."""
    return {number: credit_amounts(members, history.invoices[number]) for number, members in credits.items()}


def _is_invoice_date(
    account: Account, billed_through: Mapping[str, BilledThrough], on: date, *, has_more: bool
) -> bool:
    """Whether an invoice date came since the charges wait, or since the first of the new ones was due."""
    if account.plan.invoice_every is None:
        return has_more or account.invoice_on is None or account.invoice_on <= on
    dates = [account.invoice_on]
    if has_more:
        since = [account.subscriptions[code].due_on for code in billed_through]
        dates.append(account.next_invoice_on(min([on, *(due_on for due_on in since if due_on is not None)])))
    return any(date is not None and date <= on for date in dates)


def _invoices(
    account: Account,
    lines: Sequence[Charge],
    billed_through: Mapping[str, BilledThrough],
    credit_notes: dict[str, Amounts],
) -> DocumentsDue:
    nothing = zero(account.currency)
    minimum = account.plan.minimum_invoice
    invoices: list[Amounts] = []
    waiting: list[Charge] = []
    is_deferred = is_nothing = False
    has_more = minimum > 0 and _has_more_to_come(account, billed_through)
    for (subject, is_postpaid), part in _parted(account, lines):
        members, below = _not_below_nothing(part)
        if below:
            is_nothing = True
            waiting += below
        if total((charge.amount for charge in members), account.currency) <= nothing:
            is_nothing = True
            waiting += members
            continue
        amounts = invoice_amounts(members, subject, is_postpaid=is_postpaid)
        if abs(amounts.gross.amount) < minimum and has_more:
            is_deferred = True
            waiting += members
        else:
            invoices.append(amounts)
    return DocumentsDue(tuple(invoices), credit_notes, tuple(waiting), is_deferred, is_nothing)


def _parted(
    account: Account, lines: Sequence[Charge]
) -> Iterable[tuple[tuple[Subject | None, bool], Sequence[Charge]]]:
    """The subject of each invoice, whether it is postpaid on a prepaid account, and its lines, in the order of their
    first lines.
    """
    is_mixed = account.prepaid is not None and account.prepaid.postpaid_tariffs
    if account.plan.invoice_per == "account" and not is_mixed:
        return [((None, False), lines)]
    parts: dict[tuple[Subject | None, bool], list[Charge]] = defaultdict(list)
    for line in lines:
        parts[subject_of(account, line), account.is_postpaid(line.tariff)].append(line)
    return parts.items()


def _not_below_nothing(lines: Sequence[Charge]) -> tuple[Sequence[Charge], Sequence[Charge]]:
    """The lines at VAT rates with a sum of zero or more, and the others."""
    sums: dict[TaxGroup, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[tax_group(line)] += line.amount.amount
    if min(sums.values()) >= 0:
        return lines, ()
    is_below = {group: amount < 0 for group, amount in sums.items()}
    return [line for line in lines if not is_below[tax_group(line)]], [
        line for line in lines if is_below[tax_group(line)]
    ]


def subject_of(account: Account, line: Charge) -> Subject | None:
    """The subject of a line's invoice, by the account's plan; None for the account as a whole."""
    per = account.plan.invoice_per
    if per == "account" or not line.subscription:
        return None
    if per == "service":
        return Subject(subscription=line.subscription)
    address = account.subscriptions[line.subscription].address
    return Subject(address=address) if address else None


def _has_more_to_come(account: Account, billed_through: Mapping[str, BilledThrough]) -> bool:
    return any(
        (billed_through[code].next_due_on if code in billed_through else subscription.due_on) is not None
        for code, subscription in account.subscriptions.items()
    )


def deferral(account: Account, documents: DocumentsDue, on: date, *, is_posted: bool) -> list[Event]:
    """The event about charges that still wait after an invoice date; None if it is recorded already.

    `is_posted` if some of them are posted now, which makes an account with invoice dates due on the next of them.
    """
    is_queued = is_posted and account.plan.invoice_every is not None
    if documents.is_deferred:
        until = account.next_invoice_on(on + ONE_DAY)
        is_known = until == account.invoice_on and not is_queued
        return [] if is_known else [ChargesDeferred(effective_on=on, until=until)]
    is_due = is_queued or account.invoice_on is not None
    return [ChargesDeferred(effective_on=on, until=None)] if documents.is_nothing and is_due else []
