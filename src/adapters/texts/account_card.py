"""The account's card: lines for people and facts for programs, from each area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from adapters.areas import exported
from billing_core.accounts.account import Account

Lines = Callable[[Account, date], Iterator[str]]
Facts = Callable[[Account, date], dict[str, Any]]


def account_lines(account: Account, on: date) -> Iterator[str]:
    """The `ACCOUNT_LINES` of each area, as of a day."""
    for lines in exported("adapters.texts", "ACCOUNT_LINES"):
        yield from lines(account, on)


def account_facts(account: Account, on: date) -> dict[str, Any]:
    """The `ACCOUNT_FACTS` of each area, by name, as of a day."""
    found: dict[str, Any] = {}
    for facts in exported("adapters.texts", "ACCOUNT_FACTS"):
        found |= facts(account, on)
    return found
