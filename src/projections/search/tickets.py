"""Which tickets does a text find: by number, by words of the subject, by a searchable custom field?"""

from __future__ import annotations

from projections.custom_fields import values_found
from projections.customer_search import wanted
from projections.dealers import customers_of
from projections.platform.projection import Cursor
from projections.search.hit import BEGINS, IS_IT, Hit, Sought

# The newest, of which those that are open come first.
LOOKED_AT = 10
BY_SUBJECT = """
    SELECT number FROM (
        SELECT ticket FROM ticket_texts WHERE ({condition}) AND {of_dealer} ORDER BY sequence DESC LIMIT %(looked_at)s
    ) AS found JOIN tickets ON number = ticket ORDER BY state <> 'open', sequence DESC LIMIT %(most)s
"""
TICKETS = """
    SELECT number, subject, customer, account, state, opened_on FROM tickets
    WHERE number = ANY(%(numbers)s) AND {of_dealer} ORDER BY state <> 'open', sequence DESC
"""


def tickets_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Tickets, the one of the number first."""
    named = f"T-{sought.text.upper().removeprefix('T-').lstrip('0')}"
    matches = {
        value.number: (f"custom_fields.{value.code}", value.value)
        for value in values_found(cursor, "ticket", sought.text, sought.most, sought.dealer)
    }
    of_dealer = customers_of("customer", sought.dealer)
    by_subject = _by_subject(cursor, sought, of_dealer)
    rows = cursor.execute(
        TICKETS.format(of_dealer=of_dealer), {"numbers": [named, *by_subject, *matches], "dealer": sought.dealer}
    )
    hits = []
    for number, subject, customer, account, state, on in rows.fetchall():
        matched, value = matches.get(number, ("subject", subject))
        if number == named:
            matched, value = "number", number
        elif number in by_subject:
            matched, value = "subject", subject
        hits.append(
            Hit(kind="ticket", number=number, title=subject, matched=matched, value=value,
                rank=IS_IT if number == named else BEGINS, account=account, customer=customer,
                state=state, on=on)
        )  # fmt: skip
    return sorted(hits, key=lambda hit: hit.rank)


def _by_subject(cursor: Cursor, sought: Sought, of_dealer: str) -> list[str]:
    asked = wanted(sought.text)
    if asked is None:
        return []
    rows = cursor.execute(
        BY_SUBJECT.format(condition=asked.exact, of_dealer=of_dealer),
        asked.parameters | sought.parameters() | {"looked_at": LOOKED_AT * sought.most},
    )
    return [number for (number,) in rows.fetchall()]
