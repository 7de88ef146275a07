"""Price lists of a scenario, and the records of use that they price.

    price_lists:
      - code: retail
        name: Calls
        unit: minute
        zone: Europe/Prague
        country: CZ                                      # whose holidays count
        bands: [{code: peak, hours: {monday: ["08:00-19:00"]}}, {code: off-peak}]
        from: 2026-01-01                                 # the same code again: the next version
        destinations:
          - {prefix: "49", destination: Germany, prices: {peak: "0.05", off-peak: "0.02"}, first: 60, next: 1}
          - {prefix: "112", destination: Emergency, prices: {peak: "0", off-peak: "0"}, special: true}
    ported: {"420601000111": "49151"}                    # by which prefix a ported number is priced

    records:                                             # of a subscription
      - {started: 2026-02-11T14:30:00+01:00, component: calls, number: "49151234567", seconds: 90}
      - {started: 2026-02-11T14:30:00+01:00, component: data, kind: data, bytes_in: 1000000, bytes_out: 20000}
      - {started: 2026-02-11T14:30:00+01:00, component: vod, kind: item, number: Metropolis, quantity: "1"}

A list with one price at all times says `price`. An instant has its offset, so that the hour that the clock shows twice
is known. `recorded` is the day on which a record becomes known, by default the day on which it began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from adapters.edge.faults import FaultAt, Part
from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.yaml_documents import FilePart
from billing_core.kernel.errors import BillingError
from billing_core.usage.price_lists.checks import faults_of, require_ported, require_terms
from billing_core.usage.price_lists.lists import DestinationPrice, PortedNumber, PriceList, PriceListTerms
from billing_core.usage.price_lists.versions import ListedAs, ListVersions, PriceListPublished, apply_price_list
from billing_core.usage.records import require_used
from commands.simulated_usage import RecordUsed

MILLIONTHS = 10**6
MOST_COUNTED = 10**15

Location = tuple[Part, ...]


def _require_counted(count: int) -> None:
    if not 0 <= count <= MOST_COUNTED:
        raise ValueError("must be from 0 to 10^15")


RecordKind = Literal["call", "data", "item"]
# What a record of each kind is counted in.
COUNTED_BY: Mapping[RecordKind, tuple[str, ...]] = {
    "call": ("seconds",), "data": ("bytes_in", "bytes_out", "seconds"), "item": ("quantity",),
}  # fmt: skip
Counted = Annotated[int, Kept(_require_counted)]
Used = Annotated[Decimal, Kept(require_used)]

# --- price lists


class DestinationSchema(FilePart, frozen=True, kw_only=True):
    """A row of a price list: its price at all times, or its prices by band."""

    prefix: str = ""
    destination: str
    price: Decimal | None = None
    prices: Mapping[str, Decimal] = {}
    group: str = ""
    connection: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    first: int = 0
    next: int = 0
    special: bool = False

    def row(self, bands: Sequence[str]) -> DestinationPrice:
        """The row with its prices in the order of the bands."""
        if (self.price is not None) == bool(self.prices):
            raise FaultAt(("prices",), "supply either price or prices by band")
        if self.price is not None and len(bands) > 1:
            raise FaultAt(("price",), f"the list has several bands; supply prices of {', '.join(bands)}")
        for band in self.prices:
            if band not in bands:
                raise FaultAt(("prices", band), f"is none of the bands of the list: {', '.join(bands)}")
        prices = (self.price,) if self.price is not None else tuple(map(self.prices.get, bands))
        return DestinationPrice(
            prefix=self.prefix, destination=self.destination, prices=prices, group=self.group,
            connection=self.connection, minimum=self.minimum, maximum=self.maximum, first=self.first, next=self.next,
            is_special=self.special,
        )  # fmt: skip


class PriceListSchema(FilePart, frozen=True, kw_only=True):
    """A price list of a scenario in a version, whose terms are those of a list that is imported."""

    terms: PriceListTerms
    valid_from_on: date
    destinations: Annotated[tuple[DestinationSchema, ...], AT_LEAST_ONE]

    def price_list(self, currency: str) -> PriceList:
        """The list, if it is sound; its currency is that of the scenario."""
        terms = self.terms
        if terms.currency not in ("", currency):
            raise FaultAt(("currency",), f"{terms.currency!r} is not that of the scenario")
        terms = msgspec.structs.replace(terms, currency=currency)
        try:
            require_terms(terms)
        except BillingError as error:
            raise FaultAt((), str(error)) from None
        bands = [band.code for band in terms.bands]
        rows = []
        for number, written in enumerate(self.destinations):
            try:
                rows.append(written.row(bands))
            except FaultAt as fault:
                raise FaultAt(("destinations", number, *fault.location), str(fault)) from None
        for found in faults_of(rows, terms):
            raise FaultAt(("destinations", found.row - 1, found.field), f"{found.value!r} {found.reason}")
        return PriceList(terms=terms, valid_from_on=self.valid_from_on, rows=tuple(rows))


PriceLists = Mapping[str, Sequence[PriceList]]


def price_lists_of(written: Iterable[PriceListSchema], currency: str) -> PriceLists:
    """The versions of each list by code; two versions from one day are a fault."""
    found: dict[str, list[PriceList]] = {}
    for number, schema in enumerate(written):
        location = ("price_lists", number)
        try:
            price_list = schema.price_list(currency)
        except FaultAt as fault:
            raise FaultAt((*location, *fault.location), str(fault)) from None
        versions = found.setdefault(price_list.terms.code, [])
        if any(each.valid_from_on == price_list.valid_from_on for each in versions):
            raise FaultAt((*location, "from"), f"'{schema.valid_from_on}' begins another version of this list too")
        versions.append(price_list)
    return found


def versions_of(price_lists: PriceLists, code: str) -> ListVersions | None:
    """A list as if it were published, for the rules about tariffs that name it."""
    known = None
    for each in price_lists.get(code, ()):
        fact = PriceListPublished(
            effective_on=each.valid_from_on, terms=each.terms, valid_from_on=each.valid_from_on, content_hash="",
            rows=len(each.rows), destinations=0, listed_as=ListedAs(),
        )  # fmt: skip
        known = apply_price_list(known, fact)
    return known


def ported_of(written: Mapping[str, str]) -> Mapping[str, PortedNumber]:
    """The ported numbers of a scenario."""
    found = {}
    for number, prefix in written.items():
        found[number] = PortedNumber(number=number, prefix=prefix)
        try:
            require_ported(found[number])
        except BillingError as error:
            raise FaultAt(("ported", number), str(error)) from None
    return found


# --- records


class RecordSchema(FilePart, frozen=True, kw_only=True):
    """A call, a data session or an item: when it began, the other party or title, and how much was used."""

    started: datetime
    component: str
    kind: RecordKind = "call"
    number: str = ""
    seconds: Counted = 0
    quantity: Used = Decimal(0)
    bytes_in: Counted = 0
    bytes_out: Counted = 0
    recorded: date | None = None

    def __post_init__(self) -> None:
        """Require what its kind is counted in, and nothing else."""
        for field in ("seconds", "quantity", "bytes_in", "bytes_out"):
            if getattr(self, field) and field not in COUNTED_BY[self.kind]:
                raise FaultAt(
                    (field,), f"is not for records of the kind {self.kind}: {', '.join(COUNTED_BY[self.kind])}"
                )

    def fact(self, subscription: str, zone: str, known_from: date) -> RecordUsed:
        """The record of a subscription; its day is that of the clock in the zone of the list that prices it."""
        on = self.started.astimezone(ZoneInfo(zone)).date()
        recorded_on = self.recorded or max(on, known_from)
        if recorded_on < on:
            raise FaultAt(("recorded",), f"'{recorded_on}' lies before the day on which it began, {on}")
        return RecordUsed(
            effective_on=on, recorded_on=recorded_on, subscription=subscription, component=self.component,
            number=self.number.removeprefix("+"), started_at=self.started.astimezone(UTC), seconds=self.seconds,
            quantity=int(self.quantity * MILLIONTHS), bytes_in=self.bytes_in, bytes_out=self.bytes_out,
        )  # fmt: skip
