"""Customers: bring them in from a file, and list them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, File, Limit
from adapters.cli.reports import end_with_report
from adapters.cli.session import opened, opened_to_read, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped
from adapters.texts.amounts import money
from adapters.texts.sentences import event_name, sentence

if TYPE_CHECKING:
    from projections.parties import CustomerRow

TICKETS_OF_CARD = 20


def import_customers(
    context: typer.Context,
    file: File,
    profile: Annotated[
        str, typer.Option("--profile", help="A mapping profile: the name of a supplied one, or a YAML file.")
    ],
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Import the subscribers of a CSV file.

    Each row becomes a customer with an account and a subscription. The profile says what the columns mean, and names
    the seller and tariffs to make first. Rows that are rejected are reported with line, column, value and reason; the
    others are imported. The same file again changes nothing.
    """
    from adapters.files.profile_files import load_profile
    from adapters.jobs.parties import import_subscribers

    mapping = load_profile(profile)
    with opened(context) as app:
        report = import_subscribers(mapping, work_of(app, origin_of(context), file))
    end_with_report(report, "subscribers", as_json, limit)


def list_customers(
    context: typer.Context,
    search: Annotated[
        str,
        typer.Option(
            "--search",
            metavar="TEXT",
            help="Words of name, addresses, e-mail, phone or ids, or those of a contact; or the number of an account "
            "or document, or the code of a service. Accents do not count, and one slip in a word of a name is "
            "forgiven.",
        ),
    ] = "",
    source: Annotated[str, typer.Option("--source", metavar="SOURCE", help="Only those who came so.")] = "",
    tag: Annotated[str, typer.Option("--tag", metavar="TAG", help="Those that have this tag.")] = "",
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List customers with their accounts and balances.

    A search lists those first in whose name no slip had to be forgiven.
    """
    from projections import parties
    from projections.accounts.balances import accounts_of_customers

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        chosen = parties.Chosen(source=source, tag=tag)
        found = parties.list_customers(cursor, search, limit, after, chosen)
        more = parties.count_customers(cursor, search, after, chosen) - limit if len(found) == limit else 0
        owned = accounts_of_customers(cursor, [row.customer.number for row in found])
    if as_json:
        listed = [
            {
                "customer": row.customer,
                "version": row.version,
                "registered_on": row.registered_on,
                "forgotten_on": row.forgotten_on,
                "documents_kept_until": row.documents_kept_until,
                "accounts": owned[row.customer.number],
            }
            for row in found
        ]
        print_json({"customers": listed, "more": more})
        return
    if not found:
        tell("No such customer is found." if search or source else "No customers are registered yet.")
        return
    rows = table(
        ("number", "left"), ("name", "left"), ("kind", "left"), ("town", "left"), ("since", "left"),
        ("account", "left"), ("balance", "right"),
    )  # fmt: skip
    for row in found:
        customer, mine = row.customer, owned[row.customer.number]
        numbers = "\n".join(account.number for account in mine)
        balances = "\n".join(money(account.balance) for account in mine)
        name = customer.name if row.forgotten_on is None else f"{customer.name} on {row.forgotten_on}"
        add(rows, customer.number, name, customer.kind, customer.address.city, row.registered_on, numbers,
            balances)  # fmt: skip
    console().print(rows)
    say_more(more, f"use --after {found[-1].customer.number} or --limit")


def show_customer(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """Show a customer: details, contacts, consents, family, accounts with balances, tickets, and every change.

    Of the tickets 20 that are open and 20 that ended last; `billing work --customer NUMBER --state any` lists all.
    """
    from adapters.texts.custom_fields import value_text
    from adapters.texts.parties import customer_text
    from billing_core.custom_fields import shown_values
    from billing_core.kernel.errors import NotFound
    from billing_core.parties.doubts import doubts_of
    from commands.parties import customer_stream
    from projections.accounts.balances import accounts_of_customers
    from projections.custom_fields import field_set
    from projections.notes import tags_of
    from projections.parties import customer_named, records_of
    from projections.work.ticket_lists import tickets_of_customers

    with opened_to_read(context, asof) as app:
        with app.queries.cursor() as cursor:
            row = customer_named(cursor, number)
            owned = accounts_of_customers(cursor, [number])[number] if row else []
            records = records_of(cursor, number)
            open_tickets, ended_tickets = tickets_of_customers(cursor, records, TICKETS_OF_CARD)
            tags = sorted({tag for noted in tags_of(cursor, records).values() for tag in noted})
            fields = field_set(cursor, "customer")
        changes = app.queries.events_of(customer_stream(number))
    if row is None:
        raise NotFound("no such customer; `billing customers` lists them", field="customer", value=number)
    warnings = list(doubts_of(row.customer))
    shown = shown_values(fields, [row.customer.kind], row.customer.custom_fields)
    if as_json:
        print_json(
            {
                "customer": row, "accounts": owned, "warnings": warnings, "custom_fields": shown,
                "open_tickets": open_tickets, "ended_tickets": ended_tickets, "tags": tags,
            }
        )  # fmt: skip
        return
    tell(f"Customer {number}", "bold")
    tell_wrapped(customer_text(row.customer), 2)
    tell(f"  since {row.registered_on}" + (f", forgotten on {row.forgotten_on}" if row.forgotten_on else ""))
    if tags:
        tell_wrapped(f"tags {', '.join(tags)}", 2)
    for warning in warnings:
        tell(f"  warning: {warning}", "yellow")
    for field in shown:
        tell_wrapped(value_text(field), 2, 4)
    for line in _belongings(row, records[1:]):
        tell_wrapped(line, 2, 4)
    for account in owned:
        tell(f"  account {account.number}, seller {account.seller}, balance {money(account.balance)}")
    for ticket in (*open_tickets, *ended_tickets):
        where = f"{', '.join(ticket.steps)} in {ticket.queue}" if ticket.closed_on is None else ticket.state
        tell_wrapped(f"ticket {ticket.number} of {ticket.opened_on}, {ticket.kind}, {where}: {ticket.subject}", 2, 4)
    tell("\nChanges", "bold")
    for fact in changes:
        tell_wrapped(f"{fact.effective_on}  {event_name(fact)}: {sentence(fact)}", 2, 14)


def _belongings(row: CustomerRow, merged: Sequence[str]) -> Iterator[str]:
    """Family, contacts, consents, and records of the same customer, each on a line."""
    from adapters.texts.parties import consent_text, contact_text

    if row.merged_into:
        yield f"merged into customer {row.merged_into}"
    if row.parent:
        yield f"child of customer {row.parent.number}" + (", which pays for it" if row.parent.pays else "")
    for label, numbers in (("parent of", row.children), ("the same as", merged)):
        if numbers:
            yield f"{label} customer {', '.join(numbers)}"
    yield from (f"contact {code}: {contact_text(contact)}" for code, contact in row.contacts.items())
    yield from (f"consent {consent_text(purpose, history)}" for purpose, history in row.consents.items())


def list_consent_purposes(context: typer.Context, as_json: AsJson = False) -> None:
    """List the purposes for which customers are asked to agree, with their wordings.

    `billing do put-consent-purpose` adds one or words it anew.
    """
    from projections import parties

    with opened_to_read(context, None) as app, app.queries.cursor() as cursor:
        found = parties.list_purposes(cursor)
    if as_json:
        print_json({"consent_purposes": found})
        return
    if not found:
        tell("No purposes of consents are known yet.")
    for purpose in found:
        tell(f"{purpose.code}: {purpose.name}", "bold")
        for wording in purpose.wordings:
            tell_wrapped(f"wording {wording.version} since {wording.since_on}: {wording.wording}", 2, 4)


def list_sellers(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List sellers with their details and number series.

    `billing do register-seller` adds one and `billing do change-seller` changes its details.
    """
    from adapters.texts.parties import seller_text
    from projections import parties

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = parties.list_sellers(cursor)
    if as_json:
        print_json({"sellers": found})
        return
    if not found:
        tell("No sellers are registered yet.")
    for seller in found:
        tell(f"Seller {seller.code}", "bold")
        tell_wrapped(seller_text(seller), 2)
        tell(f"  time zone {seller.time_zone}, documents kept for {seller.document_retention_years} years")
        for kind, series in seller.series.items():
            tell(f"  {kind} numbers from {series.first} on")


COMMANDS = {
    "import customers": import_customers,
    "customers": list_customers,
    "customer show": show_customer,
    "consent-purposes": list_consent_purposes,
    "sellers": list_sellers,
}
GROUPS = {"import": Group("Import records from a file."), "customer": Group("Show one customer.")}
