"""The matching ladder: whose money is it? One account, several (a tie), signs that contradict (a doubt), or nobody.

Decides by exact signs alone, in the order of the seller's rules (`matching_rules`); everything but one account waits
for a person. It looks nothing up: `sought` says which keys are to be looked up, for thousands of payments at once, and
`decide` takes what was found. Every rung names a set of accounts:

    the first rung that names any    these accounts are left
    a later one that agrees          those that both name are left
    a later one that contradicts     a doubt if it is a reference, if nothing exact was found before, or if the rules
                                     let it doubt; else it is passed over
    open-amount                      of several that are left, the one with one open item of exactly this amount

Worked examples; customer 104217 has the accounts 104217-1 (461.30 open on invoice 26005219) and 104217-2 (nothing
open), customer 104218 has 104218-1, and the bank account ...4821 is known to pay for 104217-1:

    reference 26005219                                one: 104217-1, by the number of an invoice
    reference 104217                                  tie of 104217-1 and 104217-2
    reference 104217, 461.30, rung open-amount        one: 104217-1, as 461.30 is open there alone
    reference 104217 from ...4821                     one: 104217-1, which both name
    reference 104218 from ...4821                     one: 104218-1; a doubt if the rules say so
    no reference, from ...4821, text names 104218     doubt: neither is exact, and they contradict
    reference 26005219, end-to-end id 104218-1        doubt: two references name two accounts
    reference 26005219 of an account in EUR, 461.30 CZK   doubt: the account is in another currency
    reference 26005291                                nobody: there is no such number, and nothing is guessed
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from billing_core.kernel.money import Money
from billing_core.parties.czech_accounts import compact, domestic_account, domestic_of_iban
from billing_core.payments.matching_rules import EXACT, MatchingRules, NumberKind, Rung, TextPattern

KeyKind = Literal["invoice", "account", "customer", "payer-account"]
Outcome = Literal["one", "tie", "doubt", "nobody"]
# What banks write if the payer gave no end-to-end id.
NOT_PROVIDED = "NOTPROVIDED"
MOST_NUMBER = 40

# --- values


class MoneySigns(msgspec.Struct, frozen=True, kw_only=True):
    """What money says of whose it is. `payment_reference` is a variable symbol or what else the payer gave.

    `seller` is whose bank account or desk it came to; without one any seller's account may be meant.
    """

    amount: Money
    seller: str = ""
    payment_reference: str = ""
    creditor_reference: str = ""
    end_to_end: str = ""
    payer_account: str = ""
    message: str = ""


class Key(NamedTuple):
    """Something to be looked up: the number of an invoice, account or customer, or a payer's bank account."""

    kind: KeyKind
    value: str


class OpenItem(NamedTuple):
    """What is open on an invoice, in the currency of its account."""

    invoice: str
    amount: Decimal


class Candidate(NamedTuple):
    """An account that a key leads to. Its open items are needed by the rung `open-amount` alone."""

    account: str
    seller: str
    currency: str
    open_items: tuple[OpenItem, ...] = ()


Found = Mapping[Key, Sequence[Candidate]]


class Match(NamedTuple):
    """What the ladder says. `account` is there if the outcome is `one`; `rung` is the first that named an account.

    `accounts` are those that it is between, in order of their numbers; `why` is for people and names no payer.
    """

    outcome: Outcome
    account: str | None = None
    rung: Rung | None = None
    accounts: tuple[str, ...] = ()
    why: str = "no rung of the rules names an account"


NOBODY = Match("nobody")

# --- what is looked up


def sought(money: MoneySigns, rules: MatchingRules) -> frozenset[Key]:
    """The keys that `decide` wants to be looked up."""
    return frozenset(key for rung in rules.rungs for key in _keys(rung, money, rules))


def _keys(rung: Rung, money: MoneySigns, rules: MatchingRules) -> Iterator[Key]:
    match rung:
        case "invoice-number":
            yield from _numbers("invoice", money.payment_reference)
        case "account-number":
            yield from _numbers("account", money.payment_reference)
        case "customer-number":
            yield from _numbers("customer", money.payment_reference)
        case "creditor-reference":
            yield from _of_any_kind(_within_creditor_reference(money.creditor_reference or money.payment_reference))
        case "end-to-end-id":
            yield from _of_any_kind("" if money.end_to_end == NOT_PROVIDED else money.end_to_end)
        case "payer-account" if money.payer_account:
            yield Key("payer-account", as_payer_account(money.payer_account))
        case "text":
            for pattern in rules.patterns:
                yield from _in_text(pattern, money)


def _of_any_kind(number: str) -> Iterator[Key]:
    yield from _numbers("invoice", number)
    yield from _numbers("account", number)
    yield from _numbers("customer", number)


def _numbers(kind: NumberKind, text: str) -> Iterator[Key]:
    """A number as written, and without the zeros that fill a variable symbol up to ten digits."""
    number = "".join(text.split())
    if not number or len(number) > MOST_NUMBER:
        return
    yield Key(kind, number)
    if number[0] == "0" and (bare := number.lstrip("0")):
        yield Key(kind, bare)
    if not number.isdigit() and (capital := number.upper()) != number:
        yield Key(kind, capital)


def _within_creditor_reference(text: str) -> str:
    """What a reference of ISO 11649 holds: `RF18 5390 0754 7034` holds 539007547034; `RF19 ...` nothing."""
    if text[:2].upper() != "RF":
        return ""
    try:
        return str(iso11649.validate(text))[4:]
    except ValidationError:
        return ""


def _in_text(pattern: TextPattern, money: MoneySigns) -> Iterator[Key]:
    for text in (money.message, money.payment_reference):
        for found in _compiled(pattern.pattern).finditer(text):
            yield from _numbers(pattern.finds, found[1 if found.re.groups else 0] or "")


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=10_000)
def as_payer_account(text: str) -> str:
    """A bank account in one form, whether a bank writes it as IBAN or as the domestic number.

    >>> as_payer_account("CZ65 0800 0000 1920 0014 5399"), as_payer_account("000019-2000145399/0800")
    ('19-2000145399/0800', '19-2000145399/0800')
    """
    domestic = domestic_of_iban(text) or domestic_account(text)
    return compact(text) if domestic is None else domestic.short


# --- what is decided

WORDS: dict[Rung, str] = {
    "invoice-number": "the reference is the number of its invoice",
    "account-number": "the reference is its number",
    "customer-number": "the reference is the number of its customer",
    "creditor-reference": "the creditor reference holds its number",
    "end-to-end-id": "the end-to-end id holds its number",
    "payer-account": "the payer's bank account is known to pay for it",
    "text": "a pattern finds its number in the text",
    "open-amount": "exactly this amount is open on one of its invoices",
}


def decide(money: MoneySigns, rules: MatchingRules, found: Found) -> Match:
    """The account that the money is for, if the rules name exactly one; else why it waits."""
    left: dict[str, Candidate] = {}
    first: Rung | None = None
    reasons: list[str] = []
    for rung in rules.rungs:
        if rung == "open-amount":
            named = _with_open_amount(left, money) if len(left) > 1 else {}
        else:
            named = {each.account: each for key in _keys(rung, money, rules) for each in found.get(key, ())}
        if not named:
            continue
        fitting = {number: each for number, each in named.items() if fits(each, money)}
        if not fitting:
            if rung in EXACT:
                return _doubt(named, rung, "the account is in another currency, or another seller's")
            continue
        agreed = {number: each for number, each in fitting.items() if number in left} if first else fitting
        if agreed:
            reasons += [WORDS[rung]] if first is None or len(agreed) < len(left) else []
            left, first = agreed, first or rung
        elif rung in EXACT or first not in EXACT or rung in rules.doubts:
            assert first is not None
            return _doubt(left | fitting, first, f"{WORDS[first]}, but by another account {WORDS[rung]}")
    if first is None:
        return NOBODY
    accounts = tuple(sorted(left))
    why = ", and ".join(reasons)
    return (
        Match("one", accounts[0], first, accounts, why) if len(left) == 1 else Match("tie", None, first, accounts, why)
    )


def fits(candidate: Candidate, money: MoneySigns) -> bool:
    """Whether the account takes money of this currency, and is one of the seller to whom it came."""
    return candidate.currency == money.amount.currency and money.seller in ("", candidate.seller)


def _with_open_amount(left: Mapping[str, Candidate], money: MoneySigns) -> dict[str, Candidate]:
    """The accounts with an open item of exactly the amount; none if one account has two of them."""
    having = {
        number: sum(item.amount == money.amount.amount for item in each.open_items) for number, each in left.items()
    }
    return {number: left[number] for number, items in having.items() if items} if sum(having.values()) == 1 else {}


def _doubt(accounts: Mapping[str, Candidate], rung: Rung, why: str) -> Match:
    return Match("doubt", None, rung, tuple(sorted(accounts)), why)
