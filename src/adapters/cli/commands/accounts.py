"""One account, explained: what is open, what was sold, and every posting that led to the balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, AsOfName
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import about_what, money

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from billing_core.accounts.account import Account
    from billing_core.invoicing.documents import DocumentLine
    from billing_core.parties import Customer
    from billing_core.payments.ledger import OpenItem
    from billing_core.services.subscriptions import Subscription
    from billing_core.services.terms_in_force import TermsInForce
    from billing_core.services.timeline import Segment
    from projections.statements import Posting, Statement

TITLES = {
    "invoice": "Invoice",
    "credit-note": "Credit note",
    "payment": "Payment",
    "payment-reversal": "Reversal of payment",
    "payment-moved-away": "Moved away, payment",
    "payment-moved-in": "Moved in, payment",
}


def show_account(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Show at most this many postings, the newest ones.")
    ] = 50,
) -> None:
    """Explain an account and its balance.

    Shows open items, subscriptions, and every posting with its explanation.
    """
    with opened_to_read(context, asof) as app:
        explain_account(app, number, app.queries.on or origin_of(context).today, as_json, limit)


def explain_account(app: Application, number: str, today: date, as_json: bool, limit: int) -> None:
    """Show the account as of the last event of its stream."""
    statement, customer = read_statement(app, number)
    postings = statement.postings[-limit:]
    earlier = len(statement.postings) - len(postings)
    if as_json:
        print_json(_as_document(statement, customer, postings, earlier, today))
        return
    _tell_account(statement.account, customer, today)
    _tell_subscriptions(statement.account, today)
    _tell_open(statement)
    tell("\nPostings, in the order in which they were recorded", "bold")
    say_more(earlier, "these are older; use --limit to see them")
    _tell_postings(postings, has_several=len(statement.account.subscriptions) > 1)


def read_statement(app: Application, number: str) -> tuple[Statement, Customer]:
    """The account's statement and its customer as now known, or `NotFound`."""
    from billing_core.kernel.errors import NotFound
    from billing_core.parties import CustomerState, apply_customer
    from commands.accounts import account_stream
    from commands.parties import customer_stream
    from projections.statements import statement_of

    statement = statement_of(app.queries.events_of(account_stream(number)))
    if statement is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=number)
    state: CustomerState | None = None
    for fact in app.queries.events_of(customer_stream(statement.account.customer)):
        state = apply_customer(state, fact)
    assert state is not None, f"account {number} belongs to a customer that is not registered"
    return statement, state.customer


def _tell_account(account: Account, customer: Customer, today: date) -> None:
    from adapters.texts.account_card import account_lines
    from adapters.texts.accounts import plan_text

    tell(f"Account {account.number} of {customer.name}, customer {customer.number}", "bold")
    tell(f"  since {account.opened_on}, seller {account.seller}, billed on day {account.billing_day}")
    tell(f"  {plan_text(account.plan)}")
    for line in account_lines(account, today):
        tell(f"  {line}")


def _tell_subscriptions(account: Account, today: date) -> None:
    from adapters.texts.services import change_text, in_force_text, pause_text, terms_text

    for subscription in account.subscriptions.values():
        charged = f", charged until {subscription.charged_until}" if subscription.charged_until else ", not charged yet"
        tell(f"\nSubscription {subscription.code}: {status_on(subscription, today)} on {today}{charged}", "bold")
        segment = segment_on(subscription, today)
        if segment is not None:
            tell(f"  {in_force_text(segment.in_force)}")
            if segment.in_force.status != "active":
                tell(f"  {pause_text(segment)}")
        for change in subscription.timeline:
            tell(f"  {change.on}  {change_text(change)}")
        for terms in subscription.corrections:
            tell(f"  {terms_text(terms)}")


def status_on(subscription: Subscription, on: date) -> str:
    """The status of a subscription on a day."""
    if on < subscription.activated_on:
        return "not active yet"
    segment = segment_on(subscription, on)
    if segment is None:
        return subscription.end_status
    reason = segment.in_force.reason
    return f"{segment.in_force.status} ({reason})" if reason else segment.in_force.status


def segment_on(subscription: Subscription, on: date) -> Segment | None:
    """The terms in force on a day, with the days around it of the same status; None without any."""
    found = subscription.segments()
    place = next((place for place, entry in enumerate(found) if entry.contains(on)), None)
    if place is None:
        return None
    in_force = found[place].in_force
    first = last = place
    while first > 0 and _is_alike(found[first - 1].in_force, in_force):
        first -= 1
    while last + 1 < len(found) and _is_alike(found[last + 1].in_force, in_force):
        last += 1
    return msgspec.structs.replace(found[place], from_on=found[first].from_on, to_on=found[last].to_on)


def _is_alike(in_force: TermsInForce, other: TermsInForce) -> bool:
    return (in_force.status, in_force.reason) == (other.status, other.reason)


def _tell_open(statement: Statement) -> None:
    tell("\nOpen items", "bold")
    items = statement.account.ledger.open_items
    if not items:
        tell("  none: everything invoiced is paid")
        return
    totals = {posting.reference: -posting.amount for posting in statement.postings if posting.kind == "invoice"}
    rows = table(("  invoice", "left"), ("due", "left"), ("total", "right"), ("still open", "right"))
    for number, item in _in_due_order(statement.account):
        add(rows, number, item.due_on, totals[number], item.amount, indent=2)
    console().print(rows)


def _in_due_order(account: Account) -> list[tuple[str, OpenItem]]:
    return sorted(account.ledger.open_items.items(), key=lambda entry: (entry[1].due_on, entry[0]))


def _tell_postings(postings: Sequence[Posting], *, has_several: bool) -> None:
    if not postings:
        tell("  none yet")
        return
    rows = table(("  what", "left"), ("amount", "right"), ("balance", "right"))
    for posting in postings:
        head = f"{posting.on}  {TITLES[posting.kind]} {posting.reference}{about_what(posting.subject)}"
        if posting.due_on:
            head += f", due {posting.due_on}"
        if posting.corrects:
            head += f", corrects {posting.corrects}"
        add(rows, head, posting.amount, posting.balance, indent=2)
        for text in posting_details(posting, has_several):
            add(rows, text, "", "", indent=14, style="dim")
    console().print(rows)


def posting_details(posting: Posting, has_several: bool) -> list[str]:
    """The explanation of a posting, line by line; if the account has several services, each line names its own."""
    details = [_told_line(line, has_several) for line in posting.lines]
    if posting.other_account:
        details.append(f"{'from' if posting.kind == 'payment-moved-in' else 'to'} account {posting.other_account}")
    elif posting.payment_reference or posting.payer:
        payer = posting.payer or "an unnamed payer"
        details.append(f"from {payer}, who wrote {posting.payment_reference or 'nothing'}")
    details += [f"settles {money(part.amount)} of invoice {part.invoice}" for part in posting.settled]
    details += [f"invoice {part.invoice} is open again by {money(part.amount)}" for part in posting.opened]
    return [*details, f"because: {posting.reason}"] if posting.reason else details


def _told_line(line: DocumentLine, has_several: bool) -> str:
    service = f" ({line.subscription})" if has_several and line.subscription else ""
    days, net = told_days(line.from_on, line.to_on), money(line.net)
    return f"{line.description}{service}, {days}: {net} + {line.vat_rate:f}% VAT, {line.explanation}"


def told_days(from_on: date, to_on: date) -> str:
    """A half-open period in words, with its last day included."""
    last_on = to_on - date.resolution
    return str(from_on) if last_on <= from_on else f"{from_on} to {last_on}"


def _as_document(
    statement: Statement, customer: Customer, postings: Sequence[Posting], earlier: int, today: date
) -> dict[str, Any]:
    from adapters.texts.account_card import account_facts

    account = statement.account
    return {
        "account": account.number,
        "customer": customer,
        "seller": account.seller,
        "opened_on": account.opened_on,
        "billing_day": account.billing_day,
        "plan": account.plan,
        **account_facts(account, today),
        "open_items": [
            {"invoice": number, "due_on": item.due_on, "open": item.amount} for number, item in _in_due_order(account)
        ],
        "subscriptions": [
            {
                "code": entry.code,
                "status": status_on(entry, today),
                "terms": segment_on(entry, today),
                "charged_until": entry.charged_until,
                "timeline": entry.timeline,
                "corrections": entry.corrections,
            }
            for entry in account.subscriptions.values()
        ],
        "postings": postings,
        "more": earlier,
    }


COMMANDS = {"account show": show_account}
GROUPS = {"account": Group("Explain one account and its balance.")}
