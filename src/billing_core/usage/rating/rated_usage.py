"""What rating reads and keeps: the records of members, what they were rated as, and what was used of packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from billing_core.usage.rating.kept_periods import FreeDays
from billing_core.usage.rating.pool_packages import PackageUse, PackageUses
from billing_core.usage.rating.pool_rating import (
    DaySums,
    RatedLine,
    ServiceDay,
    UnratedLine,
)
from billing_core.usage.rating.pools import Member
from billing_core.usage.rating.record_columns import RecordColumns


class KeptRecord(NamedTuple):
    """A record as its source sent it; `batch` is that in which it came."""

    started_at: datetime
    source: str
    key: str
    batch: str
    number: str
    network: str
    direction: str
    seconds: int
    quantity: int
    bytes_in: int
    bytes_out: int


class RatedUsage(Protocol):
    """Within a transaction; a member is a component on some days of an account."""

    def records_of(self, members: Sequence[tuple[str, Member]]) -> RecordColumns:
        """The records of some members, each with the place of its member."""

    def described_records_of(self, members: Sequence[tuple[str, Member]]) -> tuple[RecordColumns, list[KeptRecord]]:
        """The same in the order of their time, and each record as it came."""

    def kept_from(self) -> date:
        """The day from which all records are kept, wherever the seller is; earlier ones may have been purged."""

    def days_of(self, members: Sequence[tuple[str, Member]]) -> Mapping[ServiceDay, DaySums]:
        """What the days of some members were rated as last."""

    def free_days_of(self, members: Sequence[tuple[str, Member]]) -> list[FreeDays]:
        """The free units of some members as they were rated last, by their places."""

    def packages_of(self, accounts: Collection[str]) -> PackageUses:
        """How many units were used of the packages of some accounts, by period."""

    def replace_days(self, days: Collection[ServiceDay], lines: Iterable[RatedLine]) -> None:
        """Keep what some days cost in place of what they cost before."""

    def replace_unrated(self, members: Sequence[tuple[str, Member]], unrated: Iterable[UnratedLine]) -> None:
        """Keep which records of some members have no price."""

    def unpriced_of(self, members: Sequence[tuple[str, Member]]) -> Mapping[ServiceDay, int]:
        """How many records of the days of some members have no price, without those that came too late."""

    def keep_too_late(self, lines: Iterable[UnratedLine]) -> None:
        """Keep how many records came too late, by day; all other lines stay as they are."""

    def keep_packages(self, uses: Iterable[PackageUse]) -> None:
        """Keep what was used of packages."""
