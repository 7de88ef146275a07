"""Which services does a text find: by code, by user name, telephone number or card, by a searchable custom field?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from projections.custom_fields import values_found
from projections.customer_search import NUMBER, digits_in
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.search.hit import Hit, Sought, beginning_like

LEAST_DIGITS = 5
# What matched, its value, and the subscription.
Match = tuple[str, str, str, str]
CODES = "SELECT 'code', subscription, account, subscription FROM {found}"
# An identifier is the subscription's on the last of its accounts.
IDENTIFIERS = "SELECT 'identifier', identifier, account, subscription FROM {found}"
ENDING = """
    SELECT 'identifier', identifier, account, subscription FROM usage_identifiers
    WHERE reverse(identifier) >= %(ending)s AND reverse(identifier) < %(ending)s || %(last)s AND to_on IS NULL
        AND {of_dealer} LIMIT %(most)s
"""
SERVICES = """
    SELECT account, subscription, accounts.customer, tariff, status FROM subscriptions
    JOIN unnest(%(accounts)s::text[], %(codes)s::text[]) AS wanted (account, subscription) USING (account, subscription)
    JOIN accounts ON accounts.number = account WHERE {of_dealer}
"""


def services_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Subscriptions, each once."""
    matches: dict[tuple[str, str], tuple[str, str]] = {}
    for matched, value, account, code in _matches(cursor, sought):
        matches.setdefault((account, code), (matched, value))
    rows = cursor.execute(
        SERVICES.format(of_dealer=accounts_of("account", sought.dealer)),
        {"accounts": [account for account, _ in matches], "codes": [code for _, code in matches],
         "dealer": sought.dealer},
    )  # fmt: skip
    hits = [
        Hit(kind="service", number=code, title=tariff, matched=matches[account, code][0],
            value=matches[account, code][1], rank=sought.rank(matches[account, code][1]), account=account,
            customer=customer, state=status)
        for account, code, customer, tariff, status in rows.fetchall()
    ]  # fmt: skip
    return sorted(hits, key=lambda hit: (hit.rank, hit.account, hit.number))


def _matches(cursor: Cursor, sought: Sought) -> Iterator[Match]:
    of_dealer = accounts_of("account", sought.dealer)
    digits = digits_in(sought.text) if NUMBER.fullmatch(sought.text) else ""
    by_code = beginning_like("subscriptions", "subscription", of_dealer)
    yield from _asked(cursor, CODES.format(found=by_code), sought)
    by_identifier = beginning_like("usage_identifiers", "identifier", f"to_on IS NULL AND {of_dealer}")
    yield from _asked(cursor, IDENTIFIERS.format(found=by_identifier), sought, sought.text, digits)
    if len(digits) >= LEAST_DIGITS:
        parameters = sought.parameters() | {"ending": digits.lstrip("0")[::-1]}
        yield from cursor.execute(ENDING.format(of_dealer=of_dealer), parameters).fetchall()
    for value in values_found(cursor, "service", sought.text, sought.most, sought.dealer):
        account, _, code = value.number.partition("/")
        yield f"custom_fields.{value.code}", value.value, account, code


def _asked(cursor: Cursor, statement: str, sought: Sought, *texts: str) -> Sequence[Match]:
    found: Sequence[Match] = cursor.execute(statement, sought.parameters(*texts)).fetchall()
    return found
