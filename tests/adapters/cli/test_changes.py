"""Every change of a subscription on the command line, and how an account and the audit tell of it."""

from __future__ import annotations

from typing import Any

from tests.adapters.cli.conftest import Billing
from tests.commands.services.conftest import USER, fee, tariff, usage

HOME = tariff("home", fee("300.00"), fee("30.00", "tv", is_option=True), usage("data", "0.50"),
              parameters=(USER,))  # fmt: skip

ABOUT = ("account=2", "subscription=home")

# What is said of a subscription in its first months, in order.
CHANGES = [
    ["do", "activate-subscription", *ABOUT, "tariff=home", "on=2026-05-01", "quantity=2", "options=tv",
     "customer_class=staff", "parameters.user=anna"],
    ["do", "change-quantity", *ABOUT, "quantity=3", "on=2026-05-11"],
    ["do", "change-price", *ABOUT, "prices.fee=250", "until=2026-08-01", "on=2026-05-11"],
    ["do", "change-price", *ABOUT, "prices.tv=", "on=2026-05-12"],
    ["do", "drop-option", *ABOUT, "option=tv", "on=2026-05-20"],
    ["do", "add-option", *ABOUT, "option=tv", "on=2026-05-21"],
    ["do", "grant-discount", *ABOUT, "discount.code=loyal", "discount.on=fee, tv", "discount.percent=10",
     "discount.billed_periods=6",
     "on=2026-06-01"],
    ["do", "grant-discount", *ABOUT, "discount.code=gift", "discount.on=fee", "discount.price=5",
     "discount.to=2026-09-01", "on=2026-06-01"],
    ["do", "end-discount", *ABOUT, "code=gift", "on=2026-06-11"],
    ["do", "record-usage", *ABOUT, "component=data", "quantity=12.5", "on=2026-06-12"],
    ["do", "hold-subscription", *ABOUT, "on=2026-06-15", "until=2026-06-20"],
    ["do", "cancel-change", *ABOUT, "kind=hold", "on=2026-06-15", "reason=the journey was put off"],
    ["do", "hold-subscription", *ABOUT, "on=2026-07-01"],
    ["do", "resume-subscription", *ABOUT, "on=2026-07-08"],
    ["do", "change-billing-day", "account=2", "billing_day=15", "on=2026-09-01"],
    ["do", "move-subscription", *ABOUT, "to_account=3", "on=2026-10-01"],
]  # fmt: skip


def shown(billing: Billing, account: str, today: str) -> Any:
    billing("asof", "then", "--effective", today)
    found = billing("account", "show", account, "--asof", "then", "--json").json["subscriptions"]
    billing("asof", "drop", "then")
    return next(entry for entry in found if entry["code"] == "home")


def test_every_change_is_told_where_the_account_is_shown(opened: Billing):
    opened.publish(HOME)
    for arguments in CHANGES:
        assert opened(*arguments).code == 0, arguments

    told = " ".join(opened("account", "show", "2").output.split())
    for text in (
        "2026-05-01 activated on tariff home, quantity 2, option tv, prices for staff",
        "2026-05-11 quantity 3",
        "2026-05-11 other prices, fee agreed at 250 until 2026-08-01, exclusive",
        "2026-05-12 other prices, tv by the price list",
        "2026-05-20 option tv dropped 2026-05-21 option tv added",
        "2026-06-01 discount loyal of 10 % on fee, tv for 6 billed periods granted",
        "2026-06-01 discount gift of 5 a period on fee up to 2026-09-01, exclusive granted",
        "2026-06-11 discount gift ended 2026-07-01 on hold at the customer's request, 0 % of the fees are charged",
        "2026-07-08 resumed 2026-10-01 moved to account 3",
    ):
        assert text in told, text
    there = " ".join(opened("account", "show", "3").output.split())
    assert "2026-10-01 moved here on tariff home, quantity 3, option tv, discount loyal of 10 %" in there


def test_what_holds_on_a_day_is_shown(opened: Billing):
    opened.publish(HOME)
    for arguments in CHANGES:
        assert opened(*arguments).code == 0, arguments

    held = shown(opened, "2", "2026-07-03")
    assert held["status"] == "held"
    assert (held["terms"]["from_on"], held["terms"]["to_on"]) == ("2026-07-01", None)
    in_force = held["terms"]["in_force"]
    assert (in_force["quantity"], in_force["options"], in_force["percent"]) == ("3", ["tv"], "0")
    assert (in_force["agreed_prices"], in_force["agreed_until"]) == ({"fee": "250"}, {"fee": "2026-08-01"})
    assert [discount["code"] for discount in in_force["discounts"]] == ["loyal"]
    assert shown(opened, "2", "2026-10-02")["status"] == "moved"


def test_help_says_what_each_field_of_a_change_takes(empty_billing: Billing):
    told = " ".join(empty_billing("do", "grant-discount", "--help").output.split())
    assert "discount.on names with commas between them" in told
    assert "from_next_period true or false" in told
    assert "With `from_next_period` it is effective from the first day of the next period" in told
