"""Heads of columns that sort a list, as a click does it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from playwright.sync_api import expect

from adapters.pages.lists import lists
from tests.adapters.http.test_sorting import ORDERS
from tests.adapters.pages.conftest import SignedIn, Visitor, serious_faults
from tests.operators import Operator

HEAD = re.compile(r'<th scope="col"[^>]*?(?: aria-sort="(\w+)")?><a class="sorts" href="([^"]+)">([^<]+?)\s*<')


def heads(page: str) -> dict[str, tuple[str, str]]:
    """The heads that sort: how the list is sorted by each, and where it leads."""
    return {head: (order, unescape(address)) for order, address, head in HEAD.findall(page)}


def test_every_word_of_a_head_is_one_of_its_query():
    words = {(each.query, word) for each in lists() for column in each.columns for word in column.sorts if word}
    assert {query for query, _ in words} == set(ORDERS)
    assert all(word in ORDERS[query] for query, word in words)


def test_a_head_sorts_and_turns_the_order_round_and_the_filter_stays(operator: Operator, signed_in: SignedIn) -> None:
    operator.subscribers(60)
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    order, address = heads(eva.get("/customers?source=").text)["Customer"]
    assert (order, address) == ("", "/customers?sort=name")
    page = eva.get(address).text
    assert heads(page)["Customer"] == ("ascending", "/customers?sort=-name")
    assert 'type="hidden" name="sort" value="name"' in page
    following = unescape(re.findall(r'href="(/customers\?[^"]*after=[^"]*)"', page)[0])
    assert "sort=name" in following and eva.get(following).text.count('data-label="Customer"') == 10
    falling = eva.get("/customers?sort=-name&form=csv").text.splitlines()
    assert falling[1].startswith("Customer A0060")
    assert eva.get("/customers?sort=colour").status_code == 422


def test_the_newest_are_first_until_another_order_is_chosen(operator: Operator, signed_in: SignedIn) -> None:
    operator.subscriber()
    operator.bill_each_due_date(date(2026, 2, 2))
    operator.application.runner.catch_up()
    found = heads(signed_in("eva", "clerk").get("/documents").text)
    assert found["Issued"][0] == "descending" and found["Due"] == ("", "/documents?sort=-due_on")


def test_a_list_is_sorted_by_keys(operator: Operator, visitor: Visitor) -> None:
    operator.subscribers(3)
    operator.application.runner.catch_up()
    page = visitor("eva", "clerk")
    page.goto("/customers?sort=name")
    page.get_by_role("link", name="Customer", exact=False).filter(has_text="▲").press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("A0003")
    assert serious_faults(page) == []
