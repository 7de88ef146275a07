"""What people write becomes a struct of the core, and back: by one table of words, without a model of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from adapters.edge.faults import explained, found_in
from adapters.edge.models import annotation_of, read_struct, written
from adapters.edge.values import Kept
from adapters.edge.words import WORDS
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import Discount, OneOff, Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Graduated, Tier
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.dates import ALWAYS
from billing_core.party_changes import AddressChanges, CustomerChanges
from billing_core.services.terms import require_quantity
from billing_core.time.due_dates import DayOfMonth, WorkingDayAfterIssue
from billing_core.time.period_rules import PeriodRule
from commands.accounts import ChangeBillingPlan, OpenAccount
from commands.catalogue import PublishTariff, ReviseTariff
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.services import ChangePrice, GrantDiscount


def faults(struct: type[msgspec.Struct], value: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read_struct(struct, value)
    return [
        explained(fault, lambda location: ".".join(str(part) for part in found_in(value, location)))
        for fault in caught.value.errors()
    ]


def test_a_text_that_cannot_be_kept_is_a_fault_of_its_field():
    nul = faults(RegisterCustomer, {"number": "C1", "name": "Anna\0"})
    assert nul == ["name 'Anna\\x00': has the character NUL, which cannot be kept"]
    assert faults(RegisterCustomer, {"number": "C1", "name": "\ud800"})[0].startswith("name")
    assert read_struct(RegisterCustomer, {"number": "C1", "name": "Ж 𝄞"}).customer.name == "Ж 𝄞"


FEE = {"code": "fee", "kind": "recurring", "price": "19.90", "vat": "20"}

# --- a command and a file say the same words


def test_a_tariff_is_published_in_the_words_of_a_catalogue():
    command = read_struct(PublishTariff, {"code": "net", "currency": "EUR", "components": [FEE]})

    assert command.tariff == read_struct(Tariff, {"code": "net", "currency": "EUR", "components": [FEE]})
    assert command.tariff.components == (
        Recurring(
            code="fee", name="fee", vat_rate=Decimal(20), prices=(Price(amount=Decimal("19.90"), valid_from=ALWAYS),)
        ),
    )


def test_a_revision_stands_among_the_fields_of_its_command():
    command = read_struct(ReviseTariff, {"tariff": "net", "from": "2027-01-01", "components": [FEE]})

    assert (command.tariff, command.revision.valid_from) == ("net", date(2027, 1, 1))


def test_an_account_is_opened_with_the_words_of_its_plan():
    named = {"account": "1", "customer": "1", "seller": "north", "currency": "EUR"}
    usual = read_struct(OpenAccount, named)
    command = read_struct(
        OpenAccount,
        {
            **named,
            "billing_day": "last",
            "plan": "prepaid",
            "credit_limit": "5",
            "due": {"by": "day-of-month", "day": "15", "month": "next"},
            "invoice_every": "3 months",
        },
    )

    assert usual.plan == BillingPlan(billing_day=1, due_days=14, tolerance_days=7)
    assert command.plan == msgspec.structs.replace(
        usual.plan,
        billing_day=31,
        prepaid=Prepaid(credit_limit=Decimal(5)),
        due_rule=DayOfMonth(day=15, month="next"),
        invoice_every=PeriodRule(interval=3),
    )


def test_a_plan_that_is_changed_has_no_word_for_the_billing_day():
    changed = read_struct(ChangeBillingPlan, {"account": "1", "plan": "prepaid", "invoice_every": "3 months"})

    assert changed.plan == BillingPlan(
        billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(), invoice_every=PeriodRule(interval=3)
    )
    assert faults(ChangeBillingPlan, {"account": "1", "billing_day": 5})[0].startswith(
        "billing_day: is not known here (known: account, due_days"
    )
    assert faults(ChangeBillingPlan, {"account": "1", "invoice_every": {"align": "own"}}) == [
        "invoice_every.align 'own': is not known here (known: every, anchor)"
    ]


def test_names_stand_in_a_list_or_with_commas_between_them_and_an_empty_text_is_no_value():
    granted = read_struct(
        GrantDiscount,
        {"account": "1", "subscription": "s", "discount": {"code": "x", "on": "fee, tv", "percent": 10, "to": ""}},
    )
    listed = read_struct(ChangePrice, {"account": "1", "subscription": "s", "prices": {"fee": "", "tv": "5"}})

    assert granted.discount == Discount(code="x", name="x", vat_rate=Decimal(0), on=("fee", "tv"), percent=Decimal(10))
    assert listed.agreed_prices == {"fee": None, "tv": Decimal(5)}


# --- what is written is read as the same


PLANS = st.builds(
    BillingPlan,
    billing_day=st.integers(1, 31),
    due_days=st.integers(0, 365),
    tolerance_days=st.integers(0, 365),
    prepaid=st.none()
    | st.builds(Prepaid, covers=st.sampled_from(["whole", "days"]), resume_at=st.none() | st.just(Decimal(5))),
    due_rule=st.none()
    | st.builds(DayOfMonth, day=st.integers(1, 31), month=st.sampled_from(["this", "next"]))
    | st.builds(WorkingDayAfterIssue, number=st.integers(1, 250)),
    due_shift=st.sampled_from(["none", "next", "previous"]),
    invoice_per=st.sampled_from(["account", "service", "address"]),
    invoice_every=st.none()
    | st.builds(PeriodRule, interval=st.integers(1, 12), anchor_on=st.none() | st.just(date(2026, 1, 1))),
    minimum_invoice=st.sampled_from([Decimal(0), Decimal("5.00")]),
)  # fmt: skip


@given(PLANS)
def test_a_plan_that_was_written_and_is_read_again_is_the_same(plan: BillingPlan):
    assert read_struct(BillingPlan, written(plan)) == plan


def test_what_may_be_left_out_is_not_written():
    assert written(read_struct(Tariff, {"code": "net", "currency": "EUR", "components": [FEE]})) == {
        "code": "net",
        "currency": "EUR",
        "components": [{"code": "fee", "kind": "recurring", "vat": "20", "price": "19.90"}],
    }


def test_a_usage_price_is_written_flat_and_read_flat_or_under_its_model():
    tiers = [{"up_to": "10", "unit": "1"}, {"unit": "0.5"}]
    flat = {"code": "data", "kind": "usage", "model": "graduated", "tiers": tiers}
    nested = {"code": "data", "kind": "usage", "graduated": {"tiers": tiers}}

    (usage,) = read_struct(Tariff, {"code": "t", "components": [flat]}).components
    assert isinstance(usage, Usage)
    assert usage.pricing == Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(1)), Tier(unit=Decimal("0.5"))))
    assert read_struct(Tariff, {"code": "t", "components": [nested]}).components == (usage,)
    assert written(usage) == flat


# --- faults


@pytest.mark.parametrize(
    ("component", "told"),
    [
        ({"price": 19.9}, 'components.0.price: is a binary fraction; write it in quotes, as "19.90"'),
        ({"price": "NaN"}, "components.0.price 'NaN': is not a number; write it as 12.50"),
        ({"vat_rate": "20"}, "components.0.vat_rate '20': is not known here (known: code, kind, name, vat, price"),
        ({"anchor": 20_000}, "components.0.anchor: is not a date; write it as 2026-11-01"),
        ({"anchor": "0206-11-01"}, "components.0.anchor '0206-11-01': must lie between 1900-01-01 and 2099-12-31"),
        ({"prices": [{"price": "1"}]}, "components.0.prices: either price or prices, not both"),
        ({"code": " "}, "components.0.code ' ': must not be empty"),
        ({"kind": "fee"}, "components.0.kind 'fee': must be one of recurring, one-off, usage, discount"),
        ({"option": "perhaps"}, "components.0.option 'perhaps': must be true or false"),
        ({"option": ["true"]}, "components.0.option: must be true or false"),
        ({"price": "1e9"}, "components.0.price '1e9': is not a number; write it as 12.50"),
        ({"price": "1_000"}, "components.0.price '1_000': is not a number; write it as 12.50"),
        ({"price": "\u0661\u0662"}, "components.0.price '\u0661\u0662': is not a number; write it as 12.50"),
        ({"price": "1" + "0" * 15}, f"components.0.price '1{'0' * 15}': must be below 10^15"),
        ({"name": "\ud800"}, "components.0.name '\\ud800': holds half of a character; save the file in UTF-8 again"),
        ({"free_periods": "1_0"}, "components.0.free_periods '1_0': is not a whole number; write it as 12"),
        ({"free_periods": "1.0"}, "components.0.free_periods '1.0': is not a whole number; write it as 12"),
        ({"free_periods": "\u0662"}, "components.0.free_periods '\u0662': is not a whole number; write it as 12"),
        ({"free_periods": True}, "components.0.free_periods: is not a whole number; write it as 12"),
        ({"free_periods": ["2"]}, "components.0.free_periods: is not a whole number; write it as 12"),
    ],
)
def test_a_fault_names_place_value_and_reason(component: dict[str, Any], told: str):
    assert faults(PublishTariff, {"code": "t", "currency": "EUR", "components": [FEE | component]})[0].startswith(told)


def test_terms_of_a_prepaid_plan_need_a_prepaid_plan():
    assert faults(ChangeBillingPlan, {"account": "1", "credit_limit": "5"}) == [
        "credit_limit: is a term of a prepaid plan; write plan: prepaid"
    ]


def test_all_faults_are_named_at_once():
    found = faults(RegisterCustomer, {"kind": "robot", "registered_on": "soon", "colour": "red"})

    assert [fault.partition(":")[0] for fault in found] == [
        "number", "kind 'robot'", "name", "registered_on 'soon'", "colour 'red'"
    ]  # fmt: skip


# --- one new attribute needs nothing here


class WithDeposit(Recurring, frozen=True, kw_only=True, tag="with-deposit"):
    """A fee with an attribute that no door ever heard of."""

    deposit_rate: Annotated[Decimal, Kept(require_quantity)] | None = None


def test_a_new_attribute_of_a_struct_is_read_checked_written_and_described_by_itself():
    fee = read_struct(WithDeposit, FEE | {"kind": "with-deposit", "deposit_rate": "2.5"})

    assert fee.deposit_rate == Decimal("2.5")
    assert written(fee) == FEE | {"kind": "with-deposit", "deposit_rate": "2.5"} | {"code": "fee"}
    assert faults(WithDeposit, FEE | {"kind": "with-deposit", "deposit_rate": "0"})[0].startswith("deposit_rate")
    assert "deposit_rate" in TypeAdapter(annotation_of(WithDeposit)).json_schema()["properties"]


def test_the_schema_of_a_command_has_the_words_and_no_attribute_that_is_written_otherwise():
    schema = TypeAdapter(annotation_of(PublishTariff)).json_schema()

    definitions = {"PublishTariff": schema, **schema["$defs"]}
    words = {word for model in definitions.values() for word in model.get("properties", {})}
    assert {"vat", "from", "to", "price", "every", "in", "per", "option", "falls"} <= words
    assert not words & (
        WORDS.keys() - {"agreed_prices", "agreed_until"} | {"amount", "is_flat", "unit_price", "period"}
    )
    assert schema["required"] == ["code", "components"]
    assert (
        OneOff.__doc__ is not None
        and definitions["OneOff"]["description"] == OneOff.__doc__.replace("\n    ", "\n").strip()
    )


def test_a_change_keeps_what_is_left_out_apart_from_what_is_cleared():
    left_out = read_struct(ChangeCustomer, {"number": "1", "address": {"city": "Riga"}})
    assert left_out.changes == CustomerChanges(address=AddressChanges(city="Riga"))
    assert written(left_out) == {"number": "1", "address": {"city": "Riga"}}
    for nothing in ("", None):
        words = {"number": "1", "email": nothing, "legal_ids": {"VAT ID": nothing}}
        assert read_struct(ChangeCustomer, words).changes == CustomerChanges(email=None, legal_ids={"VAT ID": None})
    with pytest.raises(ValidationError, match="name"):
        read_struct(ChangeCustomer, {"number": "1", "name": None})
