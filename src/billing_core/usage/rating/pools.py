"""Pools: which records of an account are rated together, since they use the same packages of free units.

1. What is rated together are all records of a component of a subscription in one period of its grid.
2. If one of its packages is shared, all components of the account with a shared package are rated together, in the
   month of the account. So each month has the units once, whichever service is asked for and since when it is there;
   components with a shared package are on that grid (`catalogue.components`).
3. A component on some days of the period at one price list, with the same packages, is a member of the pool.

Worked example, voice on tariff small (list a) up to 16 April and on large (list b, 600 s national) since, billing day 1

    pool of [1 Apr, 1 May)   member voice/calls [1 Apr, 16 Apr) list a
                             member voice/calls [16 Apr, 1 May) list b, package national 600
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.tariffs import Catalogue, components_over
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.kernel.spans import ONE_DAY, Span
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import end_of
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import BillingDay, GridSpan, Period, grids

# --- values


class Member(NamedTuple):
    """A component of a subscription on the days on which a price list prices it."""

    subscription: str
    component: str
    days: Span
    pricing: Destinations


class PackageOfPool(NamedTuple):
    """A package with those who may use it: members by their place in the pool.

    `owner` is the subscription and component whose package it is; nothing if the account's services share it.
    `used_before` are units that were used of it on days that are not rated again (`kept_periods`).
    """

    package: UnitPackage
    owner: str
    members: tuple[int, ...]
    used_before: int = 0


class Pool(NamedTuple):
    """Members of an account in one period; `packages` are those of all of them, in the stated order."""

    account: str
    period: Period
    members: tuple[Member, ...]
    packages: tuple[PackageOfPool, ...]

    @property
    def carries(self) -> bool:
        """Whether what is left of a package may be used in the next period."""
        return any(entry.package.carried_periods for entry in self.packages)


class UsedComponent(NamedTuple):
    """A component of a subscription that has records on a day."""

    subscription: str
    component: str
    on: date


class Services(NamedTuple):
    """What an account has, as far as pools depend on it."""

    account: str
    subscriptions: Mapping[str, Subscription]
    billing_days: Sequence[BillingDay]
    catalogue: Catalogue


# --- decisions


def pools_of(services: Services, used: Iterable[UsedComponent]) -> list[Pool]:
    """The pools in which the records of some components on some days are rated, each once, in order of periods.

    A component that is not in force on a day, or that no price list prices, is in none.
    """
    found: dict[tuple[Period, tuple[Member, ...]], Pool] = {}
    known: dict[tuple[str, str], list[Span]] = {}
    for subscription, component, on in sorted(used, key=lambda each: each.on):
        days = known.setdefault((subscription, component), [])
        if any(span.contains(on) for span in days):
            continue
        pool = _pool_containing(services, subscription, component, on)
        if pool is not None:
            days += [member.days for member in pool.members if member[:2] == (subscription, component)]
            found.setdefault((pool.period, pool.members), pool)
    return sorted(found.values(), key=lambda pool: (pool.period.from_on, pool.members[0][:2]))


def pool_before(services: Services, pool: Pool) -> Pool | None:
    """The same pool in the period before; None if nothing of it was in force then."""
    return _pool_with(services, pool, pool.period.from_on - ONE_DAY)


def next_pool(services: Services, pool: Pool) -> Pool | None:
    """The same pool in the next period; None if nothing of it is in force then."""
    return _pool_with(services, pool, pool.period.to_on)


def pool_before_move(services: Mapping[str, Services], pool: Pool, owner: str) -> Pool | None:
    """The pool on the former account of a subscription that moved here within this period: the one that the move cut,
    or that ended on its day. None if it did not move, or nothing is known of that account.

    `owner` is SUBSCRIPTION/COMPONENT.
    """
    subscription, _, component = owner.rpartition("/")
    of = services[pool.account].subscriptions.get(subscription)
    if of is None or of.moved_from not in services or not pool.period.contains(of.activated_on):
        return None
    return _pool_containing(services[of.moved_from], subscription, component, of.activated_on - ONE_DAY)


def pools_after_moves(services: Mapping[str, Services], pool: Pool) -> list[Pool]:
    """The pools on other accounts in which members of this one go on, since they moved there within its period."""
    found: list[Pool] = []
    for subscription, component in dict.fromkeys(member[:2] for member in pool.members):
        end = end_of(services[pool.account].subscriptions[subscription].timeline)
        if end is None or end.name not in services or not pool.period.from_on < end.on <= pool.period.to_on:
            continue
        there = _pool_containing(services[end.name], subscription, component, end.on)
        if there is not None:
            found.append(there)
    return found


class MovedPackages(NamedTuple):
    """Two accounts between which a subscription moved that has packages of free units."""

    from_account: str
    to_account: str


def moved_packages(services: Services) -> Iterator[MovedPackages]:
    """The moves of an account's subscriptions, to it and from it, that took packages along."""
    for of in services.subscriptions.values():
        first_on, end = of.activated_on, end_of(of.timeline)
        if of.moved_from and _has_packages(services, of, first_on):
            yield MovedPackages(of.moved_from, services.account)
        if end is not None and end.kind == "move-away" and _has_packages(services, of, end.on - ONE_DAY):
            yield MovedPackages(services.account, end.name)


def _has_packages(services: Services, of: Subscription, on: date) -> bool:
    return any(piece.pricing.packages for piece in _priced(services, of, Span(on, on + ONE_DAY)))


def _pool_with(services: Services, pool: Pool, on: date) -> Pool | None:
    for member in pool.members:
        found = _pool_containing(services, member.subscription, member.component, on)
        if found is not None:
            return found
    return None


def _pool_containing(services: Services, subscription: str, component: str, on: date) -> Pool | None:
    of = services.subscriptions.get(subscription)
    today = [] if of is None else list(_priced(services, of, Span(on, on + ONE_DAY), component))
    if of is None or not today:
        return None
    rule = today[0].component.period
    period = _period(on, grids(rule, of.anchored_on, services.billing_days, of.begun_anew))
    members = _members(services, of, period, rule, component)
    if any(map(_shares, members)):
        period = _period(on, grids(rule, services.billing_days[0].from_on, services.billing_days))
        others = sorted(services.subscriptions.items())
        members = [each for _, other in others for each in _sharing(_members(services, other, period, rule))]
    return Pool(services.account, period, tuple(members), tuple(_packages(members)))


def _period(on: date, spans: Sequence[GridSpan]) -> Period:
    """The period of a day, cut at the days from which another grid holds, so that no day is in two periods.

    billing day 1, from 10 March on 20    15 March: [1 Mar, 20 Mar)    25 March: [20 Mar, 20 Apr)
    """
    place = max(number for number, span in enumerate(spans) if span.from_on <= on)
    whole = spans[place].grid.containing(on)
    end = spans[place + 1].from_on if place + 1 < len(spans) else date.max
    return Period(max(whole.from_on, spans[place].from_on), min(whole.to_on, end))


def _shares(member: Member) -> bool:
    return any(package.is_shared for package in member.pricing.packages)


def _sharing(members: Sequence[Member]) -> Iterator[Member]:
    """The members of those components that share a package on any of their days."""
    sharing = {member.component for member in members if _shares(member)}
    return (member for member in members if member.component in sharing)


class _Piece(NamedTuple):
    """A usage component on days over which it is the same, with its price list."""

    days: Span
    component: Usage
    pricing: Destinations


def _members(services: Services, of: Subscription, days: Span, rule: PeriodRule, component: str = "") -> list[Member]:
    """The members that a subscription has on some days, by component and day: of one component if it is named.

    Days on which the component is on another grid belong to other pools.
    """
    found: list[Member] = []
    pieces = sorted(
        (piece for piece in _priced(services, of, days, component) if _grid(piece.component.period) == _grid(rule)),
        key=lambda piece: (piece.component.code, piece.days.from_on),
    )
    for piece in pieces:
        member = Member(of.code, piece.component.code, piece.days, piece.pricing)
        last = found[-1] if found else None
        if last and last.days.to_on == piece.days.from_on and last._replace(days=piece.days) == member:
            found[-1] = last._replace(days=Span(last.days.from_on, piece.days.to_on))
        else:
            found.append(member)
    return found


def _grid(rule: PeriodRule) -> tuple[object, ...]:
    """What of a rule the grid of its periods depends on."""
    return rule.months, rule.days, rule.anchor_on, rule.align, rule.first_stub == "full-then-prorate"


def _priced(services: Services, of: Subscription, days: Span, component: str = "") -> Iterator[_Piece]:
    """The components of a subscription that a price list prices on some days."""
    for segment in of.segments():
        within = segment.within(days)
        if within is None or within.to_on is None:
            continue
        tariff = services.catalogue[segment.in_force.tariff]
        for from_on, to_on, components in components_over(tariff, within.from_on, within.to_on):
            for each in components:
                if isinstance(each, Usage) and isinstance(each.pricing, Destinations) and component in ("", each.code):
                    yield _Piece(Span(from_on, to_on), each, each.pricing)


def _packages(members: Sequence[Member]) -> Iterator[PackageOfPool]:
    """The packages of all members, in an order in which each uses its own; one that several share is there once.

    V has national, then family that both share; W the same: national of V, national of W, family
    """
    places: dict[tuple[str, str], list[int]] = {}
    packages: dict[tuple[str, str], UnitPackage] = {}
    order: list[tuple[str, str]] = []
    for place, member in enumerate(members):
        before = len(order)
        for package in reversed(member.pricing.packages):
            key = package.code, "" if package.is_shared else f"{member.subscription}/{member.component}"
            if key in packages:
                before = order.index(key)
            else:
                order.insert(before, key)
            places.setdefault(key, []).append(place)
            packages[key] = package
    for code, owner in order:
        yield PackageOfPool(packages[code, owner], owner, tuple(places[code, owner]))
