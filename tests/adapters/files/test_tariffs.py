"""A tariff is read as it is written, is the same after it was written and read again, and a fault names its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.edge.models import read_struct, written
from adapters.files.tariffs import TariffSchema, tariff_in
from adapters.files.yaml_documents import FilePart, read_document
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    Phase,
    Recurring,
    Surcharge,
    Trigger,
    Usage,
)
from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Graduated, Package, Percentage, Tier, UnitPrice, Volume
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.kernel.errors import InvalidValue
from billing_core.time.period_rules import PeriodRule

ALWAYS = date(1, 1, 1)
THIS_YEAR = date(2026, 1, 1)


class PriceLists(FilePart, frozen=True, kw_only=True):
    tariffs: tuple[TariffSchema, ...]


def read(tmp_path: Path, text: str) -> Tariff:
    path = tmp_path / "tariffs.yaml"
    path.write_text(f"tariffs:\n- code: net\n{text}", encoding="utf-8")
    return tariff_in(read_document(path).read_as(PriceLists).tariffs[0], "EUR")


def component(tmp_path: Path, text: str) -> AnyComponent:
    return read(tmp_path, f"  components:\n  - {text}\n").components[0]


def fault(tmp_path: Path, text: str) -> str:
    """What is told of a tariff whose first line is the third of the file."""
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, text)
    return caught.value.message


def price(amount: str) -> tuple[Price, ...]:
    return (Price(amount=Decimal(amount), valid_from=ALWAYS),)


def test_a_tariff_as_the_front_office_writes_it(tmp_path: Path):
    tariff = read(
        tmp_path,
        """
  components:
  - {code: monthly, kind: recurring, price: "249.95", every: "1 month",
     align: account, in: advance, proration: whole, first_stub: prorate, last_stub: prorate, vat: "0"}
  - {code: install, kind: one-off, price: "100", vat: "0"}
  - {code: data, kind: usage, in: arrears, every: "1 month", model: graduated, vat: "20",
     tiers: [{up_to: "10", unit: "10", flat: "2"}, {unit: "5", flat: "3"}]}
""",
    )

    tiers = (Tier(up_to=Decimal(10), unit=Decimal(10), flat=Decimal(2)), Tier(unit=Decimal(5), flat=Decimal(3)))
    assert tariff == Tariff(
        code="net",
        name="net",
        currency="EUR",
        components=(
            Recurring(code="monthly", name="monthly", vat_rate=Decimal(0), prices=price("249.95")),
            OneOff(code="install", name="install", vat_rate=Decimal(0), prices=price("100")),
            Usage(code="data", name="data", vat_rate=Decimal(20), pricing=Graduated(tiers=tiers)),
        ),
    )


def test_what_a_component_can_say_of_its_own(tmp_path: Path):
    def common(kind: str) -> str:
        return f"code: x, name: Extra, kind: {kind}, vat: 20"

    named: dict[str, Any] = {"code": "x", "name": "Extra", "vat_rate": Decimal(20)}
    assert component(
        tmp_path,
        f"{{{common('recurring')}, price: 3, every: 2 weeks, align: own, anchor: 2026-01-05, in: arrears,"
        " first_stub: join, last_stub: none, proration: sliced, per: subscription, free_periods: 2,"
        " phases: [{periods: 3, price: 1.5}], option: true}",
    ) == Recurring(
        **named,
        prices=price("3"),
        period=PeriodRule(
            unit="week",
            interval=2,
            align="own",
            anchor_on=date(2026, 1, 5),
            charged_in="arrears",
            first_stub="join",
            last_stub="none",
        ),
        proration="sliced",
        is_flat=True,
        phases=(Phase(periods=2, price=Decimal(0)), Phase(periods=3, price=Decimal("1.5"))),
        is_option=True,
    )
    assert component(
        tmp_path, f"{{{common('one-off')}, price: 240, at: termination, committed_months: 24, falls: true}}"
    ) == OneOff(**named, prices=price("240"), at="termination", committed_months=24, declining=True)
    assert component(
        tmp_path, f"{{{common('one-off')}, price: 90, at: termination, committed_months: 12, on_tariff_change: refuse}}"
    ) == OneOff(**named, prices=price("90"), at="termination", committed_months=12, on_tariff_change="refuse")
    triggers: tuple[Trigger, ...] = ("tariff-change", "upgrade", "downgrade")
    for at in triggers:
        once = component(tmp_path, f"{{{common('one-off')}, price: 5, at: {at}}}")
        assert once == OneOff(**named, prices=price("5"), at=at)
    assert component(tmp_path, f"{{{common('one-off')}, price: 5, instalments: 2}}") == OneOff(
        **named, prices=price("5"), instalments=2
    )
    assert component(tmp_path, f"{{{common('one-off')}, price: 5, at: resume}}") == OneOff(
        **named, prices=price("5"), at="resumption"
    )


@pytest.mark.parametrize("model", ["model: unit, price: 3", "unit: {price: 3}"])
def test_an_allowance_stands_beside_the_model(tmp_path: Path, model: str):
    written = (
        f'{{code: x, kind: usage, {model}, allowance: {{quantity: "10", carried_periods: 2, most_carried: "15"}}}}'
    )
    usage = component(tmp_path, written)

    assert isinstance(usage, Usage)
    assert usage.allowance == Allowance(quantity=Decimal(10), carried_periods=2, most_carried=Decimal(15))
    assert usage.pricing == UnitPrice(price=Decimal(3))


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("month", PeriodRule()),
        ("1 day", PeriodRule(unit="day")),
        ("30 days", PeriodRule(unit="day", interval=30)),
        ("2 weeks", PeriodRule(unit="week", interval=2)),
        ("3 months", PeriodRule(interval=3)),
        ("2 years", PeriodRule(unit="year", interval=2)),
    ],
)
def test_the_length_of_a_period_is_written_in_words(tmp_path: Path, written: str, rule: PeriodRule):
    found = component(tmp_path, f"{{code: x, kind: recurring, price: 3, every: {written}}}")
    assert isinstance(found, Recurring)
    assert found.period == rule


@pytest.mark.parametrize(
    ("written", "pricing"),
    [
        ("model: unit, price: 2", UnitPrice(price=Decimal(2))),
        ("model: package, size: 5, price: 3, free: 1", Package(size=Decimal(5), price=Decimal(3), free=Decimal(1))),
        ("model: percentage, rate: 1.3", Percentage(rate=Decimal("1.3"))),
        ("model: volume, flat_at_zero: true, tiers: [{unit: 1}]",
         Volume(tiers=(Tier(unit=Decimal(1)),), flat_at_zero=True)),
        ("model: graduated, tiers: [{up_to: 10}, {unit: 1}]",
         Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(0)), Tier(unit=Decimal(1))))),
        ("model: volume, tiers: [{up_to: 10, flat: 5}, {flat: 8}]",
         Volume(tiers=(Tier(up_to=Decimal(10), flat=Decimal(5)), Tier(flat=Decimal(8))))),
    ],
)  # fmt: skip
def test_what_a_usage_model_needs_stands_flat_or_under_its_name(tmp_path: Path, written: str, pricing: object):
    model, flat = written.removeprefix("model: ").split(", ", 1)

    for way in (written, f"{model}: {{{flat}}}", f"model: {model}, {model}: {{{flat}}}"):
        usage = component(tmp_path, f"{{code: data, kind: usage, {way}}}")
        assert isinstance(usage, Usage)
        assert usage.pricing == pricing


def test_prices_have_dates_and_customer_classes(tmp_path: Path):
    recurring = component(
        tmp_path,
        "{code: fee, kind: recurring, prices: [{price: 10, to: 2026-01-01},"
        " {price: 12, from: 2026-01-01}, {price: 9, customer_class: business}]}",
    )

    assert recurring.prices == (
        Price(amount=Decimal(10), valid_from=ALWAYS, valid_to=THIS_YEAR),
        Price(amount=Decimal(12), valid_from=THIS_YEAR),
        Price(amount=Decimal(9), valid_from=ALWAYS, customer_class="business"),
    )


def test_discounts_minimums_and_revisions(tmp_path: Path):
    tariff = read(
        tmp_path,
        """
  currency: CZK
  prices_include_vat: true
  components:
  - {code: fee, kind: recurring, price: 10}
  - {code: loyal, kind: discount, on: [fee], percent: 10, from: 2026-01-01, billed_periods: 3, bundle: [tv]}
  - {code: paper, kind: surcharge, on: [fee], price: 1}
  - {code: least, kind: minimum, on: [fee], price: 8, proration: none}
  revisions:
  - from: 2026-06-01
    components:
    - {code: fee, kind: recurring, price: 11}
""",
    )

    free = Decimal(0)
    assert (tariff.currency, tariff.prices_include_vat) == ("CZK", True)
    assert tariff.components[1:] == (
        Discount(code="loyal", name="loyal", vat_rate=free, on=("fee",), percent=Decimal(10), valid_from=THIS_YEAR,
                 billed_periods=3, bundle=("tv",)),
        Surcharge(code="paper", name="paper", vat_rate=free, on=("fee",), prices=price("1")),
        Minimum(code="least", name="least", vat_rate=free, on=("fee",), prices=price("8"), proration="none"),
    )  # fmt: skip
    fee = Recurring(code="fee", name="fee", vat_rate=free, prices=price("11"))
    assert tariff.revisions == (Revision(valid_from=date(2026, 6, 1), components=(fee,)),)


# --- round trip

AMOUNTS = st.decimals("0", "9999999", places=6).map(Decimal.normalize)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
RULES = st.builds(
    PeriodRule,
    unit=st.sampled_from(["day", "week", "month", "year"]),
    interval=st.integers(1, 10),
    align=st.sampled_from(["account", "own"]),
    anchor_on=st.none() | DAYS,
    charged_in=st.sampled_from(["advance", "arrears"]),
    first_stub=st.sampled_from(["prorate", "full", "free", "join"]),
    last_stub=st.sampled_from(["prorate", "full", "none"]),
)
MONTHS = st.just(PeriodRule())
IN_ARREARS = RULES.map(lambda rule: PeriodRule(unit=rule.unit, interval=rule.interval, charged_in="arrears"))
PRORATIONS = st.sampled_from(["whole", "sliced", "fixed-30", "none"])
PRICES = st.one_of(
    AMOUNTS.map(lambda amount: (Price(amount=amount, valid_from=ALWAYS),)),
    st.builds(
        lambda one, other, on: (
            Price(amount=one, valid_from=ALWAYS, valid_to=on),
            Price(amount=other, valid_from=on),
            Price(amount=one, valid_from=on, customer_class="business"),
        ),
        AMOUNTS, AMOUNTS, DAYS,
    ),
)  # fmt: skip
TIERS = st.builds(
    lambda first, second: (first, second),
    st.builds(Tier, up_to=AMOUNTS.filter(bool), unit=AMOUNTS, flat=AMOUNTS),
    st.builds(Tier, up_to=st.none(), unit=AMOUNTS, flat=AMOUNTS),
)
PRICINGS = st.one_of(
    st.builds(UnitPrice, price=AMOUNTS),
    st.builds(Graduated, tiers=TIERS, flat_at_zero=st.booleans()),
    st.builds(Volume, tiers=TIERS, flat_at_zero=st.booleans()),
    st.builds(Package, size=AMOUNTS.filter(bool), price=AMOUNTS, free=AMOUNTS),
    st.builds(
        Percentage,
        rate=st.decimals(0, 100, places=2),
        per_event=AMOUNTS,
        free_events=st.integers(0, 9),
        free_volume=AMOUNTS,
    ),
)
ALLOWANCES = st.one_of(
    st.none(),
    st.builds(Allowance, quantity=AMOUNTS.filter(bool)),
    st.builds(
        Allowance,
        quantity=AMOUNTS.filter(bool),
        carried_periods=st.integers(1, 120),
        most_carried=st.none() | AMOUNTS,
    ),
)


def fee(code: str, periods: st.SearchStrategy[PeriodRule]) -> st.SearchStrategy[AnyComponent]:
    named = {"code": st.just(code), "name": st.sampled_from([code, "Fee"]), "vat_rate": st.sampled_from([Decimal(20)])}
    phases = st.sampled_from([(), (Phase(periods=2, price=Decimal(0)),)])
    return st.builds(Recurring, **named, prices=PRICES, period=periods, proration=PRORATIONS, is_flat=st.booleans(),
                     phases=phases, is_option=st.booleans())  # fmt: skip


def components(code: str, on: str) -> st.SearchStrategy[AnyComponent]:
    named = {"code": st.just(code), "name": st.sampled_from([code, "Fee"]), "vat_rate": st.sampled_from([Decimal(20)])}
    share = {"on": st.just((on,)), "bundle": st.sampled_from([(), ("tv", "net")]), "valid_from": st.none() | DAYS}
    once_at = st.sampled_from(
        ["activation", "hold", "suspension", "resumption", "termination", "tariff-change", "upgrade", "downgrade"]
    )
    return st.one_of(
        fee(code, RULES),
        st.builds(OneOff, **named, prices=PRICES, at=once_at),
        st.builds(OneOff, **named, prices=PRICES, instalments=st.integers(1, 120)),
        st.builds(OneOff, **named, prices=PRICES, at=st.just("termination"), committed_months=st.just(24),
                  declining=st.booleans(), on_tariff_change=st.sampled_from(["keep", "restart", "refuse"])),
        st.builds(Usage, **named, pricing=PRICINGS, period=IN_ARREARS, allowance=ALLOWANCES),
        st.builds(Discount, **named, **share, percent=st.just(Decimal("12.5")), billed_periods=st.none() | st.just(3)),
        st.builds(Surcharge, **named, **share, prices=PRICES),
        st.builds(Minimum, **named, on=st.just((on,)), prices=PRICES, proration=PRORATIONS),
    )  # fmt: skip


PARAMETERS = (
    Parameter(code="user", name="User name"),
    Parameter(code="speed", value="100"),
    Parameter(code="note", is_optional=True),
)
LISTS = st.tuples(components("x", "y"), fee("y", MONTHS))
OTHER_LISTS = st.tuples(components("v", "w"), fee("w", MONTHS))


@given(
    st.builds(
        Tariff,
        code=st.just("net"),
        name=st.sampled_from(["net", "Internet"]),
        currency=st.just("EUR"),
        components=LISTS,
        prices_include_vat=st.booleans(),
        product=st.sampled_from(["", "internet"]),
        parameters=st.sampled_from([(), PARAMETERS]),
        hold=st.none() | st.builds(HoldTerms, least_days=st.integers(1, 9), most_days=st.none() | st.just(90)),
        revisions=st.builds(lambda on, listed: (Revision(valid_from=on, components=listed),), DAYS, OTHER_LISTS),
    )
)
def test_a_tariff_that_was_written_and_is_read_again_is_the_same(tariff: Tariff):
    text = yaml.safe_dump(written(tariff))

    assert read_struct(Tariff, yaml.safe_load(text)) == tariff


# --- faults


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{code: x, kind: recurring, price: 3, colour: red}",
         "line 4, tariffs[0].components[0].colour 'red': is not known here"),
        ("{code: x, kind: recuring, price: 3}",
         "line 4, tariffs[0].components[0].kind 'recuring': must be one of recurring, one-off"),
        ("{code: x, price: 3}", "line 4, tariffs[0].components[0].kind: is missing"),
        ("{code: x, kind: one-off}", "line 4, tariffs[0].components[0].price: has no price"),
        ("{code: x, kind: one-off, price: 3, prices: [{price: 3}]}",
         "components[0].prices: either price or prices, not both"),
        ("{code: x, kind: one-off, price: 3, at: upgrade, instalments: 2}",
         "components[0].instalments: '2': comes whole on each day of its kind"),
        ("{code: x, kind: one-off, price: 3, at: downgrade, committed_months: 2}",
         "components[0].at: 'downgrade': a commitment is charged for at termination"),
        ("{code: x, kind: one-off, price: 3, at: termination, falls: true}",
         "components[0].falls: declines only over a commitment; set committed_months"),
        ("{code: x, kind: one-off, price: 3, at: termination, on_tariff_change: refuse}",
         "components[0].on_tariff_change: 'refuse': applies to a commitment only; set committed_months"),
        ("{code: x, kind: one-off, price: 3, at: sidegrade}", "components[0].at 'sidegrade': must be activation, "),
        ("{code: x, kind: one-off, price: cheap}", "components[0].price 'cheap': is not a number; write it as 12.50"),
        ("{code: x, kind: one-off, price: -3}", "components[0].price: '-3': a price must not be negative"),
        ("{code: x, kind: one-off,\n     prices: [{price: 3},\n              {price: 4, from: 2026-01-01}]}",
         "line 6, tariffs[0].components[0].prices[1].from: '2026-01-01': overlaps the price valid from 0001-01-01"),
        ("{code: x, kind: one-off, prices: [{price: 3, from: 1.1.2026}]}",
         "components[0].prices[0].from '1.1.2026': is not a date; write it as 2026-11-01"),
        ("{code: x, kind: recurring, price: 3, every: fortnight}",
         "components[0].every 'fortnight': is not the length of a period; write 1 month, 30 days, 2 weeks or 1 year"),
        ("{code: x, kind: recurring, price: 3, every: 11 years}",
         "components[0].every: '11': a period has 1 to 10 years"),
        ("{code: x, kind: recurring, price: 3, in: arears}", "components[0].in 'arears': must be advance or arrears"),
        ("{code: x, kind: recurring, price: 3, phases: [{periods: 0, price: 1}]}",
         "components[0].phases[0]: '0': must be 1 to 600 periods long"),
        ("{code: x, kind: recurring, price: 3, vat: 120}", "components[0].vat: '120': must be a percentage"),
        ("{code: x, kind: usage, price: 3}", "components[0].model: is missing"),
        ("{code: x, kind: usage, model: units, price: 3}",
         "components[0].model 'units': must be one of unit, graduated"),
        ("{code: x, kind: usage, model: unit, package: {size: 3}}",
         "components[0].package: is not known here (known: code, kind, name, vat, model, price, "),
        ("{code: x, kind: usage, model: package, price: 3}", "components[0].size: is missing"),
        ("{code: x, kind: usage, package: {size: 0, price: 3}}",
         "components[0].package.size: '0': a package holds more than 0 units"),
        ("{code: x, kind: usage, model: volume,\n     tiers: [{up_to: 10},\n             {price: 1}]}",
         "line 6, tariffs[0].components[0].tiers[1].price '1': is not a word of a tier; write unit for the price"),
        ("{code: x, kind: usage, graduated: {tiers: [{unit: 1, price: 1}]}}",
         "components[0].graduated.tiers[0].price '1': is not a word of a tier; write unit for the price of a unit"),
        ("{code: x, kind: usage, model: graduated, tiers: [{unit: 1}], price: 3}",
         "components[0].price '3': is not a word of this model; write unit in each of its tiers"),
        ("{code: x, kind: usage, model: volume, tiers: [{}], unit: 3}",
         "components[0].unit '3': is not a word of this model; write unit in each of its tiers"),
        ("{code: x, kind: usage, volume: {tiers: [{}], unit: 3}}",
         "components[0].volume.unit '3': is not a word of this model; write unit in each of its tiers"),
        ("{code: x, kind: usage, model: unit, unit: 3}",
         "components[0].unit '3': is a word of tiers; write price for this model"),
        ("{code: x, kind: usage, unit: 3}", "components[0].model: is missing"),
        ("{code: x, kind: one-off, prices: [{amount: 3}]}", "prices[0].amount '3': is not a word of a price; write "),
        ("{code: x, kind: usage, unit: {unit: 3}}", "components[0].unit.unit '3': is a word of tiers; write price"),
        ("{code: x, kind: usage, model: package, size: 5, unit: 3}",
         "components[0].unit '3': is a word of tiers; write price for this model"),
        ("{code: x, kind: usage, package: {size: 5, unit: 3}}",
         "components[0].package.unit '3': is a word of tiers; write price for this model"),
        ("{code: x, kind: usage, model: percentage, rate: 1, unit: 3}",
         "components[0].unit '3': is not known here"),
        ("{code: x, kind: usage, model: unit, price: 3, in: advance}", "components[0].in: 'advance': is known when"),
        ("{code: x, kind: usage, model: graduated,\n     tiers: [{up_to: 10, unit: 1},\n       {up_to: 9, unit: 1}]}",
         "line 6, tariffs[0].components[0].tiers[1].up_to: '9': must be above 10, the beginning of the tier"),
        ("{code: x, kind: usage, model: volume, tiers: [{up_to: 10, unit: 1}]}",
         "components[0].tiers[0].up_to: '10': usage above it has no price"),
        ("{code: x, kind: usage, model: volume, tiers: [{unit: 1}, {unit: 2}]}",
         "components[0].tiers[0]: has no up_to, but tiers follow it"),
        ("{code: x, kind: usage, unit: {price: 3}, allowance: {quantity: 0}}",
         "line 4, tariffs[0].components[0].allowance.quantity: '0': includes nothing; leave the allowance out"),
        ("{code: x, kind: usage, model: unit, price: 3,\n     allowance: {quantity: 1, carried_periods: 121}}",
         "line 5, tariffs[0].components[0].allowance.carried_periods: '121': must be 0 to 120"),
        ("{code: x, kind: usage, model: unit, price: 3, allowance: {quantity: 1, rollover: 2}}",
         "components[0].allowance.rollover '2': is not known here"),
        ("{code: x, kind: discount, on: [fee], percent: 3}", "components[0].on: 'fee': is no component of the tariff"),
        ("{code: x, kind: discount, on: [x], percent: 300}", "components[0].percent: '300': must be 0 to 100"),
        ("{code: x, kind: discount, on: [x], percent: 3, from: 2026-02-01, to: 2026-01-01}",
         "components[0].from: '2026-02-01': ends on 2026-01-01, not after it starts"),
        ("{code: x, kind: one-off, price: 3}\n  - {code: x, kind: one-off, price: 4}",
         "line 5, tariffs[0].components[1].code: 'x': stands twice in the tariff"),
    ],
)  # fmt: skip
def test_a_fault_names_line_place_and_value(tmp_path: Path, entry: str, told: str):
    assert told in fault(tmp_path, f"  components:\n  - {entry}\n")


def test_a_fault_in_a_revision_names_its_place(tmp_path: Path):
    assert fault(
        tmp_path,
        """  components:
  - {code: fee, kind: recurring, price: 10}
  revisions:
  - from: 2026-06-01
    components:
    - {code: fee, kind: recurring, price: 0.0000001}
""",
    ) == (
        "line 8, tariffs[0].revisions[0].components[0].price: '1E-7': a price has at most 6 decimals"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("currency: XXX", "line 5, tariffs[0].currency: 'XXX': has no minor unit in ISO 4217"),
        ("currency: EUX", "line 5, tariffs[0].currency: 'EUX': unknown currency"),
        ("hold: {least_days: 0}", "line 5, tariffs[0].hold.least_days: '0': must be at least a day"),
        ("notice_days: 400", "line 5, tariffs[0].notice_days: '400': must be 0 to 366"),
        ("tolerance_days: 400", "line 5, tariffs[0].tolerance_days: '400': must be 0 to 366"),
        ("warning_days: -1", "line 5, tariffs[0].warning_days: '-1': must be 0 to 366"),
        ("parameters: [{code: user}, {code: user}]", "line 5, tariffs[0].parameters: 'user': stands twice"),
        ("revisions:\n  - {from: 2026-06-01, components: [{code: fee, kind: one-off, price: 1}]}",
         "line 6, tariffs[0].revisions[0].components[0].kind: 'one-off': was recurring before"),
        ("revisions:\n  - {from: 2026-06-01, components: [{code: a, kind: one-off, price: 1}]}\n"
         "  - {from: 2026-05-01, components: [{code: b, kind: one-off, price: 1}]}",
         "line 7, tariffs[0].revisions[1].from: '2026-05-01': tariff net is revised from 2026-06-01 on already"),
    ],
)  # fmt: skip
def test_what_the_rules_of_tariffs_refuse_is_told_with_its_place(tmp_path: Path, rest: str, told: str):
    assert told in fault(tmp_path, f"  components:\n  - {{code: fee, kind: recurring, price: 10}}\n  {rest}\n")


def test_all_faults_of_form_are_told_at_once(tmp_path: Path):
    told = fault(
        tmp_path,
        """  colour: red
  components:
  - {code: fee, kind: recurring, price: cheap}
  - {kind: one-off, price: 3}
""",
    )

    assert told == "; ".join([
        "line 5, tariffs[0].components[0].price 'cheap': is not a number; write it as 12.50",
        "line 6, tariffs[0].components[1].code: is missing",
        "line 3, tariffs[0].colour 'red': is not known here (known: code, name, currency, product, prices_include_vat, "
        "parameters, hold, notice_days, tolerance_days, warning_days, components, revisions)",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: must be keys with values"),
        ("- a", "line 1: must be keys with values"),
        ("tariffs: net", "line 1, tariffs 'net': must be a list"),
        ("tariffs: [net]", "line 1, tariffs[0] 'net': must be keys with values"),
        ("tariffs: [", "is not well-formed YAML"),
        ("\ntariffs: []\ntariffs: []", "'tariffs' stands twice"),
    ],
)
def test_a_file_of_another_form(tmp_path: Path, text: str, told: str):
    path = tmp_path / "tariffs.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidValue) as caught:
        read_document(path).read_as(PriceLists)

    assert told in caught.value.message
    assert caught.value.field == f"file '{path}'"
