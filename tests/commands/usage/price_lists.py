"""Price lists for tests, published as the import of a file does."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.origins import origin_of_process
from adapters.files.ported_numbers import Porting
from billing_core.usage.price_lists.lists import PriceList
from billing_core.usage.price_lists.versions import ListedAs
from commands.usage.price_lists import Published
from tests.operators import Operator

TODAY = date(2026, 6, 1)
SALE = ListedAs()


def publish(operator: Operator, price_list: PriceList, today: date = TODAY, listed_as: ListedAs = SALE) -> Published:
    """Publish a list as the import of a file does."""
    return operator.application.price_lists.publish(price_list, listed_as, origin_of_process("clerk", today))


def publish_ported(operator: Operator, *portings: Porting, country: str = "CZ") -> Published:
    """Publish a table of ported numbers."""
    origin = origin_of_process("clerk", TODAY)
    return operator.application.price_lists.publish_ported(country, portings, origin)
