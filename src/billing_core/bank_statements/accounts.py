"""The bank accounts of sellers: those whose statements are taken in.

The account that a seller has printed on its documents is one without more; further ones are registered. Payments of an
account are known by its `source`, the IBAN unless another word is named: that of the bank profile, if files of the bank
were imported by it before, so that the same payment in a statement is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
from stdnum import iban

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.parties.bank_details import require_bank
from billing_core.parties.details import require_printable
from billing_core.parties.sellers import Seller
from billing_core.payments.matching import as_payer_account
from billing_core.payments.receiving import require_identified

# --- values and events


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account of a seller. Without a currency, statements in any are taken in.

    `payouts_from` are the bank accounts of card gateways, kiosk networks and the post: they pay out in one sum what is
    booked payment by payment already, so what comes in from them is no customer's money.
    """

    iban: str
    seller: str
    source: str
    currency: str = ""
    name: str = ""
    payouts_from: tuple[str, ...] = ()

    def pays_out(self, counterparty_account: str) -> bool:
        """Whether money from this bank account is a payout, however the bank writes its number."""
        return bool(self.payouts_from and counterparty_account) and (
            as_payer_account(counterparty_account) in self.payouts_from
        )


@event("bank-account-registered")
class BankAccountRegistered(Event, frozen=True, kw_only=True):
    """A seller has this bank account; registered again, its details from now on."""

    account: BankAccount


STREAM_KIND = "bank-account/"


def bank_account_stream(number: str) -> str:
    return f"{STREAM_KIND}{number}"


# --- state


def apply_bank_account(state: BankAccount | None, fact: Event) -> BankAccount | None:
    """Fold one event of a bank account's stream."""
    return fact.account if isinstance(fact, BankAccountRegistered) else state


# --- decisions


def register_bank_account(known: BankAccount | None, account: BankAccount, on: date) -> list[Event]:
    """Register an account, or change its details; seller and source stay, as payments are known by them."""
    require_bank(account.iban, None, "bank account")
    kept = msgspec.structs.replace(account, iban=iban.compact(account.iban))
    kept = msgspec.structs.replace(kept, source=account.source or kept.iban)
    require_identified(kept.source, kept.iban)
    require_printable(kept.name, "name")
    kept = msgspec.structs.replace(kept, payouts_from=tuple(map(_paying_out, kept.payouts_from)))
    if kept.currency:
        minor_digits(kept.currency)
    if known == kept:
        return []
    if known is not None and (known.seller, known.source) != (kept.seller, kept.source):
        raise AlreadyExists(f"is registered for seller {known.seller} with source {known.source}; both stay",
                            field="bank account", value=kept.iban)  # fmt: skip
    return [BankAccountRegistered(effective_on=on, account=kept)]


def _paying_out(written: str) -> str:
    """The account of one who pays out, in the form in which payments are matched."""
    require_identified("payouts from", written)
    return as_payer_account(written)


def bank_accounts_of(sellers: Iterable[Seller], registered: Iterable[BankAccount]) -> Mapping[str, BankAccount]:
    """All bank accounts by IBAN; what was registered says more than what is printed on documents."""
    printed = {
        seller.iban: BankAccount(iban=seller.iban, seller=seller.code, source=seller.iban)
        for seller in sellers
        if seller.iban is not None
    }
    return printed | {account.iban: account for account in registered}


def require_bank_account(accounts: Mapping[str, BankAccount], numbers: Iterable[str], written: str) -> BankAccount:
    """The account that one of the numbers names; `written` is how the statement names it."""
    for number in numbers:
        if number in accounts:
            return accounts[number]
    raise NotFound(
        "is no bank account of a seller; `billing do register-bank-account` registers one", field="account",
        value=written,
    )  # fmt: skip


def require_currency(account: BankAccount, currency: str) -> None:
    """A statement is in the currency of its account."""
    if account.currency and account.currency != currency:
        raise InvalidValue(f"is not {account.currency}, the currency of account {account.iban}",
                           field="currency of the statement", value=currency)  # fmt: skip
