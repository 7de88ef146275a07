"""The world of the tests of cards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.cards.cashing import Cashing, cashing_with
from tests.operators import Operator


@pytest.fixture
def cashing(operator: Operator) -> Iterator[Cashing]:
    """An operator whose customers pay by card, with the simulator of a gateway."""
    with cashing_with(operator) as found:
        yield found
