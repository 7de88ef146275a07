"""Which accounts may money be for that waits, and what is known of each? With a bounded number of look-ups.

What leads to an account: a number that is written in the reference or the text, one that differs from the reference by
a slip, one in which it ends, a bank account that paid before, and a customer of the payer's name. Names are sought for
one remittance only; a page of the queue does without.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from billing_core.kernel.money import Money
from billing_core.kernel.transliteration import in_latin
from billing_core.payments.guesses import (
    AccountInQuestion,
    Guess,
    MeantNumber,
    ReferenceLikeness,
    Waiting,
    numbers_at_the_end,
    numbers_mixed_up,
    ranked,
)
from billing_core.payments.matching import Key, MoneySigns, as_payer_account, sought
from billing_core.payments.matching_rules import MatchingRules
from projections.customer_search import wanted, words_in
from projections.platform.projection import Cursor
from projections.remittances.candidates import candidates, open_items

USUAL = MatchingRules()
NUMBER_IN_TEXT = re.compile(r"(?<!\d)\d{4,10}(?!\d)")
MOST_NUMBERS_IN_TEXT = 10
MOST_NAMED = 20
FEWEST_LETTERS = 3
# Money of a big payer, as a post office, says little of whose it is.
MOST_PAYMENTS_OF_PAYER = 500
SELECT_NEAR = """
    SELECT number AS meant, account FROM documents
        WHERE number = ANY(%(numbers)s) AND kind = 'invoice' AND open_amount > 0
    UNION ALL SELECT number, number FROM accounts WHERE number = ANY(%(numbers)s)
    UNION ALL SELECT customer, number FROM accounts WHERE customer = ANY(%(numbers)s)
"""
SELECT_PAID_BEFORE = """
    SELECT payer.value, paid.account, count(*)
    FROM unnest(%s::text[]) AS payer (value) CROSS JOIN LATERAL (
        SELECT account FROM payment_texts
        WHERE payer_account = payer.value AND payer_account <> '' AND account <> '' LIMIT %s) AS paid
    GROUP BY payer.value, paid.account ORDER BY count(*) DESC
"""
SELECT_NAMED = """
    SELECT accounts.number FROM accounts JOIN (
        SELECT number FROM customers WHERE merged_into = '' AND forgotten_on IS NULL AND ({condition}) LIMIT %(most)s
    ) AS named ON accounts.customer = named.number
"""
SELECT_ACCOUNTS = """
    SELECT accounts.number, customer, customers.name, balance, currency FROM accounts
    JOIN customers ON customers.number = customer WHERE accounts.number = ANY(%s)
"""
SELECT_DAYS = """
    SELECT each.account, array_agg(extract(day FROM last.received_on)::int)
    FROM unnest(%s::text[]) AS each (account) CROSS JOIN LATERAL (
        SELECT received_on FROM payments WHERE payments.account = each.account AND reversed_on IS NULL
        ORDER BY received_on DESC LIMIT 12) AS last
    GROUP BY each.account
"""
SELECT_CAME_TODAY = """
    SELECT account, amount, received_on FROM payments
    WHERE account = ANY(%s) AND received_on = ANY(%s) AND reversed_on IS NULL
"""


class Unmatched(NamedTuple):
    """A remittance that waits, with what its payer said."""

    remittance: str
    received_on: date
    signs: MoneySigns
    payer: str = ""


class Hints(NamedTuple):
    """What leads to accounts, by account: the number that may be meant, and how often the payer paid for it."""

    meant: dict[str, MeantNumber]
    paid_before: dict[str, int]
    known_payer: set[str]
    named: set[str]

    @property
    def accounts(self) -> set[str]:
        return {*self.meant, *self.paid_before, *self.known_payer, *self.named}


def guesses(cursor: Cursor, money: Unmatched) -> list[Guess]:
    """The likeliest accounts of one remittance, with all signs."""
    return _guesses(cursor, [money], is_thorough=True)[money.remittance]


def first_guesses(cursor: Cursor, waiting: Sequence[Unmatched]) -> dict[str, Guess]:
    """The likeliest account of each remittance of a page, if the cheap signs lead to one."""
    found = _guesses(cursor, waiting, is_thorough=False)
    return {name: each[0] for name, each in found.items() if each}


def _guesses(cursor: Cursor, waiting: Sequence[Unmatched], *, is_thorough: bool) -> dict[str, list[Guess]]:
    hints = {money.remittance: Hints({}, {}, set(), set()) for money in waiting}
    _by_slips(cursor, waiting, hints, is_thorough=is_thorough)
    _by_keys(cursor, waiting, hints)
    _by_payers(cursor, waiting, hints)
    if is_thorough:
        for money in waiting:
            _by_name(cursor, money, hints[money.remittance])
    known = _Known.of(cursor, waiting, {account for each in hints.values() for account in each.accounts}, is_thorough)
    return {
        money.remittance: ranked(
            _waiting(money), (known.in_question(account, money, hints[money.remittance]) for account in
                              sorted(hints[money.remittance].accounts) if account in known.accounts)
        )
        for money in waiting
    }  # fmt: skip


def _waiting(money: Unmatched) -> Waiting:
    signs = money.signs
    return Waiting(amount=signs.amount, received_on=money.received_on, payer_account=signs.payer_account,
                   payer=money.payer, reference=signs.payment_reference)  # fmt: skip


# --- what leads to accounts


def _by_keys(cursor: Cursor, waiting: Sequence[Unmatched], hints: dict[str, Hints]) -> None:
    """What is exact, as of money that waits for a tie or a doubt, and numbers in the text."""
    wanted_by: dict[Key, list[tuple[str, ReferenceLikeness]]] = defaultdict(list)
    for money in waiting:
        for key in sought(money.signs, USUAL):
            wanted_by[key].append((money.remittance, "exact"))
        for number in _numbers_in_text(money.signs):
            for kind in ("invoice", "account", "customer"):
                wanted_by[Key(kind, number)].append((money.remittance, "in-text"))
    for key, found in candidates(cursor, wanted_by).items():
        for (name, likeness), candidate in ((each, candidate) for each in wanted_by[key] for candidate in found):
            if key.kind == "payer-account":
                hints[name].known_payer.add(candidate.account)
            elif likeness == "exact" or candidate.account not in hints[name].meant:
                hints[name].meant[candidate.account] = MeantNumber(number=key.value, likeness=likeness)


def _numbers_in_text(signs: MoneySigns) -> list[str]:
    text = signs.message if signs.payment_reference.isdecimal() else f"{signs.payment_reference} {signs.message}"
    return NUMBER_IN_TEXT.findall(text)[:MOST_NUMBERS_IN_TEXT]


def _by_slips(cursor: Cursor, waiting: Sequence[Unmatched], hints: dict[str, Hints], *, is_thorough: bool) -> None:
    """Numbers that differ from the reference by a slip, or in which it ends; one that ends in it says least."""
    wanted_by: dict[str, list[tuple[str, ReferenceLikeness]]] = defaultdict(list)
    for money in waiting:
        reference = money.signs.payment_reference.lstrip("0")
        for number in numbers_at_the_end(reference):
            wanted_by[number].append((money.remittance, "ends-in"))
        for number in numbers_mixed_up(reference, only_neighbours=not is_thorough):
            wanted_by[number].append((money.remittance, "mixed-up"))
    for number, account in cursor.execute(SELECT_NEAR, {"numbers": list(wanted_by)}):
        for name, likeness in wanted_by[number]:
            if likeness == "mixed-up" or account not in hints[name].meant:
                hints[name].meant[account] = MeantNumber(number=number, likeness=likeness)


def _by_payers(cursor: Cursor, waiting: Sequence[Unmatched], hints: dict[str, Hints]) -> None:
    payers: dict[str, list[str]] = defaultdict(list)
    for money in waiting:
        if money.signs.payer_account:
            payers[as_payer_account(money.signs.payer_account)].append(money.remittance)
    for payer, account, times in cursor.execute(SELECT_PAID_BEFORE, (list(payers), MOST_PAYMENTS_OF_PAYER)).fetchall():
        for name in payers[payer]:
            if len(hints[name].paid_before) < MOST_NAMED:
                hints[name].paid_before[account] = times


def _by_name(cursor: Cursor, money: Unmatched, hints: Hints) -> None:
    text = " ".join(word for word in words_in(money.payer) if len(word) >= FEWEST_LETTERS and word.isalpha())
    if (asked := wanted(text)) is not None:
        statement = SELECT_NAMED.format(condition=asked.condition)
        hints.named.update(row[0] for row in cursor.execute(statement, {**asked.parameters, "most": MOST_NAMED}))


# --- what is known of them


class _Known(NamedTuple):
    accounts: dict[str, tuple[str, str, Money]]
    items: dict[str, Any]
    days: dict[str, tuple[int, ...]]
    came: set[tuple[str, Any, date]]

    @staticmethod
    def of(cursor: Cursor, waiting: Iterable[Unmatched], numbers: set[str], is_thorough: bool) -> _Known:
        accounts = {
            number: (customer, name, Money(balance, currency))
            for number, customer, name, balance, currency in cursor.execute(SELECT_ACCOUNTS, (list(numbers),))
        }
        items = open_items(cursor, accounts)
        if not is_thorough:
            return _Known(accounts, items, {}, set())
        days = {account: tuple(found) for account, found in cursor.execute(SELECT_DAYS, (list(accounts),))}
        on = [money.received_on for money in waiting]
        came = set(map(tuple, cursor.execute(SELECT_CAME_TODAY, (list(accounts), on)).fetchall()))
        return _Known(accounts, items, days, came)

    def in_question(self, account: str, money: Unmatched, hints: Hints) -> AccountInQuestion:
        customer, name, balance = self.accounts[account]
        return AccountInQuestion(
            account=account, customer=customer, name=name, balance=balance,
            open_items=self.items.get(account, ()), paid_before=hints.paid_before.get(account, 0),
            is_known_payer=account in hints.known_payer, likeness=_likeness(money.payer, name) if money.payer else None,
            days=self.days.get(account, ()), meant=hints.meant.get(account),
            came_today=(account, money.signs.amount.amount, money.received_on) in self.came,
        )  # fmt: skip


def _likeness(payer: str, name: str) -> int:
    """How like two names are, 0 to 100, whatever their accents, letters and order of words."""
    return round(fuzz.token_sort_ratio(in_latin(payer).casefold(), in_latin(name).casefold()))
