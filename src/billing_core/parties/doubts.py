"""What of a party's details is likely mistyped: ids, the address of e-mail, the telephone number.

Nothing is refused here: records that are taken over from elsewhere are as they are, and a doubt is a warning, which
does not repeat the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from billing_core.kernel.field_rules import EMAIL
from billing_core.kernel.legal_ids import doubts
from billing_core.parties.customers import Customer
from billing_core.parties.sellers import Seller

# The shortest numbers of subscribers have so many digits; what has fewer is a remark or a slip.
FEWEST_DIGITS = 5


def doubts_of(party: Seller | Customer) -> Iterator[str]:
    """A warning for each detail that has not the form of what it should be.

    `anna@customer.example` is an address, `anna@@customer.example` is doubted; `+371 67000000` is a telephone number,
    `ask the neighbour` is doubted.
    """
    yield from doubts(party.legal_ids, party.address.country)
    if party.email and not EMAIL.fullmatch(party.email):
        yield "e-mail: is no address such as anna@customer.example; messages to it will not arrive"
    if party.phone and sum(each.isdigit() for each in party.phone) < FEWEST_DIGITS:
        yield f"phone: has fewer than {FEWEST_DIGITS} digits; nobody can be called at it"
