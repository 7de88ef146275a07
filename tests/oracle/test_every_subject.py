"""Whatever is sold and happens, the program charges what an independent count, day by day, comes to, to the cent.

The count knows the rules of charging from their texts, not from the program: it shares no code with it, keeps exact
fractions, and looks at each day of each period. Every explanation is read by an evaluator of its own and gives the
amount beside it.

`python -m tests.oracle 1000` tries a thousand scenarios of each subject.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.checking import check
from tests.oracle.subjects import SUBJECTS


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
@given(data=st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_charged_is_what_is_counted(subject: str, data: st.DataObject):
    check(data.draw(SUBJECTS[subject]()))
