"""Grants of prepaid use: money of an account that is reserved for use that goes on, so that it is never spent twice.

Decides how much of what is asked for can be granted, and what becomes of a grant. A grant charges nothing: usage is
charged as it always is, from records. Until then the money of what was used stays reserved.

    balance 10.00, credit limit 0.00, minutes at 0.10 with VAT

    10:00  A asks for 60 minutes              granted 60, 6.00 reserved               available  4.00
    10:01  B asks for 60 minutes              granted 40, 4.00 reserved: the last     available  0.00
    10:20  A used 20 minutes                  2.00 used, 4.00 reserved still          available  0.00
    10:30  A used 5 minutes more, and ended   2.50 used, the rest is released         available  3.50
    11:00  B was not heard of again           expired                                 available  7.50
    1 May  the bill of April charges 2.50     2.50 are reserved no longer             available  7.50

Who records the use is said with the grant: the source, which sends records of it in any case, so that a confirmation
only holds the money; or the grant, so that each confirmation records what was used. So use is recorded once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

from billing_core.catalogue.components import Usage
from billing_core.catalogue.prices import require_price, require_units
from billing_core.catalogue.pricing import Destinations
from billing_core.kernel.errors import Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded, total, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.details import require_text
from billing_core.usage.control.price_of_use import PriceOfUse

MOST_SECONDS = 7 * 24 * 3600
NOTHING = Decimal(0)
RecordedBy = Literal["source", "grant"]
# What recorded usage costs, by subscription and component.
Recorded = Mapping[tuple[str, str], Money]
NOTHING_RECORDED: Recorded = MappingProxyType({})

# --- events


@event("usage-granted")
class UsageGranted(Event, frozen=True, kw_only=True):
    """`units` of a component may be used until an instant, and `amount` is reserved for them, with VAT.

    `asked` were asked for; `available` was the money at that time, None without a limit. `price` is that of a unit, if
    it was named.
    """

    grant: str
    subscription: str
    component: str
    asked: Decimal
    units: Decimal
    amount: Money
    available: Money | None
    until_at: datetime
    recorded_by: RecordedBy
    price: Decimal | None = None


@event("usage-grant-confirmed")
class UsageGrantConfirmed(Event, frozen=True, kw_only=True):
    """So many units of a grant were used; `amount` stays reserved until the usage up to `charged_on` is charged."""

    grant: str
    subscription: str
    component: str
    part: int
    units: Decimal
    amount: Money
    charged_on: date


@event("usage-grant-released")
class UsageGrantReleased(Event, frozen=True, kw_only=True):
    """The use has ended; `amount` that was reserved and not used is free."""

    grant: str
    amount: Money


@event("usage-grant-expired")
class UsageGrantExpired(Event, frozen=True, kw_only=True):
    """Its time passed, and nobody ended it; `amount` that was reserved and not used is free."""

    grant: str
    amount: Money


# --- state


class Grant(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An open grant; `used` of its units are confirmed, the last time in part `part`."""

    subscription: str
    component: str
    asked: Decimal
    units: Decimal
    amount: Money
    until_at: datetime
    recorded_by: RecordedBy
    price: Decimal | None = None
    used: Decimal = NOTHING
    part: int = 0

    def cost_of(self, used: Decimal) -> Money:
        """What so many of its units cost: the same share of its amount, rounded once.

        10 units for 1.05: 5 cost 0.53, 10 cost 1.05, and 12 cost 1.26.
        """
        return rounded(Fraction(self.amount.amount) * Fraction(used) / Fraction(self.units), self.amount.currency)

    @property
    def rest(self) -> Money:
        """What is reserved for units that are not used yet."""
        nothing = zero(self.amount.currency)
        left = self.amount - self.cost_of(self.used)
        return left if nothing < left else nothing

    @property
    def unused(self) -> Decimal:
        return max(self.units - self.used, NOTHING)


class UsedAmount(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was used of grants of a component in a period that ends on `charged_on`, and is not charged yet."""

    subscription: str
    component: str
    charged_on: date
    amount: Money


class UsageGrants(msgspec.Struct, array_like=True):
    """The grants of an account: the open ones by id, when others ended not long ago, and what was used of all."""

    open: dict[str, Grant] = {}
    ended_on: dict[str, date] = {}
    used: list[UsedAmount] = []

    def held(self, currency: str, on: date | None = None, recorded: Recorded = NOTHING_RECORDED) -> Money:
        """What is reserved, or used and not charged; with a day, without use that the bill of the day charges.

        `recorded` is what the recorded usage costs that is not charged, by subscription and component. It is the same
        use as that of grants, or more: so of the two sums the larger one counts.
        """
        used = dict.fromkeys(recorded, zero(currency))
        for entry in self.used:
            if on is None or on < entry.charged_on:
                key = entry.subscription, entry.component
                used[key] = used.get(key, zero(currency)) + entry.amount
        most = (max(amount, recorded.get(key, amount), key=lambda money: money.amount) for key, amount in used.items())
        return total((*(grant.rest for grant in self.open.values()), *most), currency)

    def without(self, subscriptions: Collection[str]) -> UsageGrants:
        """The grants of the other subscriptions."""
        open_ones = {code: grant for code, grant in self.open.items() if grant.subscription not in subscriptions}
        used = [entry for entry in self.used if entry.subscription not in subscriptions]
        return UsageGrants(open_ones, self.ended_on, used)

    def after_charges(self, subscription: str, decided_on: date) -> UsageGrants:
        """The grants once the usage of a subscription is charged up to a day: nothing is reserved for it any longer."""
        if not self.used:
            return self
        used = [entry for entry in self.used if entry.subscription != subscription or decided_on < entry.charged_on]
        return UsageGrants(self.open, self.ended_on, used)


def _granted(grants: UsageGrants, fact: UsageGranted) -> None:
    grant = Grant(fact.subscription, fact.component, fact.asked, fact.units, fact.amount, fact.until_at,
                  fact.recorded_by, fact.price)  # fmt: skip
    grants.open = {**grants.open, fact.grant: grant}
    kept_from = fact.effective_on - ONE_DAY
    grants.ended_on = {code: on for code, on in grants.ended_on.items() if kept_from <= on}


def _confirmed(grants: UsageGrants, fact: UsageGrantConfirmed) -> None:
    known = grants.open[fact.grant]
    confirmed = msgspec.structs.replace(known, used=known.used + fact.units, part=fact.part)
    grants.open = {**grants.open, fact.grant: confirmed}
    rest, sums = [], fact.amount
    for entry in grants.used:
        if (entry.subscription, entry.component, entry.charged_on) == (
            fact.subscription, fact.component, fact.charged_on,
        ):  # fmt: skip
            sums = entry.amount + sums
        else:
            rest.append(entry)
    grants.used = [*rest, UsedAmount(fact.subscription, fact.component, fact.charged_on, sums)]


def _ended(grants: UsageGrants, fact: UsageGrantReleased | UsageGrantExpired) -> None:
    grants.open = {code: grant for code, grant in grants.open.items() if code != fact.grant}
    grants.ended_on = {**grants.ended_on, fact.grant: fact.effective_on}


FOLDS: Mapping[type[Event], Callable[[UsageGrants, Any], None]] = {
    UsageGranted: _granted,
    UsageGrantConfirmed: _confirmed,
    UsageGrantReleased: _ended,
    UsageGrantExpired: _ended,
}
# These make money available again.
FREED: tuple[type[Event], ...] = (UsageGrantReleased, UsageGrantExpired)

# --- decisions


class UseAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: units of a component for so many seconds, under an id that the asking side gives."""

    grant: str
    subscription: str
    component: str
    units: Decimal
    seconds: int
    recorded_by: RecordedBy
    price: Decimal | None = None


def known_grant(grants: UsageGrants, asked: UseAsked) -> Grant | None:
    """The open grant that was given to the same request before; `Conflict` if its id was given to another one."""
    known = grants.open.get(asked.grant)
    if known is not None:
        same = (known.subscription, known.component, known.asked, known.recorded_by, known.price)
        if same != (asked.subscription, asked.component, asked.units, asked.recorded_by, asked.price):
            raise Conflict(f"is that of an open grant of {known.asked:f} of {known.component} for subscription "
                           f"{known.subscription}; use an id of its own for each request", field="grant",
                           value=asked.grant)  # fmt: skip
        return known
    ended_on = grants.ended_on.get(asked.grant)
    if ended_on is not None:
        raise Conflict(f"ended on {ended_on}; ask for another one under another id", field="grant", value=asked.grant)
    return None


def require_use(asked: UseAsked) -> None:
    """A request that can be granted: some units, for a time from a second to a week."""
    require_text(asked.grant, "grant")
    require_units(asked.units, "units")
    if not asked.units:
        raise InvalidValue("must be more than 0", field="units", value=asked.units)
    if not 1 <= asked.seconds <= MOST_SECONDS:
        raise InvalidValue(f"must be from 1 to {MOST_SECONDS}, a week", field="seconds", value=asked.seconds)
    if asked.price is not None:
        require_price(asked.price, "price")


def require_price_of(component: Usage, asked: UseAsked) -> None:
    """What a price list of destinations prices record by record needs the price of the call, and its records."""
    if not isinstance(component.pricing, Destinations):
        return
    if asked.price is None:
        raise InvalidValue(f"is missing; {component.code} has a price for each destination, so name that of a unit",
                           field="price")  # fmt: skip
    if asked.recorded_by != "source":
        raise InvalidValue(f"must be the source; {component.code} is charged by its records", field="recorded by",
                           value=asked.recorded_by)  # fmt: skip


class Bounds(NamedTuple):
    """What may be granted at most: the available money, None without a limit, and the units left of a quota."""

    available: Money | None = None
    most_left: Fraction | None = None


def reserve_usage(asked: UseAsked, price: PriceOfUse, bounds: Bounds, at: datetime, on: date) -> UsageGranted:
    """Reserve the money of what is asked for, or of the part of it that is left and that the available money buys."""
    available = bounds.available
    units = price.most_units(asked.units, available, bounds.most_left)
    if not units and bounds.most_left is not None and bounds.most_left <= 0:
        raise RuleViolation("is used up, with what is granted; buy a top-up", field="quota", value=asked.component)
    if not units:
        raise RuleViolation(f"is all that is available; {asked.units:f} of {asked.component} cost "
                            f"{price.cost_of(asked.units)}. Receive a payment, or end other grants", field="money",
                            value=available)  # fmt: skip
    return UsageGranted(
        effective_on=on,
        grant=asked.grant,
        subscription=asked.subscription,
        component=asked.component,
        asked=asked.units,
        units=units,
        amount=price.cost_of(units),
        available=available,
        until_at=at + timedelta(seconds=asked.seconds),
        recorded_by=asked.recorded_by,
        price=asked.price,
    )


def open_grant(grants: UsageGrants, code: str) -> Grant:
    """The open grant with an id; the error says what to do with use of one that has ended."""
    known = grants.open.get(code)
    if known is None:
        when = f"ended on {grants.ended_on[code]}" if code in grants.ended_on else "is not open"
        raise NotFound(f"{when}; use after its end comes by a record of the source, or with record-usage",
                       field="grant", value=code)  # fmt: skip
    return known


def confirm_grant(
    grants: UsageGrants, code: str, part: int, units: Decimal, charged_on: date, on: date
) -> UsageGrantConfirmed | None:
    """What was used of a grant since the part before; None if the part is known.

    What was used is a fact: it is confirmed also if it is more than what was granted.
    """
    require_units(units, "units")
    grant = open_grant(grants, code)
    if part < 1:
        raise InvalidValue("parts are counted from 1 on", field="part", value=part)
    if part <= grant.part:
        return None
    amount = grant.cost_of(grant.used + units) - grant.cost_of(grant.used)
    return UsageGrantConfirmed(
        effective_on=on, grant=code, subscription=grant.subscription, component=grant.component, part=part,
        units=units, amount=amount, charged_on=charged_on,
    )  # fmt: skip


def release_grant(grants: UsageGrants, code: str, on: date) -> list[Event]:
    """End a grant; nothing happens if it has ended."""
    grant = grants.open.get(code)
    if grant is None and code not in grants.ended_on:
        open_grant(grants, code)
    return [] if grant is None else [UsageGrantReleased(effective_on=on, grant=code, amount=grant.rest)]


def expired_grants(grants: UsageGrants, at: datetime, on: date) -> list[Event]:
    """The open grants whose time has passed end."""
    return [
        UsageGrantExpired(effective_on=on, grant=code, amount=grant.rest)
        for code, grant in grants.open.items()
        if grant.until_at <= at
    ]
