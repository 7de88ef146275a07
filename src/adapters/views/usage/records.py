"""The records of a component, each with what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import msgspec

from adapters.views.persons import Persons, owners
from adapters.views.query import Queries, Query, Reading
from billing_core.usage.rating.pool_rating import RatedRecord
from billing_core.usage.rating.pools import UsedComponent
from billing_core.usage.rating.rated_usage import KeptRecord
from commands.accounts import load_account
from commands.platform.concerns import Concerns
from projections.usage.rated import in_decimals


class ListRatedRecords(Query, frozen=True, kw_only=True):
    """Every record of a component in the period that contains a day, today by default, with what it costs."""

    account: str
    subscription: str
    component: str
    on: date | None = None


class RecordRow(msgspec.Struct):
    """A record, and what it costs before the sum of its line is rounded; without a price, the reason.

    `units` are those that are counted, in steps, of which `free_units` are covered by packages.
    """

    started_at: datetime
    number: str
    direction: str
    network: str
    seconds: int
    quantity: int
    bytes_in: int
    bytes_out: int
    destination: str
    band: str
    units: int
    free_units: int
    amount: Decimal
    reason: str
    source: str
    key: str
    batch: str


def _list_rated_records(query: ListRatedRecords, reading: Reading) -> list[RecordRow]:
    used = UsedComponent(query.subscription, query.component, query.on or reading.today)
    app = reading.app
    with app.store.transaction() as transaction:
        account, _ = load_account(transaction, query.account)
        found = app.rating.itemise(transaction, account, used, app.models().tariffs())
    return [_row(kept, rated) for kept, rated in found]


def _row(kept: KeptRecord, rated: RatedRecord) -> RecordRow:
    return RecordRow(
        started_at=kept.started_at,
        number=kept.number,
        direction=kept.direction,
        network=kept.network,
        seconds=kept.seconds,
        quantity=kept.quantity,
        bytes_in=kept.bytes_in,
        bytes_out=kept.bytes_out,
        destination=rated.destination,
        band=rated.band,
        units=rated.units,
        free_units=rated.free_units,
        amount=in_decimals(rated.amount.numerator, rated.amount.denominator),
        reason=rated.reason,
        source=kept.source,
        key=kept.key,
        batch=kept.batch,
    )


def _owner(query: ListRatedRecords, answer: list[RecordRow], reading: Reading) -> Iterable[str]:
    return owners([query.account], reading)


QUERIES: Queries = {ListRatedRecords: _list_rated_records}
PERSONS: Persons = {ListRatedRecords: _owner}
CONCERNS: Concerns = {}
