"""Batches of letters, and what stands on the envelope."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.outreach.letters import apply_letters, draw_up, postal_address, reference_of
from billing_core.parties.versions import PartyVersion

ON, NORTH = date(2026, 3, 2), PartyVersion("north", 3)


def test_the_worked_example():
    (first,) = draw_up(None, NORTH, 3, ON)
    last = apply_letters(None, first)
    assert (last, draw_up(last, NORTH, 0, ON)) == (1, [])
    (second,) = draw_up(last, NORTH, 2, ON)
    assert (second.batch, reference_of("north", second.batch)) == (2, "letters north 2")


@pytest.mark.parametrize(
    ("lines", "country", "home", "envelope"),
    [
        (("Pier 1", "1010 Riga", "LV"), "LV", "LV", "Anna\nPier 1\n1010 Riga"),
        (("Pier 1", "1010 Riga", "LV"), "LV", "CZ", "Anna\nPier 1\n1010 Riga\nLV"),
        (("Pier 1",), "", "LV", "Anna\nPier 1"), (("LV",), "LV", "LV", ""), (("LV",), "LV", "CZ", ""),
        ((), "", "", ""),
    ],
)  # fmt: skip
def test_an_envelope_needs_a_line_of_address_and_the_country_only_abroad(
    lines: tuple[str, ...], country: str, home: str, envelope: str
):
    assert postal_address("Anna", lines, country, home) == envelope
