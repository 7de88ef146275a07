"""Which invoices of an account bear late interest, and the document on which it is charged.

Late interest is no price of a supply: it stands on a document of its own, with a line for each invoice and outside VAT.
It is charged on what is open, and on what was open when interest was charged last, up to the day of its payment. An
invoice that is itself late interest bears none, and proceedings over the customer end it on the day of their opening.

    1 July     invoice 7 is open since 31 March          charged up to 1 July
    15 July    it is paid
    1 August   charged again                             the days from 1 to 15 July
    1 October  charged again                             nothing

Decides no rates (`dunning.interest`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.accounts.item_courses import ItemCourse, ItemCourses
from billing_core.billing.issuing import Issue, settled_invoice
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.dunning.interest import InterestRow, InterestTable, LateInterestCharged, interest, interest_due
from billing_core.dunning.state import INSOLVENCY
from billing_core.invoicing.invoices import Amounts, InvoiceIssued, invoice_amounts
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY, Span

NO_VAT = Decimal(0)


class ItemInterest(NamedTuple):
    """The late interest of an invoice: for its days since it was charged last, and how it comes about from day one."""

    invoice: str
    days: Span
    due: Money
    rows: list[InterestRow]


# --- decisions


def late_interest(account: Account, courses: ItemCourses, table: InterestTable, upto_on: date) -> list[ItemInterest]:
    """What is to be charged for the days before `upto_on`, by invoice; what has nothing to be charged is left out.

    If more was charged than is due now, as when a payment was booked late, nothing is charged until that is made up.
    """
    found = (_of_item(account, invoice, course, table, upto_on) for invoice, course in courses.by_invoice.items())
    return [item for item in found if item is not None and item.due.amount > 0]


def claims(account: Account, courses: ItemCourses, table: InterestTable, opened_on: date) -> list[ItemInterest]:
    """The items open on the day on which proceedings were opened, each with its interest that was not charged by then.

    Without interest too: every open item is to be filed.
    """
    found: list[ItemInterest] = []
    for invoice, course in courses.by_invoice.items():
        if course.open_on(opened_on).amount > 0:
            item = _of_item(account, invoice, course, table, opened_on)
            nothing = zero(account.currency)
            found.append(item or ItemInterest(invoice, Span(opened_on, opened_on), nothing, []))
    return found


def charge_late_interest(
    account: Account, items: Sequence[ItemInterest], table: InterestTable, issue: Issue, today: date
) -> list[Event]:
    """The document of late interest, what it settles from unused credit, and the fact for each invoice."""
    charges = tuple(_charge(item) for item in items)
    amounts = amounts_of(items)
    posted = ChargesPosted(effective_on=today, charges=charges, billed_through={})
    issued, *settled = settled_invoice(amounts, issue, account.plan, account.ledger.copy())
    assert isinstance(issued, InvoiceIssued)
    facts = [
        LateInterestCharged(
            effective_on=today, invoice=item.invoice, from_on=item.days.from_on, upto_on=item.days.end,
            amount=item.due, table=table.code, document=issued.number,
        )
        for item in items
    ]  # fmt: skip
    return [posted, issued, *settled, *facts]


def amounts_of(items: Sequence[ItemInterest]) -> Amounts:
    """Lines and total of the document."""
    return invoice_amounts([_charge(item) for item in items])


def require_upto(upto_on: date, today: date) -> date:
    """Interest is charged for days that are over."""
    if upto_on > today:
        raise InvalidValue(f"is after today, {today}; interest is charged for days that are over", field="upto",
                           value=upto_on)  # fmt: skip
    return upto_on


def insolvent_since(account: Account) -> date | None:
    """The day on which the proceedings over the customer were opened that are not over."""
    stops = account.dunning.stops.get("", ())
    return next((stop.from_on for stop in stops if stop.why == INSOLVENCY and stop.to_on is None), None)


# --- parts


def _of_item(
    account: Account, invoice: str, course: ItemCourse, table: InterestTable, upto_on: date
) -> ItemInterest | None:
    """The interest of an item that bears some; None of one that is not late, or settled for good."""
    debts = account.dunning.debts
    charged = debts.interest.get(invoice)
    since = insolvent_since(account)
    upto_on = upto_on if since is None else min(upto_on, since)
    first_on = course.due_on + ONE_DAY if charged is None else charged.upto_on
    was_open = course.open_on(first_on - ONE_DAY).amount > 0
    is_open = invoice in account.ledger.open_items
    if invoice in debts.interest_documents or upto_on <= first_on or not (is_open or (charged and was_open)):
        return None
    rows = interest(course.open_from(), course.due_on, Span(course.due_on, upto_on), table)
    known = zero(account.currency) if charged is None else charged.amount
    return ItemInterest(invoice, Span(first_on, upto_on), interest_due(rows, known), rows)


def _charge(item: ItemInterest) -> Charge:
    return Charge(
        subscription="", component=f"late-interest-{item.invoice}", tariff="", kind="one-off",
        description=f"Late interest on invoice {item.invoice}", from_on=item.days.from_on, to_on=item.days.end,
        amount=item.due, unit_price=item.due.amount, vat_rate=NO_VAT, agreed=True,
    )  # fmt: skip
