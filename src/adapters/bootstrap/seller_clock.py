"""Now, and today in the time zones of the sellers.

Usually all sellers are in one zone, or it is the same date in all of them; only otherwise it matters whose a stream is.
Whose it is says its area (`sellers_of_streams`). For a stream that is no seller's, and as long as no seller is known,
it is the earliest of the dates: nothing is dated ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from adapters.bootstrap.registry import sellers_of_streams
from adapters.postgres.store import PostgresStore
from adapters.postgres.tables import PostgresTables
from billing_core.accounts.account import apply_account
from billing_core.parties.sellers import Seller, apply_seller
from commands.accounts import account_stream
from commands.platform.right_clock import require_right_clock
from projections.platform.runner import LIVE_SCHEMA

ZONES_KEPT = timedelta(minutes=1)
# The words of commands and queries that name a stream of one seller's business: `account` names `account/1001`.
NAMING = ("account", "ticket", "contract")


def named_stream(value_of: Callable[[str], object]) -> str:
    """The stream by which it is known on whose date a command or query is given; empty if it names none."""
    for word in NAMING:
        value = value_of(word)
        if value and isinstance(value, str):
            return f"{word}/{value}"
    return ""


class SellerClock:
    """Implements `commands.platform.event_log.Clock`; with `on`, that date is today everywhere."""

    def __init__(
        self,
        store: PostgresStore,
        tables: PostgresTables,
        on: date | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._tables = tables
        self._on = on
        self._now = now
        self._zones: Mapping[str, tzinfo | None] = {}
        self._read_at: datetime | None = None

    def now(self) -> datetime:
        return self._now()

    def reached(self) -> datetime:
        """Now; with `on`, the end of that day in the zone in which it ends first."""
        if self._on is None:
            return self._now()
        end = datetime.combine(self._on, time.max)
        zones = self._zones_by_seller(self._now()).values()
        return min(end.replace(tzinfo=zone).astimezone(UTC) for zone in zones)

    def require_right(self) -> None:
        """Refuse a clock that contradicts the log."""
        with self._tables.transaction("billing") as cursor:
            row = cursor.execute("SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1").fetchone()
        require_right_clock(self._now(), row[0].astimezone(UTC) if row else None)

    def today_of(self, streams: Collection[str]) -> Mapping[str, date]:
        if self._on is not None:
            return dict.fromkeys(streams, self._on)
        today = self._today_by_seller()
        earliest = min(today.values())
        if earliest == max(today.values()):
            return dict.fromkeys(streams, earliest)
        sellers = self._sellers_of(streams)
        return {stream: today.get(sellers.get(stream, ""), earliest) for stream in streams}

    def zones_of(self, streams: Collection[str]) -> Mapping[str, tzinfo | None]:
        """The zone of each stream's seller; None is that of this machine, which holds before there is a seller.

        If the sellers are in several zones, what is no seller's is in UTC.
        """
        zones = self._zones_by_seller(self._now())
        if len(set(zones.values())) == 1:
            return dict.fromkeys(streams, next(iter(zones.values())))
        sellers = self._sellers_of(streams)
        return {stream: zones.get(sellers.get(stream, ""), UTC) for stream in streams}

    def latest_today(self) -> date:
        return self._on or max(self._today_by_seller().values())

    def local_now(self) -> datetime:
        """The time in the zone in which a business day begins last; with `on`, the end of that day."""
        if self._on is not None:
            return datetime.combine(self._on, time.max)
        now = self._now()
        return min(now.astimezone(zone).replace(tzinfo=None) for zone in self._zones_by_seller(now).values())

    def _today_by_seller(self) -> dict[str, date]:
        now = self._now()
        return {seller: now.astimezone(zone).date() for seller, zone in self._zones_by_seller(now).items()}

    def _zones_by_seller(self, now: datetime) -> Mapping[str, tzinfo | None]:
        """The sellers' zones, read again after a minute; the zone of this machine if there is no seller."""
        if self._read_at is None or abs(now - self._read_at) > ZONES_KEPT:
            sellers: Collection[Seller] = self._store.streams("seller/", apply_seller).values()
            self._zones = {seller.code: ZoneInfo(seller.time_zone) for seller in sellers}
            self._read_at = now if sellers else None
        return self._zones or {"": None}

    def _sellers_of(self, streams: Collection[str]) -> Mapping[str, str]:
        """The seller of each stream; of an account that the read models do not know yet by its own events."""
        with self._tables.transaction(LIVE_SCHEMA) as cursor:
            found = dict(sellers_of_streams(cursor, streams))
        new = [stream for stream in streams if stream.startswith(account_stream("")) and stream not in found]
        if new:
            with self._store.transaction() as transaction:
                for stream in new:
                    account, _ = transaction.load(stream, apply_account)
                    if account is not None:
                        found[stream] = account.seller
        return found
