"""Whose may money be that nothing names exactly? Guesses for a person, ranked, each with the signs for and against it.

Decides the order and the reasons; nothing is ever assigned by them. Which accounts come into question is looked up
before (`projections.remittances.guesses`). Every sign that can be judged agrees or not; a repetition is a warning and
counts for nothing.

    461.30 on 10 June from VRABCOVA JARMILA, ...4821, reference 26005291

    104217-1   exactly 461.30 is open on invoice 26005219         agrees      3
               ...4821 paid for it 58 times                       agrees      4
               the name is the same without accents               agrees      4
               money comes around the 12th of a month             agrees      1
               26005291 is 26005219 with digits mixed up          agrees      3     15, all 5 agree
    105291-1   the reference ends in its number                   agrees      2
               the name is another one, nothing is open of it     do not             2, 1 of 3 agrees
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.money import Money
from billing_core.payments.matching import OpenItem

SignCode = Literal["amount", "payer-account", "name", "day", "reference"]
ReferenceLikeness = Literal["exact", "mixed-up", "ends-in", "in-text"]
MOST_GUESSES = 5
SAME_NAME, NEARLY_SAME_NAME = 96, 85
FEWEST_DAYS, NEARBY_DAYS, MONTH_DAYS = 3, 3, 30
MOST_OF_REFERENCE: dict[ReferenceLikeness, int] = {"exact": 5, "mixed-up": 3, "in-text": 3, "ends-in": 2}

# --- values


class MeantNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number of an account, its customer or an invoice, that a reference may mean."""

    number: str
    likeness: ReferenceLikeness


class AccountInQuestion(msgspec.Struct, kw_only=True):
    """An account that money may be for, and what is known of it.

    `likeness` of the payer's name to the customer's is 0 to 100, None without a name. `days` are the days of the month
    on which money came last; `came_today` says that as much came for it on the same day.
    """

    account: str
    customer: str
    name: str
    balance: Money
    open_items: tuple[OpenItem, ...] = ()
    paid_before: int = 0
    is_known_payer: bool = False
    likeness: int | None = None
    days: tuple[int, ...] = ()
    meant: MeantNumber | None = None
    came_today: bool = False


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A sign for or against an account: `value` is the invoice, number or day that it is about, `times` how often."""

    code: SignCode
    agrees: bool
    value: str = ""
    times: int = 0
    likeness: str = ""


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """An account that money may be for, with the signs; `invoice` is the one that is open by exactly the amount."""

    account: str
    customer: str
    name: str
    balance: Money
    signs: tuple[Sign, ...]
    weight: int
    invoice: str = ""
    is_repeated: bool = False

    @property
    def agreeing(self) -> int:
        return sum(sign.agrees for sign in self.signs)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The money: how much, on which day, and whether it names a bank account, a payer and a reference."""

    amount: Money
    received_on: date
    payer_account: str = ""
    payer: str = ""
    reference: str = ""


# --- decisions


def ranked(money: Waiting, accounts: Iterable[AccountInQuestion]) -> list[Guess]:
    """The likeliest accounts first, five at most; those without any weight are none."""
    found = [_guess(money, each) for each in accounts if each.balance.currency == money.amount.currency]
    found.sort(key=lambda guess: (-guess.weight, -guess.agreeing, guess.account))
    return [guess for guess in found if guess.weight][:MOST_GUESSES]


def _guess(money: Waiting, account: AccountInQuestion) -> Guess:
    weighed = list(_weighed(money, account))
    amount = weighed[0][0]
    return Guess(
        account=account.account, customer=account.customer, name=account.name, balance=account.balance,
        signs=tuple(sign for sign, _ in weighed), weight=sum(weight for sign, weight in weighed if sign.agrees),
        invoice=amount.value if amount.agrees else "", is_repeated=account.came_today,
    )  # fmt: skip


def _weighed(money: Waiting, account: AccountInQuestion) -> Iterator[tuple[Sign, int]]:
    """Each sign that can be judged, with its weight; that of the amount is the first."""
    open_exactly = [item.invoice for item in account.open_items if item.amount == money.amount.amount]
    yield Sign(code="amount", agrees=bool(open_exactly), value=open_exactly[0] if open_exactly else ""), 3
    if money.payer_account:
        pays = account.is_known_payer or account.paid_before > 0
        yield Sign(code="payer-account", agrees=pays, times=account.paid_before), 4
    if money.payer and account.likeness is not None:
        same = account.likeness >= SAME_NAME
        nearly = account.likeness >= NEARLY_SAME_NAME
        yield Sign(code="name", agrees=nearly, likeness="same" if same else "nearly"), 4 if same else 2
    if len(account.days) >= FEWEST_DAYS:
        usual = sorted(account.days)[len(account.days) // 2]
        yield Sign(code="day", agrees=_is_near(money.received_on.day, usual), value=str(usual)), 1
    if money.reference:
        meant = account.meant
        if meant is None:
            yield Sign(code="reference", agrees=False), 0
        else:
            weight = MOST_OF_REFERENCE[meant.likeness]
            yield Sign(code="reference", agrees=True, value=meant.number, likeness=meant.likeness), weight


def _is_near(day: int, usual: int) -> bool:
    """Whether two days of a month are near, also over its end: the 30th and the 1st are."""
    apart = abs(day - usual)
    return min(apart, MONTH_DAYS - apart) <= NEARBY_DAYS


# --- which numbers a reference may mean

FEWEST_DIGITS, MOST_DIGITS = 5, 12
FEWEST_OF_END = 4


def numbers_mixed_up(reference: str, *, only_neighbours: bool = False) -> frozenset[str]:
    """The numbers that differ from a number by one slip: two digits exchanged, one wrong, missing, or too many.

    12345 gives 21345 and 52341 (exchanged), 12346 (wrong), 1234 (too many) and 123445 (missing): 165 of them, some 260
    of ten digits. With `only_neighbours` the slips of a typist alone: neighbours exchanged, or a digit typed too often.

    """
    if not reference.isdecimal() or not FEWEST_DIGITS <= len(reference) <= MOST_DIGITS:
        return frozenset()
    places = range(len(reference))
    found = {reference[:place] + reference[place + 1 :] for place in places}
    found |= {_exchanged(reference, place, place + 1) for place in places[:-1]}
    if not only_neighbours:
        found |= {_exchanged(reference, one, other) for one in places for other in range(one + 1, len(reference))}
        for digit in "0123456789":
            found |= {reference[:place] + digit + reference[place + 1 :] for place in places}
            found |= {reference[:place] + digit + reference[place:] for place in range(len(reference) + 1)}
    return frozenset(found - {reference})


def _exchanged(text: str, one: int, other: int) -> str:
    letters = list(text)
    letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def numbers_at_the_end(reference: str) -> tuple[str, ...]:
    """The numbers in which a reference ends, the longest first: of 26105291, 6105291 to 5291."""
    if not reference.isdecimal():
        return ()
    return tuple(reference[place:] for place in range(1, len(reference) - FEWEST_OF_END + 1) if reference[place] != "0")
