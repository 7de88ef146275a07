"""What all protocols of kiosks have in common: a message as it came, what it asks, and what it is answered."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from billing_core.kernel.money import Money
from billing_core.kiosks.connections import KioskCurrency, KioskTerms
from billing_core.kiosks.transactions import Step, Verdict

DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
WHOLE = re.compile(r"[0-9]{1,14}")
MOST_TYPED = 64


class Incoming(NamedTuple):
    """A message as it came: its fields are those of the address, and of the body if that is a form.

    `path` is what follows the name of the connection in the address, and `headers` are by their names in small letters.
    """

    path: str
    fields: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    sent_from: str
    at: datetime


class Connected(NamedTuple):
    """What is agreed with the sender, the secrets that prove its messages now, and today where the seller is."""

    terms: KioskTerms
    secrets: tuple[str, ...]
    today: date


class Asked(NamedTuple):
    """What a message asks. `cancellation` is the id of a cancellation, `nonce` what no second message has; `until` is
    the last day that is promised.
    """

    step: Step
    transaction: str = ""
    typed: str = ""
    amount: Money | None = None
    paid_on: date | None = None
    payer_account: str = ""
    cancellation: str = ""
    nonce: str = ""
    until: date | None = None


class PromiseFound(NamedTuple):
    """A promise as it could be opened, or was: until which day, its price with VAT, and the codes of what speaks
    against it.

    `last_on` is the last day that may be promised; from `possible_on` on nothing speaks against one, if time alone
    brings it; `pay_first` is to be paid today before.
    """

    until: date | None
    last_on: date | None
    price: Money | None
    objections: tuple[str, ...] = ()
    possible_on: date | None = None
    pay_first: Money | None = None


class Found(NamedTuple):
    """What a message is answered; of the payer only what the protocol needs, with the name masked."""

    verdict: Verdict
    number: str = ""
    reason: str = ""
    account: str = ""
    name: str = ""
    owed: Money | None = None
    promise: PromiseFound | None = None


class Reply(NamedTuple):
    """An answer over HTTP."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = {}


class Refused(Exception):
    """A message that asks nothing that can be done: it is forged, too old, or cannot be read.

    What is known of it is kept with the reason. The reason never repeats what a payer typed.
    """

    def __init__(self, verdict: Verdict, reason: str, asked: Asked | None = None) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.asked = asked or Asked("check")


class Codec(NamedTuple):
    """A protocol: what a message asks, or `Refused`; and an answer to it in the protocol's own words."""

    read: Callable[[Incoming, Connected], Asked]
    answer: Callable[[Incoming, Asked, Found, Connected], Reply]


def is_one_of(given: str, right: Iterable[str]) -> bool:
    """Whether a signature is one of the right ones, in a time that tells nothing of them."""
    return any(hmac.compare_digest(given.encode(), each.encode()) for each in right)


def decimal_amount(written: str, currency: KioskCurrency, asked: Asked) -> Money:
    """An amount with decimals, as 12.50; one with more decimals than were agreed is refused."""
    if not DECIMAL.fullmatch(written):
        raise Refused("malformed", "the amount is no number such as 12.50", asked)
    _, _, decimals = written.partition(".")
    if len(decimals.rstrip("0")) > currency.digits:
        raise Refused("malformed", f"the amount has more than {currency.digits} decimals", asked)
    return Money(Decimal(written).quantize(Decimal(1).scaleb(-currency.digits)), currency.currency)


def minor_amount(written: str, currency: KioskCurrency, asked: Asked) -> Money:
    """An amount in minor units: 1250 is 12.50 with two digits."""
    if not WHOLE.fullmatch(written):
        raise Refused("malformed", "the amount is no whole number of minor units", asked)
    return Money(Decimal(written).scaleb(-currency.digits), currency.currency)


def in_minor_units(amount: Money, currency: KioskCurrency) -> int:
    """An amount as it is written in minor units: 12.50 is 1250 with two digits."""
    return int(amount.amount.scaleb(currency.digits))


def day_of(written: str, form: str, asked: Asked) -> date:
    """The day of an instant that is written in a form, as `%Y%m%d%H%M%S`."""
    try:
        return datetime.strptime(written, form).replace(tzinfo=UTC).date()
    except ValueError:
        raise Refused("malformed", "the date cannot be read", asked) from None


def typed_in(written: str, asked: Asked) -> str:
    """What a payer typed, without spaces around it."""
    typed = written.strip()
    if not typed or len(typed) > MOST_TYPED or not typed.isprintable():
        raise Refused("malformed-payer", f"what the payer typed is empty, or has over {MOST_TYPED} characters", asked)
    return typed


def masked(name: str) -> str:
    """A name that reminds only the payer: `Jana Novakova` is `J*** N***`."""
    return " ".join(f"{word[0]}***" for word in name.split()[:3])
