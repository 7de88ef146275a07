"""The IBANs that a bank account may have as a bank writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

IBAN_FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
# A domestic number of Czech and Slovak banks: prefix, number and the code of the bank.
DOMESTIC = re.compile(r"(?:(\d{1,6})-)?(\d{1,10})/(\d{4})")
# As MT940 writes it: the code of the bank first, then the number with its prefix, filled up.
BANK_FIRST = re.compile(r"(\d{4})/(\d{0,6}?)(\d{10})")
COUNTRIES = ("CZ", "SK")


def ibans_of(written: str) -> tuple[str, ...]:
    """The IBAN itself, or those that a domestic number has in the countries that write it so.

    >>> ibans_of("19-2000145399/0800")[0]
    'CZ6508000000192000145399'
    """
    account = "".join(written.split()).upper()
    if IBAN_FORM.fullmatch(account):
        return (account,)
    return tuple(_of_domestic(account)) or (account,)


def _of_domestic(account: str) -> Iterator[str]:
    if found := DOMESTIC.fullmatch(account):
        prefix, number, bank = found.groups(default="")
    elif found := BANK_FIRST.fullmatch(account):
        bank, prefix, number = found.groups()
    else:
        return
    for country in COUNTRIES:
        try:
            yield str(IBAN.from_bban(country, f"{bank}{prefix:>06}{number:>010}", validate_bban=False))
        except SchwiftyException:
            continue
