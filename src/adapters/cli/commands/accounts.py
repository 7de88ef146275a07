"""One account, explained: what is open, what was sold, and every posting that led to the balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, AsOfName
from adapters.cli.postings import tell_earlier, tell_postings
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell, tell_wrapped

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from billing_core.accounts.account import Account
    from billing_core.parties.customers import Customer
    from billing_core.payments.ledger import OpenItem
    from billing_core.services.subscriptions import Subscription
    from billing_core.services.terms_in_force import TermsInForce
    from billing_core.services.timeline import Segment
    from projections.statements import Posting, Statement

# Of a posting with more lines than this, the rest is counted.
MOST_LINES = 6


def show_account(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    asof: AsOfName = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every posting with all its lines; otherwise the older ones in sum.")
    ] = False,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most this many postings in detail.")] = 12,
) -> None:
    """Explain an account and its balance.

    Shows open items, subscriptions, and the newest postings with their explanation; those before them are summed up by
    kind. --all explains every posting.
    """
    with opened_to_read(context, asof) as app:
        today = app.queries.on or origin_of(context).today
        explain_account(app, number, today, as_json, None if show_all else limit)


def explain_account(app: Application, number: str, today: date, as_json: bool, limit: int | None) -> None:
    """Show the account as of the last event of its stream; without a limit with everything."""
    statement, customer = read_statement(app, number)
    newest = statement.postings[::-1]
    shown, earlier = newest[:limit], newest[limit:] if limit else []
    if as_json:
        print_json(_as_document(statement, customer, shown, len(earlier), today))
        return
    _tell_account(statement.account, customer, today)
    _tell_subscriptions(statement.account, today)
    _tell_open(statement)
    tell("\nPostings, the newest first", "bold")
    most_lines = None if limit is None else MOST_LINES
    tell_postings(shown, has_several=len(statement.account.subscriptions) > 1, most_lines=most_lines)
    tell_earlier(earlier)


def read_statement(app: Application, number: str) -> tuple[Statement, Customer]:
    """The account's statement and its customer as now known, or `NotFound`."""
    from billing_core.kernel.errors import NotFound
    from billing_core.parties.customers import CustomerState, apply_customer
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
    for line in (plan_text(account.plan), *account_lines(account, today)):
        tell_wrapped(line, 2, 4)


def _tell_subscriptions(account: Account, today: date) -> None:
    from adapters.texts.services import change_text, in_force_text, pause_text, terms_text

    for subscription in account.subscriptions.values():
        charged = f", charged until {subscription.charged_until}" if subscription.charged_until else ", not charged yet"
        tell(f"\nSubscription {subscription.code}: {status_on(subscription, today)} on {today}{charged}", "bold")
        segment = segment_on(subscription, today)
        if segment is not None:
            tell_wrapped(in_force_text(segment.in_force), 2, 4)
            if segment.in_force.status != "active":
                tell(f"  {pause_text(segment)}")
        for change in subscription.timeline:
            tell_wrapped(f"{change.on}  {change_text(change)}", 2, 14)
        for terms in subscription.corrections:
            tell_wrapped(terms_text(terms), 2, 4)


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
