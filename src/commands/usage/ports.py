"""The ports of the import of usage: the received records, and the accounts that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from billing_core.catalogue.tariffs import Catalogue
from billing_core.usage.batches import RefusedUsage
from billing_core.usage.booking import DayRecords
from commands.payments.bank_file import KnownAccount


class BatchId(NamedTuple):
    """A batch as its source names it."""

    source: str
    batch: str


class UsageRecords(Protocol):
    """The batches and their records."""

    def unbooked(self) -> Sequence[BatchId]:
        """The batches that are neither booked whole nor discarded, in order of source and name."""

    def days(self, batch: BatchId, after_account: str) -> Iterator[DayRecords]:
        """The records of a batch to book on the accounts after a number, in order of account, subscription, component
        and day; without those that are left out.
        """

    def numbers_of(self, batch: BatchId, refused: Sequence[RefusedUsage]) -> Iterator[tuple[int, RefusedUsage]]:
        """The numbers of the refused records of a batch, in order."""


class UsageTargets(Protocol):
    """The accounts that usage is booked on, and their tariffs."""

    def accounts_if_known(self, numbers: Collection[str]) -> Mapping[str, KnownAccount]:
        """The latest states of accounts by number, without those that do not exist."""

    def tariffs(self) -> Catalogue:
        """Every tariff as it is known now."""
