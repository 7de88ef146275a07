"""Promised payments, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.kernel.money import Money
from billing_core.promises import (
    OpenPromise,
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    PromisePartKept,
    PromiseTerms,
    PromiseTermsSet,
)


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
    if terms.most_instalments > 1:
        parts.append(f"in at most {terms.most_instalments} instalments")
    if terms.least_service_days:
        parts.append(f"a service of at least {counted(terms.least_service_days, 'day')}")
    if terms.days_of_month:
        parts.append(f"on day {', '.join(map(str, sorted(terms.days_of_month)))} of the month")
    if terms.least_paid_percent:
        parts.append(f"{terms.least_paid_percent:f}% of the debt paid on the day")
    if terms.price:
        parts.append(f"for {terms.price:f} plus {terms.vat_rate:f}% VAT")
    return ", ".join(parts)


def _terms_set(fact: PromiseTermsSet) -> str:
    if fact.terms is None:
        return f"customers of {fact.seller} may not promise to pay"
    return f"customers of {fact.seller} may promise to pay: {terms_text(fact.terms)}"


def _opened(fact: PromiseOpened) -> str:
    if fact.parts:
        parts = ", ".join(f"{money(part.amount)} by {part.until_on}" for part in fact.parts)
        return f"promised to pay {money(fact.amount)} in {counted(len(fact.parts), 'instalment')}: {parts}"
    return f"promised to pay {money(fact.amount)} by {fact.until_on}"


def _part_kept(fact: PromisePartKept) -> str:
    return f"instalment {fact.part} of the promise came in, the next one is due by {fact.next_until_on}"


def _kept(fact: PromiseKept) -> str:
    return "the promise was kept: all of it came in"


def _broken(fact: PromiseBroken) -> str:
    part = f" at instalment {fact.part}" if fact.part > 1 else ""
    return f"the promise was broken{part}, {money(fact.missing)} did not come in"


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """The open promise; otherwise the one that was broken last; and how many of those that ended were kept."""
    promises = account.promises
    promise, broken_on = promises.open, promises.broken_on
    if promise is not None:
        yield f"promised to pay {money(promise.amount)} by {promise.until_on}, {money(promise.missing)} missing"
        if len(promise.parts) > 1:
            missing, until_on = money(promise.missing_by(promise.kept)), promise.next_part.until_on
            yield f"instalment {promise.kept + 1} of {len(promise.parts)} by {until_on}, {missing} missing"
    elif broken_on is not None:
        yield f"broke a promise on {broken_on}"
    if ended := promises.kept + promises.broken:
        yield f"kept {promises.kept} of {counted(ended, 'promise')}"


class PromiseFacts(msgspec.Struct):
    """The open promise of an account: all of it, and the instalment that is due next, counted from 1."""

    opened_on: date
    until_on: date
    amount: Money
    missing: Money
    parts: int
    next_part: int
    next_until_on: date
    next_missing: Money


def _account_facts(account: Account, on: date) -> dict[str, Any]:
    promises = account.promises
    promise = None if promises.open is None else _facts_of(promises.open)
    return {
        "promise": promise, "promise_missing": None if promise is None else promise.missing,
        "promise_broken_on": promises.broken_on, "promises_kept": promises.kept, "promises_broken": promises.broken,
    }  # fmt: skip


def _facts_of(promise: OpenPromise) -> PromiseFacts:
    return PromiseFacts(
        promise.opened_on, promise.until_on, promise.amount, promise.missing, len(promise.parts), promise.kept + 1,
        promise.next_part.until_on, promise.missing_by(promise.kept),
    )  # fmt: skip


SENTENCES: Sentences = {
    PromiseTermsSet: _terms_set,
    PromiseOpened: _opened,
    PromisePartKept: _part_kept,
    PromiseKept: _kept,
    PromiseBroken: _broken,
}
ACCOUNT_LINES = _account_lines
ACCOUNT_FACTS = _account_facts
