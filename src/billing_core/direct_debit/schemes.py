"""Schemes of direct debit: in which currency each collects, what names the payer's account, which id a mandate has.

    sepa-core, sepa-b2b   EUR   IBAN, and the BIC if the bank asks for it
    czech-collection      CZK   account with the bank's code: 34278-727558021/0100 (order 1502 of the ABO format)
    sipo                  CZK   connection number of the post, ten digits

Worked example, the check digit of connection number 123456789?:

    1*3 + 2*7 + 3*3 + 4*1 + 5*7 + 6*3 + 7*1 + 8*7 + 9*3 = 173    7 are missing to 180: 1234567897

Decides the form of these numbers, not whether such an account exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from stdnum import bic, iban
from stdnum.cz import bankaccount

from billing_core.kernel.errors import InvalidValue

Scheme = Literal["sepa-core", "sepa-b2b", "czech-collection", "sipo"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
SEPA: tuple[Scheme, ...] = ("sepa-core", "sepa-b2b")
CURRENCIES: Mapping[Scheme, str] = {
    "sepa-core": "EUR", "sepa-b2b": "EUR", "czech-collection": "CZK", "sipo": "CZK",
}  # fmt: skip
# Schemes that take whole units of their currency only.
WHOLE_UNITS: tuple[Scheme, ...] = ("sipo",)
SIPO_WEIGHTS = (3, 7, 3, 1, 7, 3, 1, 7, 3)
SIPO_NUMBER = re.compile(r"\d{10}", re.ASCII)
# Ids in files of the SEPA schemes: 35 of these characters, no slash at an end and no two in a row.
SEPA_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9+?/\-:().,' ]{1,35}(?<!/)")


def sipo_check_digit(digits: str) -> int:
    """The tenth digit of a connection number: what its first nine lack to a multiple of 10."""
    weighted = sum(weight * int(digit) for weight, digit in zip(SIPO_WEIGHTS, digits[:9], strict=True))
    return -weighted % 10


def require_mandate_id(mandate: str) -> None:
    """An id that every bank takes: 1 to 35 characters of the SEPA character set, none of them a space."""
    if " " in mandate or not SEPA_ID.fullmatch(mandate):
        raise InvalidValue("must be 1 to 35 Latin letters, digits or + ? / - : ( ) . , ' without a space",
                           field="mandate", value=mandate)  # fmt: skip


def payer_account_as_kept(scheme: Scheme, account: str) -> str:
    """The payer's account as its scheme writes it, if its length, form and check digits are right."""
    match scheme:
        case "sepa-core" | "sepa-b2b" if iban.is_valid(account):
            return str(iban.compact(account))
        case "czech-collection" if bankaccount.is_valid(account):
            return _short(str(bankaccount.compact(account)))
        case "sipo" if _is_sipo_number(account.replace(" ", "")):
            return account.replace(" ", "")
    raise InvalidValue(f"is no {_NAMES[scheme]}; compare it with what the payer signed", field="payer account",
                       value=account)  # fmt: skip


def payer_bank_as_kept(scheme: Scheme, bank: str) -> str:
    """The BIC of the payer's bank, which only the SEPA schemes take; empty if none was given."""
    if not bank:
        return ""
    if scheme not in SEPA:
        raise InvalidValue(f"must be empty with the scheme {scheme}", field="payer bank", value=bank)
    if not bic.is_valid(bank):
        raise InvalidValue("is no BIC; compare it with what the payer signed", field="payer bank", value=bank)
    return str(bic.compact(bank))


_NAMES: Mapping[Scheme, str] = {
    "sepa-core": "IBAN", "sepa-b2b": "IBAN", "czech-collection": "account with a Czech bank's code",
    "sipo": "connection number of SIPO",
}  # fmt: skip


def _is_sipo_number(number: str) -> bool:
    return SIPO_NUMBER.fullmatch(number) is not None and sipo_check_digit(number) == int(number[9])


def _short(account: str) -> str:
    """Without the zeros in front: 034278-0727558021/0100 is 34278-727558021/0100."""
    number, _, bank = account.partition("/")
    prefix, _, root = number.partition("-")
    short = prefix.lstrip("0")
    return f"{short}-{root.lstrip('0')}/{bank}" if short else f"{root.lstrip('0')}/{bank}"
