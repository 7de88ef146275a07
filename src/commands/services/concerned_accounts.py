"""The accounts that a decision about usage concerns: the one that is named, and those that its service moved to since.

Tiers, free units and allowances go on where a subscription goes. So an account to which it moved learns what is
recorded, or withdrawn, of the days before the move.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.moves import learnt_after_move
from billing_core.charging.view import view_of
from billing_core.kernel.events import Event
from billing_core.services.timeline import end_of
from commands.accounts import account_stream, load_account
from commands.billing.account import load_history
from commands.platform.ports import Append, Transaction
from commands.services.subscriptions import subscription_of, tariffs_of


class _Concerned(msgspec.Struct):
    account: Account
    version: int
    events: list[Event]


class ConcernedAccounts:
    """Accounts as they were loaded, each with the events that are decided for it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._accounts: dict[str, _Concerned] = {}

    def add(self, account: Account, version: int) -> None:
        """An account as it stands at a version."""
        self._accounts[account.number] = _Concerned(account, version, [])

    def account(self, number: str) -> Account:
        """The account as it is with the facts that were recorded."""
        return self._loaded(number).account

    def record(self, number: str, code: str, facts: Sequence[Event]) -> None:
        """Record facts about the usage of a subscription, also on the accounts to which it moved since."""
        while facts:
            concerned = self._loaded(number)
            concerned.events += facts
            for fact in facts:
                concerned.account.apply(fact)
            subscription = subscription_of(concerned.account, code)
            end = end_of(subscription.timeline)
            if end is None or end.kind != "move-away":
                return
            history = load_history(self._transaction, number, concerned.version)
            for fact in concerned.events:
                history.apply(fact)
            view = view_of(subscription, concerned.account.billing_days, history.usage.get(code, ()))
            number = end.name
            there = subscription_of(self._loaded(number).account, code)
            facts = learnt_after_move(subscription, view, there, tariffs_of(subscription, self._transaction))

    def appends(self) -> list[Append]:
        """What is decided, by account."""
        return [
            Append(account_stream(number), concerned.version, concerned.events)
            for number, concerned in self._accounts.items()
            if concerned.events
        ]

    def _loaded(self, number: str) -> _Concerned:
        if number not in self._accounts:
            self.add(*load_account(self._transaction, number))
        return self._accounts[number]
