"""Accounts as a command would decide on them: those of now are kept, those as of a moment are made of their events."""

from __future__ import annotations

from collections.abc import Collection

from adapters.views.query import Reading
from billing_core.accounts.account import Account, apply_account
from commands.accounts import account_stream
from projections.accounts.states import states_named


def account_states(reading: Reading, numbers: Collection[str]) -> list[Account]:
    """The states of these accounts, in order of number."""
    if reading.source.on is None:
        with reading.source.cursor() as cursor:
            return [row.account for row in states_named(cursor, numbers)]
    found = (_folded(reading, number) for number in sorted(numbers))
    return [account for account in found if account is not None]


def _folded(reading: Reading, number: str) -> Account | None:
    account: Account | None = None
    for fact in reading.source.events_of(account_stream(number)):
        account = apply_account(account, fact)
    return account
