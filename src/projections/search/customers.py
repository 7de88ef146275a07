"""Which customers does a text find, and by what of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from billing_core.parties.customers import CustomerState
from projections.custom_fields import values_found
from projections.customer_search import EXACT, Wanted, digits_in, spelt_words_in, wanted, words_in, words_of_text
from projections.dealers import customers_of
from projections.parties.customers import decode_customer
from projections.platform.projection import Cursor
from projections.search.hit import BEGINS, IS_IT, NEARLY, Hit, Sought

LEAST_DIGITS = 5
# Those into which customers were merged, directly or through others.
KEPT = """
    WITH RECURSIVE kept (number, merged_into) AS (
        SELECT number, merged_into FROM customers WHERE number = ANY(%s) AND merged_into <> ''
        UNION SELECT kept.number, customers.merged_into FROM kept JOIN customers ON customers.number = kept.merged_into
        WHERE customers.merged_into <> '')
    SELECT kept.number, customers.number, customers.name
    FROM kept JOIN customers ON customers.number = kept.merged_into AND customers.merged_into = ''
"""


def customers_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Customers by what is known of them and by their searchable fields, those without a slip first.

    What finds a record that was merged into another customer finds that customer.
    """
    found = [*_by_details(cursor, sought), *_by_fields(cursor, sought)]
    kept = {number: into for number, *into in cursor.execute(KEPT, ([hit.number for hit in found],)).fetchall()}
    hits: dict[str, Hit] = {}
    for hit in found:
        number, name = kept.get(hit.number, (hit.number, hit.title))
        hits.setdefault(number, msgspec.structs.replace(hit, number=number, title=name, customer=number))
    return list(hits.values())


def _by_details(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Slips are forgiven if too few are found without one."""
    asked = wanted(sought.text)
    if asked is None:
        return []
    exact = _rows(cursor, sought, asked._replace(condition=asked.exact, slips=EXACT))
    rows = exact if len(exact) >= sought.most else _rows(cursor, sought, asked)
    return [_hit(decode_customer(state), sought, slips) for state, slips in rows]


def _rows(cursor: Cursor, sought: Sought, asked: Wanted) -> list[tuple[str, int]]:
    rows = cursor.execute(
        f"""SELECT state, {asked.slips} FROM customers
            WHERE ({asked.condition}) AND {customers_of("number", sought.dealer)}
            ORDER BY {asked.slips}, number LIMIT %(most)s""",
        asked.parameters | sought.parameters(),
    )
    return list(rows.fetchall())


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


def _hit(known: CustomerState, sought: Sought, slips: int) -> Hit:
    customer = known.customer
    matched, value = _matched(known, sought.text)
    is_it = sought.rank(value) == IS_IT or words_in(value) == words_in(sought.text)
    return Hit(
        kind="customer", number=customer.number, title=customer.name, matched=matched, value=value,
        rank=NEARLY if slips else IS_IT if is_it else BEGINS, customer=customer.number,
        state="forgotten" if known.forgotten_on else "",
    )  # fmt: skip


def _matched(known: CustomerState, text: str) -> tuple[str, str]:
    """The first detail that has all words of a text, else the first that has one of them, else the name."""
    words = spelt_words_in(text)
    some = "", ""
    for matched, value in _details(known):
        kept = words_of_text(value)
        has = [any(f" {spelling}" in kept for spelling in word) for word in words]
        if all(has) or _ends_like(value, text):
            return matched, value
        if any(has) and not some[0]:
            some = matched, value
    return some if some[0] else ("name", known.customer.name)


def _details(known: CustomerState) -> Iterator[tuple[str, str]]:
    customer = known.customer
    yield "number", customer.number
    yield "name", customer.name
    yield "email", customer.email or ""
    yield "phone", customer.phone or ""
    for address in (customer.address, customer.postal_address, customer.installation_address):
        yield "address", ", ".join(address.lines())
    yield from customer.legal_ids.items()
    yield "iban", customer.iban or ""
    for contact in known.contacts.values():
        yield from (("contact", text) for text in (contact.name, *contact.emails, *contact.phones))


def _ends_like(value: str, text: str) -> bool:
    digits = digits_in(text).lstrip("0")
    return len(digits) >= LEAST_DIGITS and digits_in(value).endswith(digits)


def names_of(cursor: Cursor, numbers: Sequence[str]) -> dict[str, str]:
    """The names of customers by number."""
    rows = cursor.execute("SELECT number, name FROM customers WHERE number = ANY(%s)", (list(numbers),))
    return dict(rows.fetchall())
