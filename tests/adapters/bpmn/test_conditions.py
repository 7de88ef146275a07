"""Conditions and timers as modellers write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.bpmn.conditions import plain, read_condition
from adapters.bpmn.timers import Timer, read_timer
from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import is_true


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("approved", "approved"),
        ("${approved}", "approved"),
        ("#{approved}", "approved"),
        ("=approved", "approved"),
        ("= approved", "approved"),
        ("  ${ approved }  ", "approved"),
        ("${!approved}", "not approved"),
        ("${!(paid || late) && amount >= 10.50}", "not (paid or late) and amount >= 10.50"),
        ("${kind == 'move'}", "kind == 'move'"),
        ('=kind = "move"', 'kind == "move"'),
        ("kind <> 'a = b ! c'", "kind != 'a = b ! c'"),
        ("amount > 100", "amount > 100"),
        ("not(approved)", "not (approved)"),
        ('Service Level = "Premium"', 'service_level == "Premium"'),
        ("bpmn:getDataObject('clarified') = 'yes'", "clarified == 'yes'"),
        ('district in ("north", "east")', 'district in ("north", "east")'),
        ("true", "true"),
    ],
)
def test_the_wrappers_and_signs_of_modellers_become_an_expression(written, expected):
    assert plain(written) == expected
    assert plain(plain(written)) == expected
    read_condition(written)


@pytest.mark.parametrize(
    ("written", "facts", "holds"),
    [
        ("${amount > 100 && !paid}", {"amount": Decimal("100.01"), "paid": False}, True),
        ("${amount > 100 && !paid}", {"amount": Decimal(100), "paid": False}, False),
        ("${!paid == late}", {"paid": False, "late": True}, True),
        ('=Risk Class = "red" or risk = null', {"risk_class": "green"}, True),
    ],
)
def test_a_condition_holds_or_not(written, facts, holds):
    assert is_true(read_condition(written), facts) is holds


@pytest.mark.parametrize(
    "written",
    [
        "", "${}", "a b = c d = ", "__import__('os').system('x')", "open('x')", "[x for x in y]", "lambda: 1", "a := 1",
        "a[0]", "f'{a}'", "a if", "some r in risks satisfies r", "every r in risks satisfies r", "if a then b else c",
        "x between 1 and 2", "execution.getVariable('a')", "count(items) > 1", "a; b", "'unfinished", "a" * 2000,
        "1 ** 9", "~a",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(written):
    with pytest.raises(InvalidValue):
        read_condition(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("PT2H", Timer("PT2H")),
        ("P1Y2M3DT4H5M6.5S", Timer("P1Y2M3DT4H5M6.5S")),
        ("P2W", Timer("P2W")),
        ("2026-03-01", Timer("2026-03-01")),
        ("2026-03-01T10:00:00Z", Timer("2026-03-01T10:00:00Z")),
        ("R6/P1D", Timer("P1D", 6)),
        ("R/PT1H", Timer("PT1H", 0)),
        ("${within}", Timer("${within}")),
    ],
)
def test_a_timer_is_read(written, expected):
    assert read_timer(written) == expected


@pytest.mark.parametrize(
    "written", ["P", "PT", "R3", "R3/2026-01-01/P1D", "R3/P", "2026-13-01", "0 9 * * 1", "tomorrow at 9"]
)
def test_what_is_no_timer_is_refused(written):
    with pytest.raises(InvalidValue):
        read_timer(written)
