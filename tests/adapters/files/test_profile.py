"""An operator writes a profile for its own file; what is wrong in it is named with its place."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files import profile as profile_module
from adapters.files.profile import Profile
from adapters.files.profile_files import load_profile, shipped_profiles
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from commands.catalogue import PublishTariff
from commands.parties import RegisterSeller

SMALLEST = """
name: smallest
columns:
  Nr: [customer.number, account.number, subscription.code]
  Name: customer.name
  Since: subscription.activated_on
constants:
  account.seller: north
  account.currency: EUR
  subscription.tariff: tv
"""

WriteFile = Callable[..., Path]


def refused(path: Path) -> str:
    with pytest.raises(BillingError) as refusal:
        load_profile(str(path))
    return str(refusal.value)


def test_the_profile_of_the_documentation_can_be_used(write_file: WriteFile):
    assert profile_module.__doc__ is not None
    _, _, indented, _ = profile_module.__doc__.split("\n\n", maxsplit=3)

    profile = load_profile(str(write_file(textwrap.dedent(indented), name="north.yaml")))

    assert profile.name == "north-cable"
    assert list(profile.used_columns) == ["Nr", "Email", "Fee", "Kind", "First name", "Last name", "Months", "Left"]
    assert list(profile.known_columns) == [*profile.used_columns, "Notes"]


def test_the_setup_is_the_seller_and_then_the_tariffs(profile: Profile):
    seller, tariff = profile.setup_commands

    assert isinstance(seller, RegisterSeller) and seller.seller.code == "north"
    assert isinstance(tariff, PublishTariff) and tariff.tariff.components[0].prices[0].amount == Decimal("9.90")


def test_a_profile_without_setup_needs_nothing_made(write_file: WriteFile):
    assert load_profile(str(write_file(SMALLEST, name="smallest.yaml"))).setup_commands == ()


def test_values_are_taken_as_written(write_file: WriteFile):
    text = (
        SMALLEST + "  account.number: 007\n  customer.custom_fields.fee: 79.90\n  customer.custom_fields.paper: Yes\n"
    )
    text = text.replace("[customer.number, account.number, subscription.code]", "[customer.number, subscription.code]")

    constants = load_profile(str(write_file(text, name="written.yaml"))).constants

    assert constants["account.number"] == "007"
    assert constants["customer.custom_fields.fee"] == "79.90"
    assert constants["customer.custom_fields.paper"] == "Yes"


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_profile_that_comes_with_the_program_is_found_by_its_name(name: str):
    assert load_profile(name).name == name


def test_there_is_a_profile_for_the_telephone_operator():
    assert "telco-customers" in shipped_profiles()


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="profile 'telko': no such profile; use one of telco-customers"):
        load_profile("telko")


def test_a_path_that_is_not_there(tmp_path: Path):
    with pytest.raises(NotFound, match=r"gone\.yaml': cannot be read: No such file"):
        load_profile(str(tmp_path / "gone.yaml"))


@pytest.mark.parametrize(
    ("instead_of", "written", "expected"),
    [
        (
            "customer.name",
            "customer.nam",
            "columns.Name 'customer.nam': customer has no field 'nam'; it has number",
        ),
        ("customer.name", "customer.address", "columns.Name 'customer.address': address is a group of fields"),
        ("customer.name", "customer.custom_fields", "custom_fields holds named values; add a name"),
        ("customer.name", "customer.name.first", "name is a single value, without a field 'first'"),
        ("customer.name", "[]", "columns.Name.to: "),
        (
            "customer.name",
            "{to: customer.name, value: {A: b}}",
            "columns.Name.value: is not known here; did you mean values? (known: to, values)",
        ),
        (
            "account.seller: north",
            "account.sellr: north",
            "constants.account.sellr 'account.sellr': account has no field",
        ),
        ("Name: customer.name", "Name: customer.email", "nothing fills the field customer.name"),
        ("Name: customer.name", "Name: [customer.name, customer.number]", "customer.number is filled twice"),
        ("Name: customer.name", "Name: customer.name\n  Name: customer.email", "'Name' stands twice"),
        ("account.currency: EUR", "account.currency: EUR\n  account.billing_day: first", "account.billing_day 'first'"),
        ("columns:", "column:", "column: is not known here; did you mean columns? (known: name,"),
        ("columns:", "encoding: utf-9\ncolumns:", "encoding 'utf-9': is not an encoding"),
        ("columns:", "delimiter: ';;'\ncolumns:", "delimiter ';;': "),
        ("columns:", "ignore: [Name]\ncolumns:", "ignore: the column Name is used"),
        (
            "columns:",
            "texts: {customer.email: none}\ncolumns:",
            "texts.customer.email 'none': names no column in braces",
        ),
        ("columns:", "texts: {customer.email: '{Name'}\ncolumns:", "texts.customer.email '{Name': names no column"),
        ("columns:", "texts: {customer.email: '{Nr}}'}\ncolumns:", "has a brace without its other half"),
        ("columns:", "dates: {customer.email: {months_before: 2026-11-01, column: Age}}\ncolumns:", "is not a date"),
        (
            "columns:",
            "dates: {subscription.terminated_on: {months_before: 2026-11-31, column: Age}}\ncolumns:",
            "dates.subscription.terminated_on.months_before '2026-11-31': ",
        ),
        (
            "columns:",
            "dates: {subscription.terminated_on: {on: 2026-11-01, column: Age}}\ncolumns:",
            "dates.subscription.terminated_on: is either {months_before: DATE, column: NAME} or",
        ),
        (
            "columns:",
            "setup: {tariffs: [{code: tv, name: TV, currency: EUR, components: [], price: 3}]}\ncolumns:",
            "line 3, setup.tariffs[0].price",
        ),
        ("columns:", "columns: [", "is not well-formed YAML or JSON: "),
    ],
)
def test_a_fault_in_a_profile_is_named_with_its_place(
    write_file: WriteFile, instead_of: str, written: str, expected: str
):
    assert instead_of in SMALLEST

    message = refused(write_file(SMALLEST.replace(instead_of, written, 1), name="faulty.yaml"))

    assert "faulty.yaml: " in message
    assert expected in message


def test_every_fault_of_a_profile_is_told_at_once(write_file: WriteFile):
    text = SMALLEST.replace("customer.name", "customer.nam").replace("account.seller", "account.sellr")

    message = refused(write_file(text, name="faulty.yaml"))

    assert "customer.nam" in message and "account.sellr" in message


def test_a_profile_that_is_no_text_at_all(tmp_path: Path):
    path = tmp_path / "photo.yaml"
    path.write_bytes(b"\xff\xd8\xff")

    with pytest.raises(InvalidValue, match="is not text in UTF-8"):
        load_profile(str(path))
