"""Announced price changes: their effect on the live base, and their scheduling.

A simulation writes nothing. To schedule is to publish the revisions, and to note on every account that was charged
beyond their dates already that these days cost something else: the next billing run posts the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

import msgspec

from commands.billing.rerating import CHUNK_ACCOUNTS, Base, ReratingBacklog
from commands.catalogue import ReviseTariff
from commands.platform.bus import Bus
from commands.platform.identity import new_id
from commands.platform.ports import Origin, Store
from commands.platform.progress import Progress
from commands.price_changes.announced import PriceChange, decided
from commands.price_changes.effect import Effect, PriceChangeEffect


class OnlyRun(Base, Protocol):
    """The live base, on which one run is active at a time."""

    def only_run(self) -> AbstractContextManager[None]:
        """Wait until no billing run is active, and make others wait."""


class Scheduled(msgspec.Struct):
    """The tariffs that have the new prices, and how many accounts were marked; none where all of it was done before."""

    tariffs: list[str]
    accounts: int
    subscriptions: int
    is_repetition: bool


class PriceChangeRun:
    """Simulates and schedules price changes."""

    def __init__(self, store: Store, bus: Bus, base: OnlyRun) -> None:
        self._bus = bus
        self._base = base
        self._rerating = ReratingBacklog(store, base)

    def simulate(self, changes: Sequence[PriceChange], today: date, progress: Progress) -> PriceChangeEffect:
        """The effect of the changes; nothing is written."""
        catalogue = self._base.tariffs()
        found = Effect(decided(changes, catalogue), catalogue, today)
        after = ""
        while chunk := self._base.all_accounts(after, CHUNK_ACCOUNTS):
            for entry in chunk:
                found.look_at(entry.account)
            after = chunk[-1].account.number
            progress(len(chunk))
        return found.total()

    def schedule(self, changes: Sequence[PriceChange], origin: Origin, progress: Progress) -> Scheduled:
        """Publish the revisions, and note on the accounts that were charged beyond them what is to be compared."""
        with self._base.only_run():
            tariffs, is_news = self._publish(changes, origin)
            is_repetition = not is_news and not self._rerating.outstanding()
            accounts, subscriptions = self._rerating.mark(origin, progress)
            return Scheduled(tariffs, accounts, subscriptions, is_repetition)

    def _publish(self, changes: Sequence[PriceChange], origin: Origin) -> tuple[list[str], bool]:
        """The codes of the tariffs, and whether any of them was revised."""
        catalogue = self._base.tariffs()
        revisions = decided(changes, catalogue)
        is_news = False
        for change in revisions:
            if change.revision in catalogue[change.before.code].revisions:
                continue
            command = ReviseTariff(tariff=change.before.code, revision=change.revision)
            identified = origin._replace(command_id=new_id(), causation_id=origin.command_id)
            is_news |= self._bus.execute(command, identified).position > 0
        return [change.before.code for change in revisions], is_news
