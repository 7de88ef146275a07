"""`billing price-change`: what a clerk sees before and after prices are changed."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing

DEARER = "price_changes: [{tariff: net, from: 2026-03-16, prices: {fee: 25}}]"


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_effect_is_shown_and_nothing_is_written(billed: Billing):
    """Every one of the three agreed a price, so nobody follows the list."""
    file = billed.file("prices.yaml", DEARER)
    with billed.nothing_written():
        ended = billed("price-change", file)

    assert ended.code == 0
    shown = lines(ended.output)
    assert shown[0].startswith("Would change, for the customers of ")
    assert shown[1] == "net from 2026-03-16: fee 19.90 to 25"
    assert shown[3] == "net 0 0 3 0.00 EUR 0.00 EUR"
    assert "Keep an agreed price" in shown
    assert "1 main net fee 20 always" in [line.replace("20.00", "20") for line in shown]


def test_a_schedule_publishes_once(billed: Billing):
    file = billed.file("prices.yaml", DEARER)

    first, second = billed("price-change", file, "--schedule"), billed("price-change", file, "--schedule", "--json")

    assert (first.code, lines(first.output)) == (0, ["Scheduled: net"])
    assert second.json["scheduled"] == {"tariffs": ["net"], "accounts": 0, "subscriptions": 0, "is_repetition": True}
    assert "revised from 2026-03-16" in billed("catalogue", "show").output


def test_a_change_that_cannot_be_is_refused_with_its_place(billed: Billing):
    ended = billed("price-change", billed.file("prices.yaml", DEARER.replace("fee", "rent")))

    assert ended.code == 1
    told = " ".join(ended.errors.split())
    assert "prices.yaml': line 1, price_changes[0]: tariff net, component rent: is none of its components, fee" in told
