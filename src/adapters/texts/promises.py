"""Promised payments, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened, PromiseTerms, PromiseTermsSet


def terms_text(terms: PromiseTerms) -> str:
    """The terms on which customers may promise, in one line."""
    most = "" if terms.most_debt is None else f" to {terms.most_debt:f}"
    parts = [
        f"at most {terms.most_days} days and {terms.most_per_month} a month",
        f"debts from {terms.least_debt:f}{most}",
    ]
    if terms.grace_days:
        parts.append(f"{counted(terms.grace_days, 'day')} more to book what came in on the last one")
    if terms.days_after_broken:
        parts.append(f"none for {terms.days_after_broken} days after a broken one")
    if terms.price:
        parts.append(f"for {terms.price:f} plus {terms.vat_rate:f}% VAT")
    return ", ".join(parts)


def _terms_set(fact: PromiseTermsSet) -> str:
    if fact.terms is None:
        return f"customers of {fact.seller} may not promise to pay"
    return f"customers of {fact.seller} may promise to pay: {terms_text(fact.terms)}"


def _opened(fact: PromiseOpened) -> str:
    return f"promised to pay {money(fact.amount)} by {fact.until_on}"


def _kept(fact: PromiseKept) -> str:
    return "the promise was kept: all of it came in"


def _broken(fact: PromiseBroken) -> str:
    return f"the promise was broken, {money(fact.missing)} did not come in"


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """The open promise; otherwise the one that was broken last."""
    promise, broken_on = account.promises.open, account.promises.broken_on
    if promise is not None:
        yield f"promised to pay {money(promise.amount)} by {promise.until_on}, {money(promise.missing)} missing"
    elif broken_on is not None:
        yield f"broke a promise on {broken_on}"


def _account_facts(account: Account, on: date) -> dict[str, Any]:
    promise = account.promises.open
    missing = None if promise is None else promise.missing
    return {"promise": promise, "promise_missing": missing, "promise_broken_on": account.promises.broken_on}


SENTENCES: Sentences = {
    PromiseTermsSet: _terms_set,
    PromiseOpened: _opened,
    PromiseKept: _kept,
    PromiseBroken: _broken,
}
ACCOUNT_LINES = _account_lines
ACCOUNT_FACTS = _account_facts
