"""Bulk messages: bases of customers, what a message would do before it starts, its progress, and addresses passed over.

A bulk message is shown before it starts: to how many it goes, by which channels, its cost, and who is left out why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Amounted, Choice, Effect, Field, Fields, Form, says, to
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.parties.people import purposes
from adapters.pages.sellers import dealers, sellers
from adapters.pages.visit import Visit
from adapters.texts.bulk_messages import choice_in_words
from adapters.views.catalogue import ListTariffs
from adapters.views.notes import ListTags
from adapters.views.outreach.bulk import (
    ListBulkMessages,
    ListCustomerBases,
    ListUnreachableAddresses,
    ShowSmsTerms,
)
from billing_core.kernel.errors import NotFound
from billing_core.outreach.bases import CustomerChoice
from commands.outreach.bases import RemoveCustomerBase, SaveCustomerBase
from commands.outreach.bulk import StartBulkMessage, StopBulkMessage
from commands.outreach.reachability import MarkReachable
from commands.outreach.sms_terms import SetSmsTerms

BULK, BASES, UNREACHABLE = "/bulk-messages", "/bulk-messages/bases", "/bulk-messages/unreachable"
STATES = {
    "running": State(N_("Running"), "info"), "stopped": State(N_("Stopped"), "warn"),
    "completed": State(N_("Complete"), "good"),
}  # fmt: skip
CHANNEL_NAMES = {"email": N_("E-mail"), "sms": N_("SMS"), "push": N_("Push"), "letter": N_("Letter")}
GOES_TO = N_("It goes to {count} of {all} customers, within {minutes} minutes.")
LEFT_OUT, COST, NO_PRICE = N_("Left out"), N_("Cost of SMS"), N_("Numbers without a price: {count}")
SEGMENTS = N_("{count} segments")
START = N_("Start for {count} customers")


def _bases(visit: Visit) -> list[Choice]:
    return [Choice(row.base, row.name) for row in visit.ask(ListCustomerBases).items]


def _known_base(visit: Visit) -> Mapping[str, Any]:
    found = next((row for row in visit.ask(ListCustomerBases).items if row.base == visit.path["base"]), None)
    if found is None:
        return {}
    choice: CustomerChoice = found.choice
    debt = choice.owes_at_least
    lists = {f"choice.{field}": list(getattr(choice, field)) for field in LISTED}
    return {
        "name": found.name, "seller": found.seller, "choice.consent": choice.consent, **lists,
        "choice.owes_at_least.amount": str(debt.amount) if debt else "",
        "choice.owes_at_least.currency": debt.currency if debt else "",
    }  # fmt: skip


def _effect(visit: Visit, fields: Fields) -> Effect:
    """What the message would do: a dry run of the command itself."""
    found = visit.carry_out(StartBulkMessage, fields, dry_run=True).result
    text, written = visit.translated, visit.written
    lines = [Amounted(text(CHANNEL_NAMES[channel]), "", str(count)) for channel, count in found["channels"].items()]
    if found["sms_segments"]:
        lines.append(Amounted(text(CHANNEL_NAMES["sms"]), "", text(SEGMENTS).format(count=found["sms_segments"])))
    if cost := found["sms"]:
        how = text(NO_PRICE).format(count=cost["without_price"]) if cost["without_price"] else ""
        amount = f"{cost['amount']['amount']} {cost['amount']['currency']}"
        lines.append(Amounted(text(COST), how, amount))
    lines += [Amounted(text(LEFT_OUT), reason, str(count)) for reason, count in found["left_out"].items()]
    headline = text(GOES_TO).format(
        count=written.number(found["written_to"]), all=written.number(found["customers"]), minutes=found["minutes"]
    )
    words = "\n\n".join(f"{each['language']}, {text(CHANNEL_NAMES[each['channel']])}: {each['text']}"
                        for each in found["words"])  # fmt: skip
    return Effect(headline, lines, words, text(START).format(count=written.number(found["written_to"])))


def _known_terms(visit: Visit) -> Mapping[str, Any]:
    try:
        terms = visit.ask(ShowSmsTerms, seller=visit.path["seller"])
    except NotFound:
        return {}
    prices = [{"prefix": each.prefix, "price": str(each.price)} for each in terms.prices]
    return {
        "terms.currency": terms.currency,
        "terms.prices": prices,
        "terms.is_transliterated": terms.is_transliterated,
    }


def _tariffs(visit: Visit) -> list[Choice]:
    """All tariffs, also those that are not sold any more: their customers are written to."""
    if not visit.may(ListTariffs):
        return []
    return [Choice(each["code"], each["name"]) for each in visit.ask(ListTariffs, limit=MOST_TARIFFS).items]


def _tags(visit: Visit) -> list[Choice]:
    return [Choice(each.tag, each.tag) for each in visit.ask(ListTags).items] if visit.may(ListTags) else []


LISTED = ("tags", "tariffs", "cities", "streets", "dealers", "languages")
LINES = N_("One on each line; without any it does not matter")
ANY = N_("Without any it does not matter")
MOST_TARIFFS = 1_000
CHOICE = (
    Field("name", N_("Name"), is_required=True, width=6),
    Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
    Field("choice.tags", N_("Tags"), "choices", ANY, _tags, width=6),
    Field("choice.tariffs", N_("Tariffs"), "choices", ANY, _tariffs, width=6),
    Field("choice.cities", N_("Cities"), "list", hint=LINES, width=6),
    Field("choice.streets", N_("Streets"), "list", hint=N_("How they begin, one on each line"), width=6),
    Field("choice.dealers", N_("Dealers"), "choices", ANY, dealers, width=6),
    Field("choice.languages", N_("Languages"), "choices", ANY, LANGUAGES, width=6),
    Field("choice.owes_at_least.amount", N_("Owes at least"), "amount", width=4),
    Field("choice.owes_at_least.currency", N_("Currency"), width=2),
    Field("choice.consent", N_("Agreed to"), "choice", choices=purposes, width=6),
)
TEXT = (
    Field("language", N_("Language"), "choice", choices=LANGUAGES, width=2),
    Field("subject", N_("Subject"), width=4),
    Field("text", N_("Text"), "lines", width=6),
)
_BACK, _TO_BASES = to(BULK), to(BASES)
LISTS = (
    List(
        BULK, ListBulkMessages, N_("Bulk messages"),
        (
            Column(N_("Message"), lambda row: row.bulk_message, below=lambda row: row.base),
            Column(N_("State"), lambda row: STATES[row.state], "state", below=lambda row: row.reason),
            Column(N_("Started"), lambda row: row.started_at, "instant"),
            Column(N_("Customers"), lambda row: row.expected, "count"),
            Column(N_("Messages"), lambda row: row.queued, "count"),
            Column(LEFT_OUT, lambda row: row.left_out, "count",
                   below=lambda row: "; ".join(f"{count} {reason}" for reason, count in row.reasons.items())),
            Column(N_("A minute"), lambda row: row.per_minute, "count"),
            Column(N_("Goes on"), lambda row: row.next_at, "instant"),
        ),
        actions=(
            Act(N_("New bulk message"), f"{BULK}/new", StartBulkMessage, "n"),
            Act(N_("Bases of customers"), BASES, ListCustomerBases),
            Act(N_("Unreachable addresses"), UNREACHABLE, ListUnreachableAddresses),
        ),
        row_actions=(
            Act(N_("Stop"), lambda row: f"{BULK}/{quote(row.bulk_message)}/stop", StopBulkMessage,
                when=lambda row: row.state == "running"),
        ),
        empty=N_("A bulk message goes to the customers of a base who agreed to it, slowly, and never twice to one."),
    ),
    List(
        BASES, ListCustomerBases, N_("Bases of customers"),
        (
            Column(N_("Base of customers"), lambda row: row.name, below=lambda row: row.base),
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("Customers who"), lambda row: choice_in_words(row.choice)),
            Column(N_("Since"), lambda row: row.saved_on, "day"),
        ),
        actions=(Act(N_("New base"), f"{BASES}/new", SaveCustomerBase, "n"),),
        row_actions=(
            Act(N_("Write to them"), lambda row: f"{BULK}/new?base={quote(row.base)}", StartBulkMessage),
            Act(N_("Change"), lambda row: f"{BASES}/{quote(row.base)}/change", SaveCustomerBase),
            Act(N_("Remove"), lambda row: f"{BASES}/{quote(row.base)}/remove", RemoveCustomerBase),
        ),
        empty=N_("A base is a choice of customers with a name; who is in it is asked each time that it is used."),
    ),
    List(
        UNREACHABLE, ListUnreachableAddresses, N_("Unreachable addresses"),
        (
            Column(N_("Customer"), lambda row: row.customer, link=lambda row: f"/customers/{quote(row.customer)}"),
            Column(N_("Channel"), lambda row: State(CHANNEL_NAMES[row.channel]), "state"),
            Column(N_("Address"), lambda row: row.address),
            Column(N_("Reason"), lambda row: row.reason),
            Column(N_("Since"), lambda row: row.since_on, "day"),
        ),
        row_actions=(
            Act(N_("It works"), lambda row: (
                f"{UNREACHABLE}/{quote(row.customer)}/{row.channel}/{quote(row.address, safe='')}/works"
            ), MarkReachable),
        ),
        empty=N_("No message came back for good."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{BULK}/new", StartBulkMessage, N_("New bulk message"), N_("Show what it would do"),
        (
            Field("bulk_message", N_("Code"), is_required=True, width=4),
            Field("base", N_("Base of customers"), "choice", choices=_bases, is_required=True, width=8),
            Field("texts", N_("Texts"), "rows", columns=TEXT, is_required=True,
                  hint=N_("Customers get the one of their language, else the first")),
            Field("channels", N_("Channels"), "choices", choices=[Choice(*each) for each in CHANNEL_NAMES.items()],
                  hint=N_("Those of the terms of the seller without any")),
            Field("per_minute", N_("Customers a minute"), "whole", width=4),
        ),
        then=_BACK, back=_BACK, done=says(N_("The bulk message is started.")), effect=_effect,
        begins=lambda visit: {"per_minute": "100"},
    ),
    Form(
        f"{BULK}/{{bulk_message}}/stop", StopBulkMessage, N_("Stop the bulk message"), N_("Stop"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=_BACK, back=_BACK, done=says(N_("Nobody else is written to.")),
        about=lambda visit: visit.path["bulk_message"],
    ),
    Form(
        f"{BASES}/new", SaveCustomerBase, N_("New base"), N_("Save the base"),
        (Field("base", N_("Code"), is_required=True, width=4), *CHOICE),
        then=_TO_BASES, back=_TO_BASES, done=says(N_("The base is saved.")),
    ),
    Form(
        f"{BASES}/{{base}}/change", SaveCustomerBase, N_("Change the base"), N_("Save the base"), CHOICE,
        then=_TO_BASES, back=_TO_BASES, done=says(N_("The base is saved.")), begins=_known_base,
        about=lambda visit: visit.path["base"],
    ),
    Form(
        f"{BASES}/{{base}}/remove", RemoveCustomerBase, N_("Remove the base"), N_("Remove the base"), (),
        then=_TO_BASES, back=_TO_BASES, done=says(N_("The base is removed.")), about=lambda visit: visit.path["base"],
    ),
    Form(
        f"{UNREACHABLE}/{{customer}}/{{channel}}/{{address}}/works", MarkReachable, N_("The address works"),
        N_("Write to it again"), (), then=to(UNREACHABLE), back=to(UNREACHABLE),
        done=says(N_("The address is written to again.")), about=lambda visit: visit.path["address"],
    ),
    Form(
        "/set-up/sellers/{seller}/sms", SetSmsTerms, N_("Terms of SMS"), N_("Save the terms"),
        (
            Field("terms.currency", N_("Currency"), is_required=True, width=3),
            Field("terms.is_transliterated", N_("In Latin letters without accents"), "check",
                  hint=N_("A text with others needs more than twice as many segments")),
            Field("terms.prices", N_("Prices of a segment"), "rows", columns=(
                Field("prefix", N_("Prefix"), hint=N_("Digits without +, as in 420"), width=4),
                Field("price", N_("Price"), "amount", width=4),
            )),
        ),
        then=to(BULK), back=to(BULK), done=says(N_("The terms hold from now on.")), begins=_known_terms,
        about=lambda visit: visit.path["seller"],
    ),
)  # fmt: skip
SET_UP = (
    Tile("systems", N_("Bulk messages"), BULK, ListBulkMessages, N_("Messages to a base of customers, with progress")),
)
