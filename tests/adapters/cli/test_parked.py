"""`billing parked`: the list, one account explained, and billing again."""

from __future__ import annotations

import pytest

from tests.adapters.cli.conftest import Billing

OLD = """
code: old
name: Old
currency: EUR
components:
  - {code: fee, name: Fee, kind: recurring, vat: 0,
     prices: [{price: 5, from: 2020-01-01, to: 2026-02-01}]}
"""


@pytest.fixture
def stuck(billing: Billing) -> Billing:
    """Accounts 1 and 2 have a second subscription without a price from February on; February's run parked them."""
    assert billing.bring_in().code == 0
    assert billing("do", "publish-tariff", "--file", "-", given=OLD).code == 0
    for account in ("1", "2"):
        activated = billing(
            "do", "activate-subscription", f"account={account}", "subscription=old", "tariff=old", "on=2026-01-01"
        )
        assert activated.code == 0, activated.errors
    billing.bill_on("2026-01-01", "2026-02-01")
    return billing


def mend(billing: Billing, account: str) -> None:
    ended = billing(
        "do", "terminate-subscription", "reason=moves away", f"account={account}", "subscription=old", "on=2026-02-01"
    )
    assert ended.code == 0, ended.errors


def test_the_list_says_why_since_when_and_which_subscription(stuck: Billing):
    shown = stuck("parked", "--json").json

    assert shown["more"] == 0
    assert [(row["number"], row["parked_on"], row["parked_subscription"]) for row in shown["accounts"]] == [
        ("1", "2026-02-01", "old"),
        ("2", "2026-02-01", "old"),
    ]
    assert shown["accounts"][0]["parked"].startswith("price-missing: ")
    text = stuck("parked").output
    assert "2026-02-01" in text and "old" in text and "tariff old has no price" in text
    first = stuck("parked", "--limit", "1", "--json").json
    assert ([row["number"] for row in first["accounts"]], first["more"]) == (["1"], 1)
    assert [row["number"] for row in stuck("parked", "--after", "1", "--json").json["accounts"]] == ["2"]


def test_one_account_is_explained_and_nothing_is_written(stuck: Billing):
    with stuck.nothing_written():
        shown = stuck("parked", "1", "--json").json
        text = stuck("parked", "1").output

    assert (shown["account"]["number"], shown["account"]["parked_on"]) == ("1", "2026-02-01")
    assert (shown["now"]["outcome"], shown["now"]["code"]) == ("parked", "price-missing")
    assert shown["now"]["subscription"] == "old" and "tariff" in shown["advice"]
    assert shown["events"][0]["event"] == "billing-parked"
    assert {"charges-posted", "invoice-issued"} <= {entry["event"] for entry in shown["events"]}
    assert "could not be billed since 2026-02-01, subscription old" in text
    assert "still stopped: subscription old, price-missing" in text
    assert "billing-parked" in text


def test_what_a_mended_account_would_be_billed_is_shown_before_it_is(stuck: Billing):
    mend(stuck, "1")

    with stuck.nothing_written():
        now = stuck("parked", "1", "--json").json["now"]
        text = stuck("parked", "1").output

    assert (now["outcome"], now["on"], now["totals"]["charges"], now["totals"]["invoices"]) == (
        "billed",
        "2026-02-01",
        1,
        1,
    )
    assert now["totals"]["charged"] == {"EUR": {"amount": "20.00", "currency": "EUR"}}
    assert "Billed now, up to and including 2026-02-01" in text and "20.00 EUR" in text


def test_all_are_billed_again_and_it_is_told_what_came_of_each(stuck: Billing):
    mend(stuck, "1")

    told = stuck("parked", "--retry")

    assert "billed: 1 charge, 1 invoice, 0 credit notes" in told.output
    assert "still parked, price-missing" in told.output
    assert "1 were billed or had nothing left to bill; 1 are still parked" in told.errors
    again = stuck("parked", "--retry", "--json").json["accounts"]
    assert [(entry["account"], entry["outcome"]) for entry in again] == [("2", "parked")]
    assert stuck("check").code == 0


def test_one_account_is_billed_again(stuck: Billing):
    mend(stuck, "2")
    (entry,) = stuck("parked", "2", "--retry", "--json").json["accounts"]
    assert (entry["account"], entry["outcome"], entry["subscription"]) == ("2", "billed", "old")
    assert [row["number"] for row in stuck("parked", "--json").json["accounts"]] == ["1"]
    assert "is not parked" in stuck("parked", "2", "--retry").output
    assert stuck("parked", "2").output.strip() == "Account 2 is not parked."


def test_an_account_that_does_not_exist_is_refused(billed: Billing):
    for command in (("parked", "9"), ("parked", "9", "--retry")):
        ended = billed(*command)
        assert ended.code == 1
        assert "no such account" in ended.complaint
    assert billed("parked").output.strip() == "No account is parked: all could be billed."
    assert billed("parked", "--retry").output.strip() == "No account is parked: all could be billed."
