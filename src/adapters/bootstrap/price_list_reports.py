"""What a price list brings compared with another version of it, as it is shown: all counted, the first ones named."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.usage.price_lists.comparison import Finding, compare
from billing_core.usage.price_lists.lists import PriceList

# Of each kind so many findings are shown.
MOST_FINDINGS = 1_000


class ComparisonReport(msgspec.Struct):
    """How many rows are the same, dearer and cheaper, and how many prefixes are new and gone.

    `counts` are the numbers of all findings by kind; the report shows the first findings.
    """

    same: int
    dearer: int
    cheaper: int
    new: int
    gone: int
    counts: dict[str, int]
    findings: list[Finding]


def compared(before: PriceList | None, after: PriceList, today: date, most_percent: Decimal) -> ComparisonReport:
    """What a list brings; a day before `today` counts as past."""
    said = compare(before, after, today, country_codes(), most_percent)
    shown: Counter[str] = Counter()
    findings = []
    for finding in said.findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= MOST_FINDINGS:
            findings.append(finding)
    return ComparisonReport(said.same, said.dearer, said.cheaper, said.new, said.gone, dict(shown), findings)


def country_codes() -> frozenset[str]:
    """The calling codes of all countries, without + before them."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))
