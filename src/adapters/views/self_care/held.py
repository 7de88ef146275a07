"""All that is held about a customer, as JSON: the details, what happened, and what was used, account by account."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.bootstrap.registry import streams_of_customer
from adapters.texts.sentences import event_name
from adapters.views.persons import Persons
from adapters.views.query import FileAnswer, Queries, Query, Reading
from billing_core.kernel.dates import FIRST_DAY, LAST_DAY
from billing_core.kernel.errors import NotFound
from commands.platform.answers import plain
from projections import parties
from projections.accounts.balances import accounts_of_customers
from projections.usage.month_of_account import used_by_day

ENCODER = msgspec.json.Encoder(decimal_format="string")


class ExportOwnData(Query, frozen=True, kw_only=True):
    """All that is held about a customer: details, accounts, every event of the own streams, what was used by the day.

    Who of the house did something is not in it: that tells of others.
    """

    customer: str


class JsonFile(FileAnswer):
    """A file of JSON."""

    media_type = "application/json"


def _export(query: ExportOwnData, reading: Reading) -> JsonFile:
    with reading.source.cursor() as cursor:
        row = parties.customer_named(cursor, query.customer)
        if row is None:
            raise NotFound("no such customer", field="customer", value=query.customer)
        accounts = accounts_of_customers(cursor, [query.customer])[query.customer]
        streams = streams_of_customer(cursor, query.customer)
        usage = {each.number: used_by_day(cursor, each.number, FIRST_DAY, LAST_DAY) for each in accounts}
    held: dict[str, Any] = {
        "customer": row.customer, "registered_on": row.registered_on, "made_on": reading.today,
        "accounts": accounts, "usage_by_day": usage, "events": _events(streams, reading),
    }  # fmt: skip
    return JsonFile(msgspec.json.format(ENCODER.encode(held), indent=2))


def _events(streams: list[str], reading: Reading) -> list[dict[str, Any]]:
    """Every event, in order, with what it says."""
    found = reading.app.log.of_streams(streams, None)[::-1]
    return [
        {
            "recorded_at": entry.recorded_at, "object": entry.stream, "event": event_name(entry.event),
            "content": plain(entry.event),
        }
        for entry in found
    ]  # fmt: skip


QUERIES: Queries = {ExportOwnData: _export}
PERSONS: Persons = {ExportOwnData: lambda query, answer, reading: [query.customer]}
