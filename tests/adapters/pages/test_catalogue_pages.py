"""The catalogue: its tree, a tariff with its price lists, a price list drafted, tried and published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from billing_core.catalogue.products import Product
from commands.catalogue import DefineProduct
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.filling import filled
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_jobs import work
from tests.operators import Operator

REVISE = "/catalogue/tariffs/net/revise"
NEXT_YEAR = date(datetime.now(UTC).year + 1, 1, 1)


def draft(client: Any, **typed: Any) -> dict[str, Any]:
    """The draft of the price list `net` as it is sent, its fee at 22.00 from next year on unless said."""
    fields = form_fields(client.get(REVISE).text)
    return fields | {"from": NEXT_YEAR.isoformat(), "keep": ["fee"], "price.fee": "22.00"} | typed


def test_tariffs_hang_on_the_tree_of_products(signed_in: SignedIn, operator: Operator):
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")))
    operator.tell(DefineProduct(product=Product(code="home", name="At home", parent="internet")))
    operator.publish("fast", "30.00", product="home")
    clerk = signed_in("eva", "support")
    tree = clerk.get("/catalogue").text
    assert tree.index("Internet") < tree.index("At home") < tree.index("Fast") < tree.index("Tariffs of no product")
    assert "New tariff" not in tree
    tariff = clerk.get("/catalogue/tariffs/net").text
    assert "Monthly fee" in tariff and "20.00" in tariff and "In force" in tariff and "New price list" not in tariff


def test_a_draft_is_tried_on_a_customer(signed_in: SignedIn, operator: Operator):
    """20.00 and 20 % VAT are 24.00 a month, 22.00 are 26.40: 2.40 more for each of the twelve months from then on."""
    operator.subscriber()
    boss = signed_in("hana", "administrator")
    shown = boss.post(REVISE, data=draft(boss, account="A0001", do="show"), headers=FROM_HERE)
    assert shown.status_code == 200, shown.text
    assert shown.text.count("+2.40") == 12 and "+28.80" in shown.text and "26.40" in shown.text
    unknown = boss.post(REVISE, data=draft(boss, account="nobody", do="show"), headers=FROM_HERE)
    assert unknown.status_code == 422 and "nobody" in unknown.text and 'value="22.00"' in unknown.text
    wrong = boss.post(REVISE, data=draft(boss, **{"price.fee": "dear", "do": "effect"}), headers=FROM_HERE)
    assert wrong.status_code == 422 and 'value="dear"' in wrong.text


def test_prices_are_published_after_their_effect_was_shown(signed_in: SignedIn, operator: Operator):
    operator.subscribers(3)
    boss = signed_in("hana", "administrator")
    added = {"added.0.code": "box", "added.0.kind": "recurring", "added.0.price": "1,50", "added.0.vat": "20"}
    started = boss.post(REVISE, data=draft(boss, do="effect", **added), headers=FROM_HERE)
    assert started.status_code == 303, started.text
    address = started.headers["location"]
    work(operator)

    effect = boss.get(address).text
    # Three subscriptions at 2.00 more and a box at 1.50: 10.50 a month, 126.00 a year.
    assert "+10.50 EUR" in effect and "+126.00 EUR" in effect
    assert "3 over 10 percent more" in effect and "+17.5" in effect
    assert "box is new" in effect and "fee 20.00 to 22.00" in effect
    again = boss.get(f"{REVISE}?change={address.rpartition('/')[2]}").text
    assert 'value="22.00"' in again and 'value="1.50"' in again

    published = boss.post(f"{address}/publish", data=form_fields(effect), headers=FROM_HERE)
    work(operator)
    assert "The price list holds from" in boss.get(published.headers["location"]).text
    tariff = boss.get("/catalogue/tariffs/net").text
    assert "Announced" in tariff and "22.00" in tariff and "box" in tariff


def test_who_may_not_change_prices_sees_no_editor(signed_in: SignedIn):
    clerk = signed_in("eva", "support")
    assert clerk.get(REVISE).status_code == 403
    token = form_fields(clerk.get("/profile").text)["_form"]
    assert clerk.post(REVISE, data={"_form": token, "do": "effect"}, headers=FROM_HERE).status_code == 403


def test_a_tariff_is_published_with_its_rows(signed_in: SignedIn):
    boss = signed_in("hana", "administrator")
    rows = {"components.0.code": "fee", "components.0.name": "Fee", "components.0.kind": "recurring",
            "components.0.price": "9,90", "components.0.vat": "20", "components.2.code": "start",
            "components.2.kind": "one-off", "components.2.price": "x", "components.2.vat": "20"}  # fmt: skip
    new = form_fields(boss.get("/catalogue/tariffs/new").text) | {"code": "tv", "name": "TV", "currency": "EUR"} | rows
    refused = boss.post("/catalogue/tariffs/new", data=new, headers=FROM_HERE)
    assert refused.status_code == 422 and 'name="components.1.code" value="start"' in refused.text
    done = boss.post("/catalogue/tariffs/new", data=new | {"components.2.price": "5"}, headers=FROM_HERE)
    assert (done.status_code, done.headers["location"]) == (303, "/catalogue/tariffs/tv"), done.text
    page = boss.get("/catalogue/tariffs/tv").text
    assert "9.90" in page and "start" in page
    closing = form_fields(boss.get("/catalogue/tariffs/tv/close").text)
    assert boss.post("/catalogue/tariffs/tv/close", data=closing, headers=FROM_HERE).status_code == 303
    assert "Closed from" in boss.get("/catalogue/tariffs/tv").text


def test_currency_and_vat_rate_that_most_tariffs_have_are_filled_in(signed_in: SignedIn, operator: Operator):
    operator.publish("fast", "30.00")
    account = operator.subscriber()
    operator.application.runner.catch_up()
    boss = signed_in("hana", "administrator")
    new = filled(boss.get("/catalogue/tariffs/new").text)
    assert new["currency"] == ["EUR"] and new["components.0.vat"] == ["20"] and new["components.1.vat"] == [""]
    for path in ("charges/new", "goodwill"):
        assert filled(boss.get(f"/accounts/{account}/{path}").text)["vat"] == ["20"]
