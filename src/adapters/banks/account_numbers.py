"""The IBANs that a bank account may have as a bank writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from billing_core.parties.czech_accounts import DomesticAccount, compact, domestic_account

IBAN_FORM = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
# As MT940 writes it: the code of the bank first, then the number with its prefix, filled up.
BANK_FIRST = re.compile(r"([0-9]{4})/([0-9]{0,6}?)([0-9]{10})")
COUNTRIES = ("CZ", "SK")


def ibans_of(written: str) -> tuple[str, ...]:
    """The IBAN itself, or those that a domestic number has in the countries that write it so.

    >>> ibans_of("19-2000145399/0800")[0]
    'CZ6508000000192000145399'
    """
    account = compact(written)
    if IBAN_FORM.fullmatch(account):
        return (account,)
    return tuple(_of_domestic(account)) or (account,)


def _of_domestic(account: str) -> Iterator[str]:
    domestic = domestic_account(account)
    if domestic is None and (found := BANK_FIRST.fullmatch(account)):
        domestic = DomesticAccount(*found.groups())
    if domestic is None:
        return
    for country in COUNTRIES:
        try:
            yield str(IBAN.from_bban(country, domestic.basic, validate_bban=False))
        except SchwiftyException:
            continue
