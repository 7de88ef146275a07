"""Connections of kiosks and wallets: who may report payments, by which protocol, for whom, within which limits.

Decides what a connection may be and what a message of it must keep to; not how a message is written. The password or
secret of a connection is in no event.

    terminal  osmp   EUR, two decimals   payers type the account number   1.00 to 500.00   from 198.51.100.0/24
    12.50     is taken       0.50 is too small       600.00 is too large       another network is refused
    bulgaria  epay   up to 31 December 2025 stotinki of BGN, from 1 January 2026 cents of EUR
    1250      of a transaction of 2 January is 12.50 EUR; of 31 December it is 12.50 BGN, which no account is kept in
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal

import msgspec

from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, require_amount
from billing_core.parties.details import require_text
from billing_core.payments.events import PaymentMethod

Protocol = Literal["osmp", "epay", "idram", "telcell", "signed-json"]
PayerKey = Literal["account", "customer", "invoice", "phone"]
WALLETS: frozenset[Protocol] = frozenset({"idram", "telcell"})
CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")
CURRENCY = re.compile(r"[A-Z]{3}")
MOST_LATE_DAYS = 60
MOST_DIGITS = 3


class KioskCurrency(msgspec.Struct, frozen=True, kw_only=True):
    """From a day on amounts are in this currency, and an amount in minor units has so many decimals."""

    from_on: date
    currency: str
    digits: int = 2


class KioskTerms(msgspec.Struct, frozen=True, kw_only=True):
    """All that is agreed with the operator of kiosks or wallets, without the secret.

    `payer_key` is what payers type. `user` is the name by which the other side signs in (OSMP), or the number that it
    gave the house: MERCHANTID (ePay.bg), EDP_REC_ACCOUNT (Idram), issuer (Telcell). Without `networks` every address is
    allowed. A payment dated more than `late_days` ago is refused as late. Customers may promise to pay there only if it
    `takes_promises`, for which signed JSON alone has words.
    """

    protocol: Protocol
    seller: str
    currencies: tuple[KioskCurrency, ...]
    payer_key: PayerKey = "account"
    least: Decimal | None = None
    most: Decimal | None = None
    networks: tuple[str, ...] = ()
    user: str = ""
    late_days: Annotated[int, msgspec.Meta(ge=0, le=MOST_LATE_DAYS)] = 3
    takes_promises: bool = False

    def currency_on(self, on: date) -> KioskCurrency:
        """In what amounts are on a day; before the first day, as from it on."""
        return max((each for each in self.currencies if each.from_on <= on), key=lambda each: each.from_on,
                   default=self.currencies[0])  # fmt: skip

    @property
    def method(self) -> PaymentMethod:
        """How the payments of it are paid."""
        return "wallet" if self.protocol in WALLETS else "kiosk"


# --- events


@event("kiosk-connected")
class KioskConnected(Event, frozen=True, kw_only=True):
    """From now on kiosks or a wallet may report payments under this name."""

    kiosk: str
    terms: KioskTerms


@event("kiosk-changed")
class KioskChanged(Event, frozen=True, kw_only=True):
    """All terms of a connection from now on."""

    kiosk: str
    terms: KioskTerms


@event("kiosk-secret-changed")
class KioskSecretChanged(Event, frozen=True, kw_only=True):
    """Messages are proved by another secret; for a day also by the one before."""

    kiosk: str


@event("kiosk-switched")
class KioskSwitched(Event, frozen=True, kw_only=True):
    """No payment is taken over it any more, or again. What was paid stays paid."""

    kiosk: str
    is_on: bool
    reason: str


# --- state


class Kiosk(msgspec.Struct, frozen=True):
    """A connection as it is now."""

    code: str
    terms: KioskTerms
    is_on: bool = True

    @property
    def source(self) -> str:
        """The source of its payments."""
        return f"kiosk-{self.code}"


def apply_kiosk(kiosk: Kiosk | None, fact: Event) -> Kiosk | None:
    """The connection after an event of its stream."""
    match fact:
        case KioskConnected():
            return Kiosk(fact.kiosk, fact.terms)
        case KioskChanged(terms=terms) if kiosk is not None:
            return msgspec.structs.replace(kiosk, terms=terms)
        case KioskSwitched(is_on=is_on) if kiosk is not None:
            return msgspec.structs.replace(kiosk, is_on=is_on)
    return kiosk


# --- decisions


def connect_kiosk(existing: Kiosk | None, code: str, terms: KioskTerms, on: date) -> list[Event]:
    """A new connection; nothing changes if it is connected like this."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 30 of the letters a to z, digits, and . _ -", field="kiosk", value=code)
    require_terms(terms)
    if existing is None:
        return [KioskConnected(effective_on=on, kiosk=code, terms=terms)]
    if existing.terms == terms:
        return []
    raise RuleViolation("is taken already; change it, or choose another code", field="kiosk", value=code)


def change_kiosk(kiosk: Kiosk, terms: KioskTerms, on: date) -> list[Event]:
    """Other terms. Protocol and seller stay: what came in by it is known under its name for good."""
    require_terms(terms)
    if (terms.protocol, terms.seller) != (kiosk.terms.protocol, kiosk.terms.seller):
        raise RuleViolation("stays with its protocol and seller; connect another one", field="kiosk", value=kiosk.code)
    return [] if terms == kiosk.terms else [KioskChanged(effective_on=on, kiosk=kiosk.code, terms=terms)]


def switch_kiosk(kiosk: Kiosk, *, is_on: bool, reason: str, on: date) -> list[Event]:
    """Take payments over it no more, or again."""
    require_text(reason, "reason")
    if kiosk.is_on == is_on:
        return []
    return [KioskSwitched(effective_on=on, kiosk=kiosk.code, is_on=is_on, reason=reason)]


def is_allowed_from(networks: Sequence[str], address: str) -> bool:
    """Whether a message may come from an address."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def require_terms(terms: KioskTerms) -> None:
    """Terms by which payments can be taken."""
    _require_currencies(terms.currencies)
    for network in terms.networks:
        try:
            ip_network(network)
        except ValueError:
            raise InvalidValue("is no network; write it as 198.51.100.0/24", field="networks", value=network) from None
    limits = [_limit(terms, name) for name in ("least", "most")]
    least, most = limits
    if least is not None and most is not None and most < least:
        raise InvalidValue(f"is less than the least amount, {least}", field="most", value=most)
    if terms.protocol == "signed-json":
        return
    require_text(terms.user, "user")
    if terms.takes_promises:
        raise InvalidValue(
            f"{terms.protocol} has no words for promises; leave it out", field="takes promises", value=True
        )


def _limit(terms: KioskTerms, name: str) -> Money | None:
    value: Decimal | None = getattr(terms, name)
    if value is None:
        return None
    if value <= 0:
        raise InvalidValue("must be more than zero", field=name, value=value)
    return require_amount(value, terms.currencies[-1].currency, name)


def _require_currencies(currencies: Sequence[KioskCurrency]) -> None:
    """One at least, in order of their days; the last one is in use, an earlier one may have been withdrawn."""
    if not currencies:
        raise InvalidValue("must name one at least, such as EUR from 2026-01-01", field="currencies", value="")
    days = [each.from_on for each in currencies]
    if days != sorted(set(days)):
        raise InvalidValue("must be in the order of their days, one a day", field="currencies", value=max(days))
    for each in currencies:
        if not CURRENCY.fullmatch(each.currency) or not 0 <= each.digits <= MOST_DIGITS:
            raise InvalidValue(f"must be a code of three letters, with 0 to {MOST_DIGITS} digits", field="currencies",
                               value=f"{each.currency} {each.digits}")  # fmt: skip
    minor_digits(currencies[-1].currency)
