"""The effect of price changes on the live base: the customers concerned, the agreed prices kept, and the gain.

The gain is the difference of the fees of the twelve months from the day of the change, or from today if that is later,
with phases and discounts for n periods as they then apply; a month is a twelfth of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.repricing import (
    Repricing,
    concerns,
    has_usage,
    in_force_or_none,
    kept_components,
    reprice,
)
from billing_core.billing.yearly_gain import PlainTerms, YearlyFees, plain_terms, yearly_fees
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.money import Money, rounded, zero
from billing_core.services.terms_in_force import TermsInForce

MONTHS = 12
# The bands of rises in percent, and how many of the highest are named.
BANDS = (0, 5, 10, 20)
MOST_NAMED = 20
NO_PRICE_BEFORE = Fraction(10**9)

# --- the effect


class KeptPrice(msgspec.Struct, frozen=True):
    """An agreed price, which does not follow the list; until a day, or without an end."""

    account: str
    subscription: str
    tariff: str
    component: str
    price: Decimal
    until: date | None


class TariffEffect(msgspec.Struct):
    """The effect of one revision: subscriptions that follow it and their gain, agreed prices kept, accounts charged
    beyond it.
    """

    tariff: str
    valid_from: date
    changes: tuple[str, ...]
    year: Money
    month: Money
    accounts: int = 0
    subscriptions: int = 0
    keeping: int = 0
    charged_beyond: int = 0
    has_usage: bool = False


class CurrencyEffect(msgspec.Struct):
    accounts: int
    subscriptions: int
    month: Money
    year: Money


class Rise(msgspec.Struct, frozen=True):
    """A subscription whose fees rise: a month without VAT as it is now and by the revision, and by how many percent.

    Without `percent` it cost nothing before.
    """

    account: str
    subscription: str
    tariff: str
    before: Money
    after: Money
    percent: Decimal | None


class RiseBand(msgspec.Struct):
    """How many subscriptions rise by more than so many percent, and by no more than the next band; what falls or stays
    is over None.
    """

    over: int | None
    subscriptions: int = 0


class PriceChangeEffect(msgspec.Struct):
    """All of it together. `charged_beyond` counts accounts that were charged beyond a date, whose days are compared.

    `rises` counts the subscriptions by how much they rise, and `highest` has those that rise most.
    """

    on: date
    accounts: int
    subscriptions: int
    charged_beyond: int
    tariffs: list[TariffEffect]
    currencies: dict[str, CurrencyEffect]
    kept: list[KeptPrice]
    rises: list[RiseBand]
    highest: list[Rise]


# --- adding up


class Effect:
    """Sums the effect of the changes over the accounts."""

    def __init__(self, changes: Sequence[Repricing], catalogue: Catalogue, today: date) -> None:
        self._changes = changes
        self._catalogue = catalogue
        self._today = today
        self._tariffs = [
            TariffEffect(
                tariff=change.before.code,
                valid_from=change.revision.valid_from,
                changes=tuple(_told_change(change)),
                year=zero(change.before.currency),
                month=zero(change.before.currency),
                has_usage=has_usage(change),
            )
            for change in changes
        ]
        self._gains = [Fraction(0) for _ in changes]
        self._accounts: dict[str, int] = {}
        self._subscriptions: dict[str, int] = {}
        self._charged_beyond = 0
        self._kept: list[KeptPrice] = []
        self._known_fees: dict[tuple[int, bytes], YearlyFees] = {}
        self._bands = {over: RiseBand(over) for over in (None, *BANDS)}
        self._highest: list[tuple[Fraction, str, str, Rise]] = []

    def look_at(self, account: Account) -> None:
        """Count the effect of the changes on the subscriptions of an account."""
        followers: set[str] = set()
        is_charged_beyond = False
        for number, change in enumerate(self._changes):
            effect = self._tariffs[number]
            on = max(change.revision.valid_from, self._today)
            terms_in_force = {code: in_force_or_none(each, on) for code, each in account.subscriptions.items()}
            following = [
                code for code, in_force in terms_in_force.items() if in_force is not None and concerns(change, in_force)
            ]
            for code, in_force in terms_in_force.items():
                if in_force is not None:
                    self._keep(account, code, in_force, change, effect)
            for code in following:
                terms = plain_terms(account, account.subscriptions[code], change, on, self._catalogue)
                fees = self._fees(number, terms, on)
                self._gains[number] += fees.gain
                self._note_rise(account.number, code, change, fees)
            effect.accounts += bool(following)
            effect.subscriptions += len(following)
            followers.update(following)
            if any(reprice(subscription, [change]) for subscription in account.subscriptions.values()):
                effect.charged_beyond += 1
                is_charged_beyond = True
        if followers:
            self._accounts[account.currency] = self._accounts.get(account.currency, 0) + 1
            self._subscriptions[account.currency] = self._subscriptions.get(account.currency, 0) + len(followers)
        self._charged_beyond += is_charged_beyond

    def _keep(
        self, account: Account, code: str, in_force: TermsInForce, change: Repricing, effect: TariffEffect
    ) -> None:
        kept = kept_components(change, in_force)
        for component in kept:
            price = in_force.agreed_prices[component]
            until = in_force.agreed_until.get(component)
            self._kept.append(KeptPrice(account.number, code, in_force.tariff, component, price, until))
        effect.keeping += bool(kept)

    def _fees(self, number: int, terms: PlainTerms, on: date) -> YearlyFees:
        """Most subscriptions have equal terms, so the fees of equal terms are computed once."""
        key = number, msgspec.msgpack.encode(terms)
        if key not in self._known_fees:
            self._known_fees[key] = yearly_fees(self._changes[number], terms, on)
        return self._known_fees[key]

    def _note_rise(self, account: str, subscription: str, change: Repricing, fees: YearlyFees) -> None:
        """Count a subscription in its band; the ones that rise most are kept."""
        rise = NO_PRICE_BEFORE if fees.percent is None and fees.gain > 0 else fees.percent or Fraction(0)
        self._bands[band_of(rise)].subscriptions += 1
        if rise <= 0 or (len(self._highest) == MOST_NAMED and rise <= self._highest[-1][0]):
            return
        currency = change.before.currency
        before, after = (rounded(each / MONTHS, currency) for each in (fees.before, fees.after))
        percent = None if fees.percent is None else Decimal(round(fees.percent * 10)) / 10
        found = Rise(account, subscription, change.before.code, before, after, percent)
        self._highest.append((rise, account, subscription, found))
        self._highest.sort(key=lambda each: (-each[0], each[1], each[2]))
        del self._highest[MOST_NAMED:]

    def total(self) -> PriceChangeEffect:
        """The sums, each rounded once."""
        sums: dict[str, Fraction] = dict.fromkeys(self._accounts, Fraction(0))
        for effect, gain in zip(self._tariffs, self._gains, strict=True):
            currency = effect.year.currency
            effect.year, effect.month = rounded(gain, currency), rounded(gain / MONTHS, currency)
            sums[currency] = sums.get(currency, Fraction(0)) + gain
        currencies = {
            currency: CurrencyEffect(
                self._accounts.get(currency, 0),
                self._subscriptions.get(currency, 0),
                rounded(gain / MONTHS, currency),
                rounded(gain, currency),
            )
            for currency, gain in sums.items()
        }
        return PriceChangeEffect(
            self._today, sum(self._accounts.values()), sum(self._subscriptions.values()), self._charged_beyond,
            self._tariffs, currencies, self._kept, list(self._bands.values()),
            [rise for _, _, _, rise in self._highest],
        )  # fmt: skip


def band_of(rise: Fraction) -> int | None:
    """The highest band that a rise in percent is over: 10 % is over 5; None if nothing rises.

    >>> band_of(Fraction(10)), band_of(Fraction(21, 2)), band_of(Fraction(0)) is None
    (5, 10, True)
    """
    return next((over for over in reversed(BANDS) if rise > over), None)


def _told_change(change: Repricing) -> Iterator[str]:
    for changed in change.changed:
        code = changed.component.code
        if changed.before is None:
            yield f"{code} is new"
        elif changed.after is None:
            yield f"{code} is dropped"
        elif changed.is_price_alone:
            on = change.revision.valid_from
            yield f"{code} {_told_prices(changed.before, on)} to {_told_prices(changed.after, on)}"
        else:
            yield f"{code} has other rules"


def _told_prices(component: AnyComponent, on: date) -> str:
    """The prices from a day on: the general ones, then those of customer classes."""
    return " / ".join(
        f"{price.amount:f} for {price.customer_class}" if price.customer_class else f"{price.amount:f}"
        for price in component.prices
        if price.valid_to is None or price.valid_to > on
    )
