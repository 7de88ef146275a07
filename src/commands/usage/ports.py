"""The ports of the import of usage: the received records, and the accounts that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from billing_core.catalogue.tariffs import Catalogue
from billing_core.usage.mediation.batches import RefusedUsage
from billing_core.usage.mediation.booking import DayRecords
from billing_core.usage.mediation.deliveries import UsageReceived
from billing_core.usage.price_lists.lists import PortedNumber, PriceList
from commands.accounts import KnownAccount


class BatchId(NamedTuple):
    """A batch as its source names it."""

    source: str
    batch: str


class UsageRecords(Protocol):
    """The batches and their records."""

    def unbooked(self) -> Sequence[BatchId]:
        """The batches that are not booked whole, in order of name, as far as the read models show them."""

    def with_refused(self) -> Sequence[BatchId]:
        """The batches of which days were refused when they were booked, as far as the read models show them."""

    def days_of_rows(self, received: UsageReceived, after_account: str, rated: Collection[str]) -> Iterator[DayRecords]:
        """The rows of a batch to book on the accounts after a number, in order of account, subscription, component and
        day; of components that are rated one by one their number alone.
        """

    def days_of_refused(self, received: UsageReceived, refused: Sequence[RefusedUsage]) -> Iterator[DayRecords]:
        """The rows of a batch of some days that were refused, in the same order."""


class UsageTargets(Protocol):
    """The accounts that usage is booked on, and their tariffs."""

    def accounts_if_known(self, numbers: Collection[str]) -> Mapping[str, KnownAccount]:
        """The latest states of accounts by number, without those that do not exist."""

    def tariffs(self) -> Catalogue:
        """Every tariff as it is known now."""


class PricedVersion(NamedTuple):
    """A version of a price list with all its rows, and the days on which it holds, the last one exclusive.

    `content_hash` is that of its rows: with the terms it says whether two versions price alike.
    """

    number: int
    from_on: date
    to_on: date | None
    content_hash: str
    price_list: PriceList


class PriceLists(Protocol):
    """The price lists that are published, with their rows."""

    def versions_of(self, code: str) -> Sequence[PricedVersion]:
        """The versions of a list that hold, in the order of their days; empty if the code is unknown."""

    def ported_on(self, country: str, on: date) -> Mapping[str, PortedNumber]:
        """The numbers of a country that are ported on a day, by number; empty if no table was published."""
