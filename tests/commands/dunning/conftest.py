from __future__ import annotations

import pytest

from tests.commands.dunning.debtors import Debtors
from tests.operators import Operator


@pytest.fixture
def debtors(operator: Operator) -> Debtors:
    return Debtors(operator)
