"""Which customers does a text find, and by what of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from billing_core.parties.customers import Customer
from projections.custom_fields import values_found
from projections.customer_search import digits_in, spelt_words_in, wanted, words_in, words_of_text
from projections.dealers import customers_of
from projections.platform.projection import Cursor
from projections.search.hit import BEGINS, IS_IT, NEARLY, Hit, Sought

LEAST_DIGITS = 5


def customers_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Customers by what is known of them and by their searchable fields, those without a slip first."""
    found = _by_details(cursor, sought)
    known = {hit.number for hit in found}
    return [*found, *(hit for hit in _by_fields(cursor, sought) if hit.number not in known)]


def _by_details(cursor: Cursor, sought: Sought) -> list[Hit]:
    asked = wanted(sought.text)
    if asked is None:
        return []
    rows = cursor.execute(
        f"""SELECT details, forgotten_on IS NOT NULL, {asked.slips} FROM customers
            WHERE ({asked.condition}) AND {customers_of("number", sought.dealer)}
            ORDER BY {asked.slips}, number LIMIT %(most)s""",
        asked.parameters | sought.parameters(),
    )
    return [
        _hit(msgspec.json.decode(details, type=Customer), sought, slips, is_forgotten=is_forgotten)
        for details, is_forgotten, slips in rows.fetchall()
    ]


def _by_fields(cursor: Cursor, sought: Sought) -> list[Hit]:
    values = {
        value.number: value for value in values_found(cursor, "customer", sought.text, sought.most, sought.dealer)
    }
    names = names_of(cursor, list(values))
    return [
        Hit(kind="customer", number=number, title=name, matched=f"custom_fields.{values[number].code}",
            value=values[number].value, rank=sought.rank(values[number].value), customer=number)
        for number, name in names.items()
    ]  # fmt: skip


def _hit(customer: Customer, sought: Sought, slips: int, *, is_forgotten: bool) -> Hit:
    matched, value = _matched(customer, sought.text)
    is_it = sought.rank(value) == IS_IT or words_in(value) == words_in(sought.text)
    return Hit(
        kind="customer", number=customer.number, title=customer.name, matched=matched, value=value,
        rank=NEARLY if slips else IS_IT if is_it else BEGINS, customer=customer.number,
        state="forgotten" if is_forgotten else "",
    )  # fmt: skip


def _matched(customer: Customer, text: str) -> tuple[str, str]:
    """The first detail that has all words of a text, else the first that has one of them, else the name."""
    words = spelt_words_in(text)
    some = "", ""
    for matched, value in _details(customer):
        known = words_of_text(value)
        has = [any(f" {spelling}" in known for spelling in word) for word in words]
        if all(has) or _ends_like(value, text):
            return matched, value
        if any(has) and not some[0]:
            some = matched, value
    return some if some[0] else ("name", customer.name)


def _details(customer: Customer) -> Iterator[tuple[str, str]]:
    yield "number", customer.number
    yield "name", customer.name
    yield "email", customer.email or ""
    yield "phone", customer.phone or ""
    yield "address", ", ".join(customer.address.lines())
    yield from customer.legal_ids.items()


def _ends_like(value: str, text: str) -> bool:
    digits = digits_in(text).lstrip("0")
    return len(digits) >= LEAST_DIGITS and digits_in(value).endswith(digits)


def names_of(cursor: Cursor, numbers: Sequence[str]) -> dict[str, str]:
    """The names of customers by number."""
    rows = cursor.execute("SELECT number, name FROM customers WHERE number = ANY(%s)", (list(numbers),))
    return dict(rows.fetchall())
