"""Parked accounts: the present reason of each, and billing them again after it is corrected.

An account is billed again today up to and including the day up to which it could not be billed; what came due since is
left to the next run. Each account is a command of its own, so this can be stopped at any moment and started again:
accounts that were billed are no longer parked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

import msgspec

from billing_core.kernel.errors import BillingError
from billing_core.kernel.spans import ONE_DAY
from commands.accounts import load_account
from commands.billing.account import BillAccount, ParkAccount
from commands.billing.run_ports import RunTotals
from commands.platform.answers import read_plain
from commands.platform.bus import Answer, Bus
from commands.platform.identity import new_id
from commands.platform.ports import Origin, Store

PAGE_ACCOUNTS = 1_000

Outcome = Literal["billed", "nothing-left", "parked", "not-parked"]


class ParkedNumbers(Protocol):
    """Which accounts are parked."""

    def parked(self, after_account: str, limit: int) -> Sequence[str]:
        """The numbers of parked accounts after one of them, in order."""


class Retried(msgspec.Struct, frozen=True):
    """The result of billing a parked account again: it is billed, nothing was left to bill, or a rule still stops it.

    `on` is the day up to which it could not be billed; `code` and `reason` are what stops it now.
    """

    account: str
    outcome: Outcome
    on: date | None = None
    subscription: str = ""
    code: str = ""
    reason: str = ""
    totals: RunTotals | None = None


class ParkedAccounts:
    """Rehearses and retries."""

    def __init__(self, store: Store, bus: Bus, numbers: ParkedNumbers) -> None:
        self._store = store
        self._bus = bus
        self._numbers = numbers

    def rehearse(self, account: str, origin: Origin) -> Retried:
        """The result of a retry now; nothing is written."""
        return self._tried(account, lambda command: self._bus.rehearse(command, _own(origin)))

    def retry(self, account: str, origin: Origin) -> Retried:
        """Bill it again; a new reason is recorded on the account."""
        retried = self._tried(account, lambda command: self._bus.execute(command, _own(origin)))
        if retried.outcome == "parked":
            assert retried.on is not None
            self._bus.execute(
                ParkAccount(
                    account=account, code=retried.code, reason=retried.reason, on=retried.on,
                    subscription=retried.subscription,
                ),
                _own(origin),
            )  # fmt: skip
        return retried

    def retry_all(self, origin: Origin) -> Iterator[Retried]:
        """All of them, in order of number."""
        after = ""
        while page := self._numbers.parked(after, PAGE_ACCOUNTS):
            for account in page:
                yield self.retry(account, origin)
            after = page[-1]

    def _tried(self, account: str, give: Callable[[BillAccount], Answer]) -> Retried:
        with self._store.transaction() as transaction:
            parked = load_account(transaction, account)[0].parked
        if parked is None:
            return Retried(account, "not-parked")
        try:
            answer = give(BillAccount(account=account, until=parked.on + ONE_DAY))
        except BillingError as error:
            return Retried(account, "parked", parked.on, error.subscription, error.code, str(error))
        totals = read_plain(answer.result, RunTotals)
        is_billed = totals.charges or totals.invoices or totals.credit_notes
        return Retried(
            account, "billed" if is_billed else "nothing-left", parked.on, parked.subscription, totals=totals
        )


def _own(origin: Origin) -> Origin:
    """The same origin for a command of its own."""
    return origin._replace(command_id=new_id(), causation_id=origin.command_id)
