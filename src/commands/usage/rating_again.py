"""Rate the records of many accounts again, some accounts at a time: after a price list changed, or a package of units.

Each chunk is one transaction. The accounts learn differences only, so a run that was interrupted is simply begun again:
what is rated already stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from billing_core.usage.rating.pools import UsedComponent
from commands.platform.identity import new_id
from commands.platform.ports import Origin, Store, VersionConflict
from commands.platform.progress import Progress
from commands.services.concerned_accounts import ConcernedAccounts
from commands.usage.ports import UsageTargets
from commands.usage.rating import Rating

CHUNK_ACCOUNTS = 1_000
Used = Mapping[str, Sequence[UsedComponent]]


class RatedAccounts(Protocol):
    """The accounts with records that a price list prices."""

    def used_after(self, account: str, price_list: str, from_on: date, limit: int) -> Used:
        """What some accounts after a number have records of since a day, in order; of one price list if named."""


class RatedAgain(NamedTuple):
    """How many accounts were rated again, and how many of them learnt a difference."""

    accounts: int
    changed: int


class RatingAgain:
    """Rates accounts again."""

    def __init__(self, store: Store, accounts: RatedAccounts, targets: UsageTargets, rating: Rating) -> None:
        self._store = store
        self._accounts = accounts
        self._targets = targets
        self._rating = rating

    def run(self, price_list: str, from_on: date, origin: Origin, progress: Progress) -> RatedAgain:
        """Rate the records since a day again, of one price list if it is named."""
        after, accounts, changed = "", 0, 0
        while used := self._accounts.used_after(after, price_list, from_on, CHUNK_ACCOUNTS):
            changed += self._rate_anew(used, origin)
            accounts += len(used)
            after = max(used)
            progress(len(used))
        return RatedAgain(accounts, changed)

    def _rate_anew(self, used: Used, origin: Origin) -> int:
        """Rate some accounts, again after each change of one of them."""
        while True:
            try:
                return self._rate(used, origin)
            except VersionConflict:
                continue

    def _rate(self, used: Used, origin: Origin) -> int:
        known = self._targets.accounts_if_known(list(used))
        catalogue = self._targets.tariffs()
        with self._store.transaction() as transaction:
            concerned = ConcernedAccounts(transaction)
            for account in known.values():
                concerned.add(*account)
            self._rating.rate(transaction, concerned, used, catalogue)
            appends = concerned.appends()
            if appends:
                transaction.append(appends, (), origin._replace(command_id=new_id(), causation_id=origin.command_id))
        return len(appends)
