"""Sellers and customers: who issues documents and who receives them.

Decides which details a party must have. What a customer buys and owes lives with the account. A document names the
exact version of seller and customer it was issued with, which is its snapshot: those events never change. Whether a
customer may be forgotten is decided in `forgetting`; only the remains of a forgotten customer are here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec
from stdnum import bic, iban

from billing_core.kernel.claims import Claim
from billing_core.kernel.countries import is_country
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import minor_unit
from billing_core.kernel.personal import OnDocuments, Personal, PersonNumber, erased

CustomerKind = Literal["person", "company"]
SeriesKind = Literal["invoice", "credit-note"]
MOST_TEXT = 200
MOST_RETENTION_YEARS = 100
# Ten digits are what the variable symbol of a payment holds, and so a document's number.
MOST_NUMBER_DIGITS = 10
FEWEST_RUNNING_DIGITS = 4
SERIES_CLAIM = "number-series"

# --- values and events


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A postal address as written on an envelope, country as ISO 3166 alpha-2."""

    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""

    def lines(self) -> tuple[str, ...]:
        """The address as printed, without empty lines."""
        town = f"{self.postal_code} {self.city}".strip()
        return tuple(line for line in (self.street, town, self.country) if line)


class NumberSeries(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How document numbers of one kind look: a prefix and a running number padded to a width, digits only.

    The running number goes on from one series of a kind to the next: `numbers_before` are the numbers that the earlier
    ones used up, so that the numbers of each series begin with 1.
    """

    prefix: str
    width: int
    numbers_before: int = 0

    @property
    def first(self) -> str:
        """Its first number: 1000000001 in the series 1/9."""
        return self.number(self.numbers_before + 1)

    @property
    def last_running(self) -> int:
        """The running number after which it is used up: 9999 for the series 26/4, and 19998 for the next one of 4."""
        return self.numbers_before + int(10**self.width) - 1

    def number(self, running: int) -> str:
        """Running number 7 in the series 1/9 is 1000000007; 10000 in a series of 4 after 9999 numbers ends in 0001."""
        return f"{self.prefix}{running - self.numbers_before:0{self.width}d}"

    def beginnings(self) -> list[str]:
        """How its numbers begin, after the number of their digits: the last one is what the series claims.

        The series 21/9 has 11:2 and 11:21.
        """
        digits = len(self.prefix) + self.width
        return [f"{digits}:{self.prefix[:end]}" for end in range(1, len(self.prefix) + 1)]


USUAL_SERIES: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="1", width=9),
    "credit-note": NumberSeries(prefix="5", width=9),
}


class Seller(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The legal entity that issues documents, and how many years after that of issue the law makes it keep them.

    `series` are those of the kinds of document that it has issued or is about to: a kind needs none before its first
    use.
    """

    code: str
    name: str
    address: Address
    time_zone: str
    series: dict[SeriesKind, NumberSeries]
    legal_ids: dict[str, str] = msgspec.field(default_factory=dict)
    iban: str | None = None
    bic: str | None = None
    email: str | None = None
    phone: str | None = None
    document_retention_years: int = 10


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or a company. `legal_ids` maps the kind of id (VAT ID, company id) to its value."""

    number: PersonNumber
    kind: CustomerKind
    name: OnDocuments[str]
    address: OnDocuments[Address] = Address()
    legal_ids: OnDocuments[dict[str, str]] = msgspec.field(default_factory=dict)
    email: Personal[str | None] = None
    phone: Personal[str | None] = None
    attributes: Personal[dict[str, str]] = msgspec.field(default_factory=dict)


class PartyVersion(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A seller or customer exactly as it stood after the given event of its stream."""

    code: str
    version: int


@event("seller-registered")
class SellerRegistered(Event, frozen=True, kw_only=True):
    seller: Seller

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """How the numbers of each of its series begin."""
        series = self.seller.series.items()
        return tuple(Claim(SERIES_CLAIM, each.beginnings()[-1], stream, kind) for kind, each in series)


@event("seller-changed")
class SellerChanged(Event, frozen=True, kw_only=True):
    """The seller's details from now on, complete, and those before; its number series go on as they are."""

    seller: Seller
    before: Seller


@event("number-series-opened")
class NumberSeriesOpened(Event, frozen=True, kw_only=True):
    """From now on the seller issues documents of a kind, numbered by this series."""

    seller: str
    kind: SeriesKind
    series: NumberSeries

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """How the numbers of the series begin."""
        return (Claim(SERIES_CLAIM, self.series.beginnings()[-1], stream, self.kind),)


@event("customer-registered")
class CustomerRegistered(Event, frozen=True, kw_only=True):
    customer: Customer


@event("customer-changed")
class CustomerChanged(Event, frozen=True, kw_only=True):
    """The customer's details from now on, complete, and those before."""

    customer: Customer
    before: Customer


@event("customer-registration-corrected")
class CustomerRegistrationCorrected(Event, frozen=True, kw_only=True):
    """The customer exists since `effective_on`, whatever was recorded before."""

    customer: PersonNumber
    reason: Personal[str]


class KeptDocument(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A document that must show its buyer until a date, exclusive."""

    number: str
    until: date


@event("customer-assigned")
class CustomerAssigned(Event, frozen=True, kw_only=True):
    """From now on the customer belongs to a dealer, whose operators serve it; without one to the house itself."""

    customer: str
    dealer: str


@event("customer-forgotten")
class CustomerForgotten(Event, frozen=True, kw_only=True):
    """The person is erased: by whose order and why, from which accounts' payments too, and what the law still keeps.

    `senders` stand for the person in the remittances that were assigned to these accounts.
    """

    customer: str
    ordered_by: str
    reason: str
    accounts: tuple[str, ...] = ()
    kept: tuple[KeptDocument, ...] = ()
    senders: tuple[str, ...] = ()

    @property
    def kept_until(self) -> date | None:
        """The day on which the last document no longer shows its buyer; None if none is kept."""
        return max((document.until for document in self.kept), default=None)

    def keeps(self, document: str, on: date) -> bool:
        """Whether a document still shows its buyer on a day."""
        return any(kept.number == document and on < kept.until for kept in self.kept)


# --- errors


class NumberSeriesFull(RuleViolation):
    """A series has no number left."""

    code = "number-series-full"


# --- state


class CustomerState(msgspec.Struct):
    """The customer as now known, the date since which it exists, how it was forgotten, and its dealer, if any.

    `changed_on` is the day of the first change of its details.
    """

    customer: Customer
    registered_on: date
    forgotten: CustomerForgotten | None = None
    changed_on: date | None = None
    dealer: str = ""


def apply_customer(state: CustomerState | None, fact: Event) -> CustomerState | None:
    """Fold one event of a customer's stream."""
    if isinstance(fact, CustomerRegistered):
        return CustomerState(fact.customer, fact.effective_on)
    if isinstance(fact, CustomerChanged) and state is not None:
        changed_on = state.changed_on or fact.effective_on
        return CustomerState(fact.customer, state.registered_on, changed_on=changed_on, dealer=state.dealer)
    if isinstance(fact, CustomerRegistrationCorrected) and state is not None:
        return msgspec.structs.replace(state, registered_on=fact.effective_on)
    if isinstance(fact, CustomerAssigned) and state is not None:
        return msgspec.structs.replace(state, dealer=fact.dealer)
    if isinstance(fact, CustomerForgotten) and state is not None:
        return CustomerState(erased(state.customer), state.registered_on, fact, dealer=state.dealer)
    return state


def apply_seller(state: Seller | None, fact: Event) -> Seller | None:
    """Fold one event of a seller's stream."""
    match fact:
        case SellerRegistered(seller=seller):
            return seller
        case SellerChanged(seller=seller) if state is not None:
            return msgspec.structs.replace(seller, series=state.series)
        case NumberSeriesOpened(kind=kind, series=series) if state is not None:
            return msgspec.structs.replace(state, series={**state.series, kind: series})
    return state


# --- decisions


def register_seller(existing: Seller | None, seller: Seller, on: date) -> list[Event]:
    """A seller exists once; registering the same seller again changes nothing, whatever series it opened since."""
    seller = as_kept(seller)
    if existing is not None:
        first = {kind: series for kind, series in seller.series.items() if not _is_followed(existing.series.get(kind))}
        if existing == msgspec.structs.replace(seller, series={**existing.series, **first}):
            return []
        raise AlreadyExists("is registered with other details", field="seller", value=seller.code)
    require_seller(seller)
    _require_series(seller.series)
    return [SellerRegistered(effective_on=on, seller=seller)]


def _is_followed(series: NumberSeries | None) -> bool:
    """Whether the series came after one that was used up."""
    return series is not None and series.numbers_before > 0


def require_seller(seller: Seller) -> None:
    """Details that documents can show and that a bank understands."""
    require_text(seller.code, "seller code")
    require_details("seller", seller.name, seller.address, _contacts(seller))
    if not 0 <= seller.document_retention_years <= MOST_RETENTION_YEARS:
        raise InvalidValue(f"must be 0 to {MOST_RETENTION_YEARS}", field="document retention years",
                           value=seller.document_retention_years)  # fmt: skip
    require_bank(seller.iban, seller.bic, "seller")


def require_bank(account: str | None, bank: str | None, party: str) -> None:
    """An IBAN has its country's length and check digits (ISO 13616), a BIC the form of ISO 9362."""
    for value, kind, field in ((account, iban, "IBAN"), (bank, bic, "BIC")):
        if value is not None and not kind.is_valid(value):
            raise InvalidValue("has a wrong length, form or check digit; compare it with the bank's letter",
                               field=f"{party} {field}", value=value)  # fmt: skip


def as_kept(seller: Seller) -> Seller:
    """The seller with IBAN and BIC as banks exchange them."""
    return msgspec.structs.replace(seller, **bank_as_kept(seller.iban, seller.bic))


def bank_as_kept(account: str | None, bank: str | None) -> dict[str, str | None]:
    """IBAN and BIC as banks exchange them: LV80 BANK 0000 4351 9500 1 without its spaces."""
    return {
        "iban": None if account is None else iban.compact(account),
        "bic": None if bank is None else bic.compact(bank),
    }


def open_number_series(seller: Seller, fact: NumberSeriesOpened, last_running: int) -> list[Event]:
    """A series for a kind of document that the seller has none of yet, or whose series is used up.

    `last_running` is the last running number that was taken for the kind. The same series again changes nothing.

        series 1/9, last 999,999,998: refused, one number is left    last 999,999,999: the next series begins
    """
    known = seller.series.get(fact.kind)
    if known is not None and (known.prefix, known.width) == (fact.series.prefix, fact.series.width):
        return []
    if known is not None and last_running < known.last_running:
        raise AlreadyExists(f"has the prefix {known.prefix} and the width {known.width}, and its numbers continue "
                            "until they are used up", field="series", value=fact.kind)  # fmt: skip
    series = msgspec.structs.replace(fact.series, numbers_before=last_running)
    _require_series({**seller.series, fact.kind: series})
    return [msgspec.structs.replace(fact, series=series)]


def series_for(seller: Seller, kind: SeriesKind, last_running: int) -> NumberSeries:
    """The series that numbers a seller's documents of a kind up to a running number.

    `RuleViolation` if none was opened, `NumberSeriesFull` if its width has no room for that number.
    """
    series = seller.series.get(kind)
    if series is None:
        raise RuleViolation(f"seller {seller.code} has no number series for this kind of document; open one with "
                            "`open-number-series`", field="document", value=kind)  # fmt: skip
    if last_running > series.last_running:
        raise NumberSeriesFull(f"seller {seller.code} has used up the numbers of its series with the prefix "
                               f"{series.prefix} and the width {series.width}; open the next one with "
                               "`open-number-series`", field="document", value=kind)  # fmt: skip
    return series


def _require_series(series_by_kind: Mapping[SeriesKind, NumberSeries]) -> None:
    """Each series has digits and room, and no number could be of two of them."""
    for kind, series in series_by_kind.items():
        most = MOST_NUMBER_DIGITS - len(series.prefix)
        if not re.fullmatch("[0-9]+", series.prefix) or not FEWEST_RUNNING_DIGITS <= series.width <= most:
            raise InvalidValue(
                f"a number series needs a prefix of digits, a width of {FEWEST_RUNNING_DIGITS} or more, and "
                f"{MOST_NUMBER_DIGITS} digits in all at most, as a variable symbol has",
                field=f"series {kind}",
                value=f"{series.prefix}/{series.width}",
            )
        others = [other.prefix for other_kind, other in series_by_kind.items() if other_kind != kind]
        if any(series.prefix.startswith(prefix) for prefix in others):
            raise InvalidValue(
                "begins like another series, so that two documents could have one number",
                field=f"series {kind}, prefix",
                value=series.prefix,
            )


def register_customer(existing: CustomerState | None, customer: Customer, on: date, dealer: str = "") -> list[Event]:
    """A customer's number is used once; registering the same customer of the same dealer again changes nothing."""
    if existing is not None:
        if (existing.customer, existing.dealer) == (customer, dealer):
            return []
        raise AlreadyExists("another customer has this number", field="customer number", value=customer.number)
    require_customer(customer)
    registered = CustomerRegistered(effective_on=on, customer=customer)
    if not dealer:
        return [registered]
    return [registered, CustomerAssigned(effective_on=on, customer=customer.number, dealer=dealer)]


def assign_customer(existing: CustomerState, dealer: str, on: date) -> list[Event]:
    """Another dealer, or none, for a customer; the dealer it has changes nothing."""
    if existing.dealer == dealer:
        return []
    return [CustomerAssigned(effective_on=on, customer=existing.customer.number, dealer=dealer)]


def require_not_forgotten(existing: CustomerState) -> None:
    """Nothing more may be known of, or sold to, a customer that was forgotten."""
    if existing.forgotten is not None:
        raise RuleViolation(
            f"was forgotten on {existing.forgotten.effective_on}; register a returning customer under a new number",
            field="customer number",
            value=existing.customer.number,
        )


def require_text(value: str, field: str) -> None:
    """A name or number must hold something visible and no line breaks or control characters."""
    if not value.strip():
        raise InvalidValue("must not be empty", field=field, value=value)
    require_printable(value, field)


def require_printable(value: str, field: str) -> None:
    """Text on one line, possibly empty, of a length that a document can show."""
    if not value.isprintable():
        raise InvalidValue("must not hold line breaks or control characters", field=field, value=value)
    if len(value) > MOST_TEXT:
        raise InvalidValue(f"must not be longer than {MOST_TEXT} characters", field=field, value=f"{value[:40]}...")


def require_customer(customer: Customer) -> None:
    require_text(customer.number, "customer number")
    require_details("customer", customer.name, customer.address, _contacts(customer))
    for field, value in customer.attributes.items():
        require_printable(value, f"customer {field}")


def _contacts(party: Seller | Customer) -> dict[str, str]:
    return {"email": party.email or "", "phone": party.phone or "", **party.legal_ids}


def require_details(kind: str, name: str, address: Address, others: Mapping[str, str]) -> None:
    """The details that all parties have in common, as a document can show them."""
    require_text(name, f"{kind} name")
    parts = {"street": address.street, "city": address.city, "postal code": address.postal_code}
    for field, value in (parts | dict(others)).items():
        require_printable(value, f"{kind} {field}")
    require_country(address.country, f"{kind} country")


def require_country(country: str, field: str) -> None:
    """No country, or its two letters of ISO 3166."""
    if country and not is_country(country):
        raise InvalidValue("is no country of ISO 3166; write its two capital letters, as in LV", field=field,
                           value=country)  # fmt: skip


def require_currency(currency: str) -> None:
    """The currency must be known; raises `InvalidValue` naming it."""
    minor_unit(currency)
