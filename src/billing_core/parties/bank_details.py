"""IBAN and BIC of a party, as banks understand them."""

from __future__ import annotations

from stdnum import bic, iban

from billing_core.kernel.errors import InvalidValue


def require_bank(account: str | None, bank: str | None, party: str) -> None:
    """An IBAN has its country's length and check digits (ISO 13616), a BIC the form of ISO 9362."""
    for value, kind, field in ((account, iban, "IBAN"), (bank, bic, "BIC")):
        if value is not None and not kind.is_valid(value):
            raise InvalidValue("has a wrong length, form or check digit; compare it with the bank's letter",
                               field=f"{party} {field}", value=value)  # fmt: skip


def bank_as_kept(account: str | None, bank: str | None) -> dict[str, str | None]:
    """IBAN and BIC as banks exchange them: LV80 BANK 0000 4351 9500 1 without its spaces."""
    return {
        "iban": None if account is None else iban.compact(account),
        "bic": None if bank is None else bic.compact(bank),
    }
