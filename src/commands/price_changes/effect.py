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
from billing_core.billing.yearly_gain import PlainTerms, plain_terms, yearly_gain
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.money import Money, rounded, zero
from billing_core.services.terms_in_force import TermsInForce

MONTHS = 12

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


class PriceChangeEffect(msgspec.Struct):
    """All of it together. `charged_beyond` counts accounts that were charged beyond a date, whose days are compared."""

    on: date
    accounts: int
    subscriptions: int
    charged_beyond: int
    tariffs: list[TariffEffect]
    currencies: dict[str, CurrencyEffect]
    kept: list[KeptPrice]


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
        self._known_gains: dict[tuple[int, bytes], Fraction] = {}

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
                self._gains[number] += self._gain(number, terms, on)
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

    def _gain(self, number: int, terms: PlainTerms, on: date) -> Fraction:
        """Most subscriptions have equal terms, so the gain of equal terms is computed once."""
        key = number, msgspec.msgpack.encode(terms)
        if key not in self._known_gains:
            self._known_gains[key] = yearly_gain(self._changes[number], terms, on)
        return self._known_gains[key]

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
            self._tariffs, currencies, self._kept,
        )  # fmt: skip


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
