"""Price lists of every kind, and lives of a subscription in which anything may happen, learnt early or late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    AnyComponent,
    Minimum,
    OneOff,
    Phase,
    Proration,
    Recurring,
    Trigger,
    Usage,
)
from billing_core.catalogue.pricing import Graduated, Package, Percentage, Tier, UnitPrice, Volume
from billing_core.catalogue.tariffs import Tariff, require_tariff
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.time.period_rules import ChargedIn, PeriodRule, Unit
from tests.billing_core.price_lists import listed, off, on_top, tariff
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import START, Run, prices, vat_rates

CODES = ("A", "B", "C")
LATEST_DAYS = 40
MOST_INSTALMENTS = 4
ZERO = Decimal(0)

# --- price lists

units: st.SearchStrategy[tuple[Unit, int]] = st.sampled_from(
    [("day", 1), ("day", 30), ("week", 1), ("week", 2), ("month", 1), ("month", 1), ("month", 2), ("month", 3),
     ("month", 6), ("year", 1), ("year", 2)]
)  # fmt: skip
stubs = st.fixed_dictionaries(
    {
        "first_stub": st.sampled_from(["prorate", "prorate", "full", "free", "join"]),
        "last_stub": st.sampled_from(["prorate", "prorate", "full", "none"]),
    }
)
anchors = st.one_of(
    st.just({"align": "account"}),
    st.just({"align": "own"}),
    st.builds(lambda on: {"anchor_on": on}, st.dates(date(2020, 1, 1), date(2025, 12, 31))),
)
prorations: st.SearchStrategy[Proration] = st.sampled_from(["whole", "whole", "sliced", "fixed-30", "none"])


@st.composite
def period_rules(draw: st.DrawFn, *charged_in: ChargedIn) -> PeriodRule:
    unit, interval = draw(units)
    rule = PeriodRule(unit=unit, interval=interval, charged_in=draw(st.sampled_from(charged_in)))
    return msgspec.structs.replace(rule, **draw(anchors), **draw(stubs))


phases = st.lists(st.builds(Phase, periods=st.integers(1, 3), price=prices.map(Decimal)), max_size=2).map(tuple)
quantities = st.integers(0, 200).map(lambda tenths: Decimal(tenths) / 10)
tiers = st.builds(
    lambda bound, first, second, flat: (
        Tier(up_to=Decimal(bound), unit=Decimal(first), flat=Decimal(flat)), Tier(unit=Decimal(second))
    ),
    st.integers(1, 15), st.integers(0, 9), st.integers(0, 9), st.integers(0, 3),
)  # fmt: skip
pricings = st.one_of(
    st.builds(UnitPrice, price=prices.map(Decimal)),
    st.builds(Graduated, tiers=tiers, flat_at_zero=st.booleans()),
    st.builds(Volume, tiers=tiers),
    st.builds(Package, size=st.just(Decimal(5)), price=prices.map(Decimal), free=st.just(Decimal(1))),
    st.builds(Percentage, rate=st.just(Decimal("1.3")), per_event=st.just(Decimal("0.20")), free_events=st.just(2)),
)
shares = st.lists(
    st.one_of(
        st.builds(off, st.sampled_from(["10", "33.3", "100"]), st.sampled_from(["monthly", "monthly tv", "data"])),
        st.builds(
            off, st.just("50"), st.just("monthly"), st.just("first"), billed_periods=st.integers(1, 3)
        ),
        st.builds(off, st.none(), st.just("monthly"), st.just("amount"), amount=st.sampled_from(["5.00", "0.01"])),
        st.builds(
            off, st.just("20"), st.just("monthly"), st.just("dated"),
            valid_from=st.dates(START, START + timedelta(days=90)),
        ),
        st.builds(
            off, st.none(), st.just("tv"), st.just("until"), amount=st.sampled_from(["5.00", "1000"]),
            valid_to=st.dates(START + timedelta(days=10), START + timedelta(days=90)),
        ),
        st.builds(on_top, st.just("7"), st.just("monthly"), st.just("extra")),
        st.builds(on_top, st.none(), st.just("monthly"), st.just("plus"), amount=st.just("2.50")),
    ),
    max_size=3,
    unique_by=lambda share: share.code,
)  # fmt: skip


allowances = st.one_of(
    st.none(),
    st.none(),
    st.builds(
        Allowance,
        quantity=st.integers(1, 15).map(Decimal),
        carried_periods=st.just(2),
        most_carried=st.one_of(st.none(), st.just(Decimal(12))),
    ),
    st.builds(Allowance, quantity=st.integers(1, 15).map(Decimal)),
)


@st.composite
def fees(draw: st.DrawFn, code: str) -> Recurring:
    return Recurring(
        code=code,
        name=code,
        vat_rate=Decimal(draw(vat_rates)),
        prices=listed(draw(prices)),
        period=draw(period_rules("advance", "advance", "arrears")),
        proration=draw(prorations),
        is_flat=draw(st.booleans()),
        is_option=code == "tv",
        phases=draw(phases),
    )


def _once(code: str, price: str, at: Trigger, **how: Any) -> OneOff:
    return OneOff(code=code, name=code, vat_rate=ZERO, prices=listed(price), at=at, **how)


@st.composite
def one_offs(draw: st.DrawFn) -> list[OneOff]:
    device = {
        "committed_months": draw(st.integers(1, 6)),
        "declining": draw(st.booleans()),
        "on_tariff_change": draw(st.sampled_from(["keep", "restart", "refuse"])),
    }
    found = [
        _once("installation", "60.01", "activation", instalments=draw(st.integers(1, MOST_INSTALMENTS))),
        _once("pause", "3.00", "hold"),
        _once("cut", "7.00", "suspension"),
        _once("again", "8.00", "resumption"),
        _once("switch", "5.00", "tariff-change"),
        _once("up", "6.00", "upgrade"),
        _once("down", "9.00", "downgrade"),
        _once("device", "240.00", "termination", **device, instalments=draw(st.integers(1, 2))),
    ]
    return [fee for fee in found if draw(st.integers(0, 2)) == 2]


@st.composite
def tariffs(draw: st.DrawFn) -> list[Tariff]:
    """Three price lists that often have a component in common, at another price or on another grid."""
    monthly, option = draw(fees("monthly")), draw(fees("tv"))
    data = Usage(
        code="data",
        name="data",
        vat_rate=Decimal(draw(vat_rates)),
        pricing=draw(pricings),
        period=draw(period_rules("arrears")),
        allowance=draw(allowances),
    )
    found = []
    for code in CODES:
        components: list[AnyComponent] = [monthly]
        if draw(st.booleans()):
            other = {"prices": listed(draw(prices)), "vat_rate": Decimal(draw(vat_rates))}
            components = [msgspec.structs.replace(monthly, **other)]
        elif draw(st.booleans()):
            components = [draw(fees("monthly"))]
        components.append(option)
        has_usage = draw(st.integers(0, 3)) > 0
        if has_usage:
            components.append(_like(data, draw(st.sampled_from(["renamed", "taxed", "priced", "alike"])), draw))
            if draw(st.integers(0, 2)) == 2:
                components.append(Minimum(**MINIMUM, period=data.period))
        components += draw(one_offs())
        components += [share for share in draw(shares) if has_usage or "data" not in share.on]
        found.append(tariff(code, *components, with_vat=draw(st.booleans())))
        require_tariff(found[-1])
    return found


def _like(data: Usage, how: str, draw: st.DrawFn) -> Usage:
    """Usage that differs in one thing only, its price or what is not a part of its price."""
    match how:
        case "renamed":
            return msgspec.structs.replace(data, name="traffic")
        case "taxed":
            return msgspec.structs.replace(data, vat_rate=Decimal(draw(vat_rates)))
        case "priced":
            return msgspec.structs.replace(data, pricing=draw(pricings), allowance=draw(allowances))
    return data


MINIMUM: dict[str, Any] = {
    "code": "minimum", "name": "minimum", "vat_rate": ZERO, "prices": listed("50.00"), "on": ("data",),
}  # fmt: skip


# --- what happens


class Happening(NamedTuple):
    """What is learnt now, and is true some days from now or since some days ago."""

    verb: str
    days_from_now: int
    terms: tuple[Any, ...] = ()


Step = Happening | Run

until = st.one_of(st.none(), st.integers(1, 60))
GRANTS = (
    off("25", code="won"), off("25", code="won", billed_periods=2), off(None, code="won", amount="3.33"),
    off("100", "monthly tv", code="won"), off("90", "data", code="won"),
)  # fmt: skip
percents = st.sampled_from([None, "0", "50", "100"])
verbs: st.SearchStrategy[tuple[str, tuple[Any, ...]]] = st.one_of(
    st.tuples(st.just("change_tariff"), st.tuples(st.sampled_from(CODES))),
    st.tuples(st.just("change_quantity"), st.tuples(st.sampled_from(["0", "1", "2", "2.5", "3"]))),
    st.tuples(st.just("add_option"), st.just(("tv",))),
    st.tuples(st.just("drop_option"), st.just(("tv",))),
    st.tuples(st.just("change_price"), st.tuples(st.one_of(st.none(), prices), until)),
    st.tuples(st.just("grant"), st.tuples(st.sampled_from(GRANTS))),
    st.tuples(st.just("end_discount"), st.just(("won",))),
    st.tuples(st.just("hold"), st.tuples(st.sampled_from(["0", "0", "30"]))),
    st.tuples(st.just("suspend"), st.tuples(st.sampled_from(["operator", "non-payment"]), percents)),
    st.tuples(st.just("suspend"), st.tuples(st.just("operator"), percents)),
    st.tuples(st.just("resume"), st.just(())),
    st.tuples(st.just("resume"), st.just(())),
    st.tuples(st.just("terminate"), st.just(())),
    st.tuples(st.just("cancel"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("cancel"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("correct_vat_rate"), st.tuples(vat_rates, until)),
    st.tuples(st.just("use"), st.tuples(quantities)),
    st.tuples(st.just("use"), st.tuples(quantities)),
    st.tuples(st.just("use"), st.tuples(quantities)),
    st.tuples(st.just("withdraw"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("change_billing_day"), st.tuples(st.integers(1, 31))),
    st.tuples(st.just("correct_activation"), st.just(())),
)  # fmt: skip
happenings = st.builds(
    lambda told, days: Happening(told[0], days, told[1]),
    verbs,
    st.one_of(st.integers(-60, LATEST_DAYS), st.integers(-3, 3)),
)
runs = st.builds(Run, days=st.integers(0, 50))


@st.composite
def lives(draw: st.DrawFn, most_runs: int = 6) -> list[Step]:
    """What is learnt, with runs in between."""
    rounds = draw(st.lists(st.tuples(st.lists(happenings, max_size=3), runs), min_size=2, max_size=most_runs))
    return [step for learnt, run in rounds for step in (*learnt, run)]


def try_to_happen(subscriber: Subscriber, step: Happening, today: date) -> bool:
    """Record it, unless the rules do not allow it there; says whether they did."""
    on = max(today + timedelta(days=step.days_from_now), START)
    try:
        return bool(_happen(subscriber, step, on))
    except (RuleViolation, InvalidValue):  # Without its component nothing can be recorded as used.
        return False


def _happen(subscriber: Subscriber, step: Happening, on: date) -> object:  # noqa: PLR0911 - one for each verb
    match step.verb:
        case "hold":
            return subscriber.hold(on, percent=step.terms[0])
        case "suspend":
            return subscriber.suspend(step.terms[0], on, percent=step.terms[1])
        case "change_price":
            price, days = step.terms
            until = None if days is None else on + timedelta(days=days)
            return subscriber.change_price(on, until=until, monthly=price)
        case "correct_vat_rate":
            rate, days = step.terms
            until = None if days is None else on + timedelta(days=days)
            return subscriber.correct_terms(on, until, vat_rates={"monthly": rate})
        case "cancel":
            changes = subscriber.account.subscriptions["S1"].timeline[1:]
            if not changes:
                return False
            change = changes[step.terms[0] % len(changes)]
            return subscriber.cancel(change.kind, change.on)
        case "use":
            return subscriber.use(str(step.terms[0]), on)
        case "withdraw":
            recorded = subscriber.history.usage.get("S1", [])
            if not recorded:
                return False
            entry = recorded[step.terms[0] % len(recorded)]
            return subscriber.withdraw(str(entry.quantity), entry.on)
    return getattr(subscriber, step.verb)(*step.terms, on)


def last_day(steps: Sequence[Step]) -> date:
    """The day of the last run."""
    return START + timedelta(days=sum(step.days for step in steps if isinstance(step, Run)))
