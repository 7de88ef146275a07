"""The amount of a charge, computed from the words that explain it and from nothing else.

    300.00 EUR a month x 20/30 days of the whole period, price list net         200.00
    credit: 1 month at 300.00 EUR, 50 % of it, price list net                  -150.00
    used 12; 10 at 10 + flat 2; 2 at 5; 100.00 EUR charged before, price list     12.00

Steps stand one after the other, divided by semicolons. A credit is the opposite of what its steps say, unless they name
what was charged before, or a part of an amount.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from re import Match

from tests.oracle.exact import rounded, split

NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?"
DECIMAL = r"[0-9]+(?:\.[0-9]+)?"
MONEY = rf"({NUMBER}) [A-Z]{{3}}"
SOURCE = re.compile(r", (?:agreed price|price list .*)$")
TAKEN = rf"(?P<taken>{NUMBER}) (?P<unit>%|[A-Z]{{3}})(?: x (?P<part>{NUMBER}))?(?: \([^)]*\))*"
ADJUSTED = rf"{TAKEN} (?P<off>off|on top of) (?P<left>{NUMBER}) [A-Z]{{3}}"
ON_DAYS = r"(?: x (?P<days>[0-9]+/[0-9]+) days)?"
ADJUSTMENT = re.compile(ADJUSTED)
ADJUSTMENT_ON_DAYS = re.compile(ADJUSTED + ON_DAYS)
FEE = re.compile(rf"(?:({NUMBER}) x )?{MONEY}")
ROUNDED = re.compile(rf", rounded as {MONEY} from \S+ on less {MONEY} from \S+ on$")
PERCENT = re.compile(rf", ({NUMBER}) % of it$")
EVERY = r"(?:[0-9]+ )?(?:day|week|month|year)s?"
WHOLE = re.compile(rf"{EVERY} at ")
SIGNED = re.compile(r" charged before| in all$")
PERIOD = re.compile(rf" (?:a|for) {EVERY} x ")


class UnknownWords(AssertionError):
    """Words that say nothing that can be computed."""


def amount_in(words: str, digits: int) -> Fraction:
    """The amount that an explanation comes to."""
    if SOURCE.search(words) is None:
        raise UnknownWords(f"no price list is named: {words}")
    explained = SOURCE.sub("", words)
    steps = explained.removeprefix("credit: ").split("; ")
    is_signed = any(SIGNED.search(step) for step in steps)
    return _Steps(explained.startswith("credit: ") and not is_signed, digits).amount(steps)


class _Steps:
    """The steps of an explanation, taken one after the other."""

    def __init__(self, is_credit: bool, digits: int) -> None:
        self._is_credit = is_credit
        self._digits = digits
        self._exact = Fraction(0)  # What was used, before it is rounded.
        self._amount: Fraction | None = None

    def amount(self, steps: list[str]) -> Fraction:
        for step in steps:
            self._take(step)
        return self._opposite()

    def _take(self, step: str) -> None:
        for pattern, meaning in STEPS:
            found = re.fullmatch(pattern, step)
            if found is not None:
                meaning(self, found)
                return
        self._amount = amount_of_days(step, self._digits)

    @property
    def _now(self) -> Fraction:
        return rounded(self._exact, self._digits) if self._amount is None else self._amount

    def _opposite(self) -> Fraction:
        amount = -self._now if self._is_credit else self._now
        self._is_credit = False
        return amount

    # --- amounts that stand alone

    def charged_before(self, found: Match[str]) -> None:
        self._amount = self._now - Fraction(found[1])

    def nothing_is_due(self, found: Match[str]) -> None:
        self._amount = -Fraction(found[1])

    def part_of_all(self, found: Match[str]) -> None:
        part, whole = Fraction(found[1]), Fraction(found[2])
        if self._amount not in (None, whole):
            raise UnknownWords(f"{found[0]}: it was {self._amount}")
        self._amount = part

    def on_another_document(self, found: Match[str]) -> None:
        self._amount = self._opposite() - Fraction(found[1])

    def committed(self, found: Match[str]) -> None:
        self._amount = Fraction(found[1]) - Fraction(found[2])

    def once(self, found: Match[str]) -> None:
        self._amount = rounded(Fraction(found[1] or 1) * Fraction(found[2]), self._digits)

    def months_left(self, found: Match[str]) -> None:
        self._amount = rounded(Fraction(found[1]) * Fraction(found[2]), self._digits)

    def instalment(self, found: Match[str]) -> None:
        number, of, whole = int(found[1]), int(found[2]), Fraction(found[3])
        if self._amount not in (None, whole):
            raise UnknownWords(f"{found[0]}: it was {self._amount}")
        self._amount = split(whole, [Fraction(1)] * of, self._digits)[number - 1]

    # --- usage

    def used(self, found: Match[str]) -> None:
        """How much was used, and maybe at once what it costs with what was used before."""
        whole, share, is_rounded_otherwise = None, None, False
        for item in (found[1] or "").split(", "):
            if (part := re.fullmatch(rf"({DECIMAL})/({DECIMAL}) of it", item)) is not None:
                share = Fraction(part[1]) / Fraction(part[2])
            elif item == "rounded so that the parts sum to the whole":
                is_rounded_otherwise = True
            elif (sum_of := re.fullmatch(rf"(.*) are {MONEY}", item)) is not None:
                self._take(sum_of[1])
                whole = Fraction(sum_of[2])
                if whole != self._now:
                    raise UnknownWords(f"{item}: it is {self._now}")
            elif item and re.fullmatch(rf"{NUMBER} (?:carried over|included|priced)", item) is None:
                self._take(item)
        if whole is not None and share is not None:
            self._amount = self._rounded(whole * share, is_rounded_otherwise=is_rounded_otherwise)

    def _rounded(self, exact: Fraction, *, is_rounded_otherwise: bool) -> Fraction:
        amount = rounded(exact, self._digits)
        unit = Fraction(1, 10**self._digits)
        if not is_rounded_otherwise:
            return amount
        return amount - unit if amount > exact else amount + unit

    def elsewhere(self, found: Match[str]) -> None:
        """How much of it was used on days without a price, which changes nothing."""

    def units(self, found: Match[str]) -> None:
        self._exact += Fraction(found[1]) * Fraction(found[2]) + Fraction(found[3] or 0)

    def percentage(self, found: Match[str]) -> None:
        self._exact += Fraction(found[1]) * Fraction(found[2]) / 100

    def less(self, found: Match[str]) -> None:
        self._amount = self._now - Fraction(found[1])


STEPS: list[tuple[str, Callable[[_Steps, Match[str]], None]]] = [
    (rf"{MONEY} charged before", _Steps.charged_before),
    (rf"{MONEY} charged before, nothing is due", _Steps.nothing_is_due),
    (rf"{MONEY} of {MONEY} in all", _Steps.part_of_all),
    (rf"{MONEY} of it on another document", _Steps.on_another_document),
    (rf"{MONEY} committed, {MONEY} charged", _Steps.committed),
    (rf"once (?:({NUMBER}) x )?{MONEY}", _Steps.once),
    (rf"{MONEY} x ([0-9]+/[0-9]+) months of the commitment", _Steps.months_left),
    (rf"instalment ([0-9]+) of ([0-9]+) of {MONEY}", _Steps.instalment),
    (rf"used {NUMBER}(?: after {NUMBER} before| of {NUMBER})?(?: \([^)]*\))?(?:: (.*))?", _Steps.used),
    (rf"{NUMBER} of it used on days without a price", _Steps.elsewhere),
    (rf"({NUMBER}) at ({NUMBER})(?: \+ flat ({NUMBER}))?", _Steps.units),
    (rf"({NUMBER}) packages? of {NUMBER} at ({NUMBER})(?: \([^)]*\))?()", _Steps.units),
    (rf"({NUMBER}) events? at ({NUMBER})(?: \([^)]*\))?()", _Steps.units),
    (rf"({NUMBER})% of ({NUMBER})(?: \([^)]*\))?", _Steps.percentage),
    (rf"less {MONEY} for (?:those|the days) before", _Steps.less),
]


# --- parts of a period


def amount_of_days(step: str, digits: int) -> Fraction:
    """What some days of a fee cost, or of a discount or surcharge on one."""
    items = ADJUSTMENT_ON_DAYS.pattern
    if re.fullmatch(rf"{_unnamed(items)}(?: \+ {_unnamed(items)})*", step):
        exact = sum(
            (_adjusted(item) * Fraction(item["days"] or 1) for item in ADJUSTMENT_ON_DAYS.finditer(step)), Fraction(0)
        )
        return rounded(exact, digits)
    parts, percent = ROUNDED.search(step), Fraction(1)
    step = ROUNDED.sub("", step)
    if (of_it := PERCENT.search(step)) is not None:
        step, percent = PERCENT.sub("", step), Fraction(of_it[1]) / 100
    price, rest = _price(WHOLE.sub("", step, count=1) if WHOLE.match(step) else step)
    share = Fraction(1)
    if rest:
        if (period := PERIOD.match(rest)) is None:
            raise UnknownWords(step)
        share = share_in(rest[period.end() :])
    amount = rounded(price * share * percent, digits)
    if parts is None:
        return amount
    return _close(Fraction(parts[1]) - Fraction(parts[2]), price * share * percent, digits)


def _price(step: str) -> tuple[Fraction, str]:
    """The price of a period at the beginning of a step, and what follows it."""
    if (adjusted := ADJUSTMENT.match(step)) is not None:
        return _adjusted(adjusted), step[adjusted.end() :]
    if (fee := FEE.match(step)) is not None:
        return Fraction(fee[1] or 1) * Fraction(fee[2]), step[fee.end() :]
    raise UnknownWords(step)


def _adjusted(found: Match[str]) -> Fraction:
    """What is taken off an amount, at most all of it, or added to it."""
    left, taken = Fraction(found["left"]), Fraction(found["taken"]) * Fraction(found["part"] or 1)
    if found["unit"] == "%":
        taken = left * taken / 100
    return -min(taken, left) if found["off"] == "off" else taken


def _close(amount: Fraction, exact: Fraction, digits: int) -> Fraction:
    """An amount as it is rounded in the middle of a period, which is within a cent of the exact one."""
    if abs(amount - exact) > Fraction(1, 10**digits):
        raise UnknownWords(f"rounded to {amount}, but it is {exact}")
    return amount


def _unnamed(pattern: str) -> str:
    return re.sub(r"\?P<\w+>", "?:", pattern)


# --- shares


def share_in(words: str) -> Fraction:
    """The share of a period: `17/31 days of the whole period`, `(17/31 + 9/30)/3 months (sliced)`."""
    plain = re.sub(r" of the (?:whole period|first stub, charged in full)$", "", words)
    plain = re.sub(r" \((?:fixed-30|sliced|not prorated: none.*)\)$", "", plain)
    plain = re.sub(r", joined, (?:whole|sliced|fixed-30)(?=\))", "", plain)
    plain = re.sub(r" of the first stub| of a month| days?| months?| periods?", "", plain)
    tokens = re.findall(r"[0-9]+(?:\.[0-9]+)?|[()+/]", plain)
    if "".join(tokens) != plain.replace(" ", ""):
        raise UnknownWords(words)
    value = _sum(tokens)
    if tokens:
        raise UnknownWords(words)
    return value


def _sum(tokens: list[str]) -> Fraction:
    value = _quotient(tokens)
    while tokens and tokens[0] == "+":
        tokens.pop(0)
        value += _quotient(tokens)
    return value


def _quotient(tokens: list[str]) -> Fraction:
    value = _term(tokens)
    while tokens and tokens[0] == "/":
        tokens.pop(0)
        value /= _term(tokens)
    return value


def _term(tokens: list[str]) -> Fraction:
    token = tokens.pop(0)
    if token != "(":
        return Fraction(token)
    value = _sum(tokens)
    if not tokens or tokens.pop(0) != ")":
        raise UnknownWords("a bracket is open")
    return value
