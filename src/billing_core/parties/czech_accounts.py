"""Czech bank accounts: the number as banks of the country write it, and the same account in an IBAN.

Decides the form alone, not whether there is such an account. Slovak banks write the number alike.

    19-2000145399/0800               prefix 19, number 2000145399, bank 0800
    CZ65 0800 000019 2000145399      the same account: country, check digits, bank, prefix, number
"""

from __future__ import annotations

import re
from typing import NamedTuple

CZECH_IBAN = re.compile(r"CZ[0-9]{2}(?P<bank>[0-9]{4})(?P<prefix>[0-9]{6})(?P<number>[0-9]{10})")
DOMESTIC = re.compile(r"(?:0*(?P<prefix>[0-9]{1,6})-)?0*(?P<number>[0-9]{1,10})/(?P<bank>[0-9]{4})")


class DomesticAccount(NamedTuple):
    """The code of the bank, the prefix, which may be empty, and the number, with or without zeros in front."""

    bank: str
    prefix: str
    number: str

    @property
    def short(self) -> str:
        """As people write it: 19-2000145399/0800; without a prefix of zeros alone."""
        prefix, number = self.prefix.lstrip("0"), self.number.lstrip("0") or "0"
        return f"{prefix}-{number}/{self.bank}" if prefix else f"{number}/{self.bank}"

    @property
    def basic(self) -> str:
        """What follows the check digits in its IBAN: 08000000192000145399."""
        return f"{self.bank}{self.prefix:>06}{self.number:>010}"


def compact(written: str) -> str:
    """A bank account without spaces, in capitals."""
    return "".join(written.split()).upper()


def domestic_account(written: str) -> DomesticAccount | None:
    """The account of a domestic number; None if it is written in another form."""
    return _read(DOMESTIC, written)


def domestic_of_iban(iban: str) -> DomesticAccount | None:
    """The account that a Czech IBAN names, whatever its check digits; None of another country's."""
    return _read(CZECH_IBAN, iban)


def _read(form: re.Pattern[str], written: str) -> DomesticAccount | None:
    found = form.fullmatch(compact(written))
    return DomesticAccount(found["bank"], found["prefix"] or "", found["number"]) if found else None
