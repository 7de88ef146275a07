"""Credit limits, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.credit_limits import CreditLimitSet, TemporaryCreditEnded, TemporaryCreditGranted


def _limit_set(fact: CreditLimitSet) -> str:
    if fact.limit is None:
        return f"credit limit of the plan again: {fact.reason}"
    return f"credit limit {money(fact.limit)}: {fact.reason}"


def _granted(fact: TemporaryCreditGranted) -> str:
    return f"may owe {money(fact.amount)} more until {fact.until_on}: {fact.reason}"


def _ended(fact: TemporaryCreditEnded) -> str:
    return f"temporary credit ended: {fact.reason}" if fact.reason else "temporary credit ended, its time has passed"


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """The account's own limit, and a temporary credit while it lasts."""
    if account.credit.limit is not None:
        yield f"may owe {money(account.credit.limit)}"
    temporary = account.credit.temporary
    if temporary is not None and temporary.granted_on <= on <= temporary.until_on:
        yield f"may owe {money(temporary.amount)} more until {temporary.until_on}: {temporary.reason}"


def _account_facts(account: Account, on: date) -> dict[str, Any]:
    temporary = account.credit.temporary
    is_over = temporary is None or not temporary.granted_on <= on <= temporary.until_on
    return {"credit_limit": account.credit.limit, "temporary_credit": None if is_over else temporary}


SENTENCES: Sentences = {
    CreditLimitSet: _limit_set,
    TemporaryCreditGranted: _granted,
    TemporaryCreditEnded: _ended,
}
ACCOUNT_LINES = _account_lines
ACCOUNT_FACTS = _account_facts
