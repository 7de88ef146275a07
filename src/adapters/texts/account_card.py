"""What the areas say of an account on its card: lines for people, facts for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from adapters.areas import exported
from billing_core.accounts.account import Account

Lines = Callable[[Account, date], Iterator[str]]
Facts = Callable[[Account, date], dict[str, Any]]


def account_lines(account: Account, on: date) -> Iterator[str]:
    """What each area says of the account as of a day, area by area: its `ACCOUNT_LINES`."""
    for lines in exported("adapters.texts", "ACCOUNT_LINES"):
        yield from lines(account, on)


def account_facts(account: Account, on: date) -> dict[str, Any]:
    """What each area knows of the account as of a day, by name: its `ACCOUNT_FACTS`."""
    found: dict[str, Any] = {}
    for facts in exported("adapters.texts", "ACCOUNT_FACTS"):
        found |= facts(account, on)
    return found
