"""What a price list brings: compared with the version before it, by what a number costs and not by how it is written.

Decides what is worth a look before a list is published. Whether a list is sound is decided in `checks`.

- A prefix that is *new* or *gone* says what its numbers cost without it: the price of the longest prefix above it.
- A *jump* is a price that changes by more than a percentage; from or to nothing always jumps.
- Other *steps* change what a short call costs, however low the price stays.
- A destination is *lost* if no row names it any more.
- A *gap* is a country's calling code that some longer prefixes price in part, so that its other numbers cost nothing
  that is known.
- A row is *needless* if the longest prefix above it says the same.

Worked example, jumps above 20 %, per minute

    before  49 Germany 0.02    4915 Germany mobile 0.10    4916 Germany mobile 0.10
    after   49 Germany 0.02    4915 Germany mobile 0.13    44 United Kingdom 0.02      447 United Kingdom 0.02

    jump     4915  0.10 -> 0.13, 30 %          4916  0.10 -> 0.02, -80 %
    gone     4916, then priced as 49           new   44 and 447, not priced before        needless  447
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from billing_core.usage.price_lists.lists import (
    DestinationPrice,
    PrefixTable,
    PriceList,
    longest_prefix,
    prefix_table,
)

FindingKind = Literal["jump", "steps", "lost", "gap", "gone", "new", "needless", "past", "terms"]
USUAL_JUMP = Decimal(20)
HUNDRED = Decimal(100)


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something worth a look: of which kind, at which prefix or destination, and what it is."""

    kind: FindingKind
    prefix: str
    destination: str
    detail: str


class Comparison(msgspec.Struct, frozen=True):
    """What a list brings: how many rows are the same, dearer, cheaper, new and gone, with all findings by prefix."""

    rows: int
    same: int
    dearer: int
    cheaper: int
    new: int
    gone: int
    findings: tuple[Finding, ...]

    def of_kind(self, kind: FindingKind) -> list[Finding]:
        """The findings of one kind."""
        return [each for each in self.findings if each.kind == kind]


class _Pair(NamedTuple):
    """What the numbers of a prefix cost before and after."""

    prefix: str
    before: DestinationPrice | None
    after: DestinationPrice | None


# --- decisions


def compare(
    before: PriceList | None, after: PriceList, today: date, country_codes: Collection[str],
    most_percent: Decimal = USUAL_JUMP,
) -> Comparison:  # fmt: skip
    """All that a list brings compared with the version before it, if there is one."""
    pairs = list(_pairs(before.rows if before else (), after.rows))
    changes = [_direction(pair) for pair in pairs]
    old = {(row.prefix, row.is_special) for row in before.rows} if before else set()
    kept = {(row.prefix, row.is_special) for row in after.rows}
    findings = [*_of_terms(before, after, today), *_gaps(after, country_codes), *_needless(after)]
    if before is not None:
        findings += _lost(before, after)
        findings += (finding for pair in pairs for finding in _findings(pair, before, after, most_percent))
    return Comparison(
        rows=len(after.rows),
        same=changes.count("same"),
        dearer=changes.count("dearer"),
        cheaper=changes.count("cheaper"),
        new=len(kept - old),
        gone=len(old - kept),
        findings=tuple(sorted(findings, key=lambda each: (each.kind, each.prefix))),
    )


# --- prices of a prefix


def _pairs(before: Sequence[DestinationPrice], after: Sequence[DestinationPrice]) -> Iterator[_Pair]:
    """Each prefix of one list or the other, with the rows that price it in both."""
    old, new = prefix_table(before), prefix_table(after)
    for prefix in sorted(old.special.keys() | new.special.keys()):
        yield _Pair(prefix, old.special.get(prefix), new.special.get(prefix))
    for prefix in sorted(old.by_prefix.keys() | new.by_prefix.keys()):
        yield _Pair(prefix, _priced(prefix, old), _priced(prefix, new))


def _priced(prefix: str, table: PrefixTable) -> DestinationPrice | None:
    return table.by_prefix.get(prefix) or longest_prefix(prefix, table)


def _amounts(row: DestinationPrice) -> tuple[Decimal | None, ...]:
    """All that a row charges, in one order: prices by band, connection, minimum, maximum."""
    return (*row.prices, row.connection, row.minimum, row.maximum)


def _cost(row: DestinationPrice) -> tuple[object, ...]:
    return row.prices, row.connection, row.minimum, row.maximum, row.first, row.next


def _direction(pair: _Pair) -> str:
    """Dearer if any amount or step rises, cheaper if some fall and none rises; a prefix that is new or gone is none."""
    if pair.before is None or pair.after is None:
        return "other"
    if _cost(pair.before) == _cost(pair.after):
        return "same"
    old, new = _weights(pair.before), _weights(pair.after)
    return "dearer" if any(a < b for a, b in zip(old, new, strict=False)) else "cheaper"


def _weights(row: DestinationPrice) -> list[Decimal]:
    """The amounts and steps of a row; without a maximum a record may cost any amount, without a price nothing."""
    maximum = row.maximum if row.maximum is not None else Decimal("Infinity")
    prices = [price if price is not None else Decimal(0) for price in row.prices]
    return [*prices, row.connection, row.minimum, maximum, Decimal(row.first), Decimal(row.next)]


# --- findings


def _findings(pair: _Pair, before: PriceList, after: PriceList, most_percent: Decimal) -> Iterator[Finding]:
    old = pair.before if pair.before is not None and _is_own(pair.prefix, pair.before) else None
    new = pair.after if pair.after is not None and _is_own(pair.prefix, pair.after) else None
    if old is None and new is not None:
        yield Finding("new", pair.prefix, new.destination, _without(pair.before, "before"))
    if new is None and old is not None:
        yield Finding("gone", pair.prefix, old.destination, _without(pair.after, "now"))
    if pair.before is not None and pair.after is not None:
        yield from _jumps(pair.prefix, pair.before, pair.after, _names(after), most_percent)
        if (steps := _steps(pair.after)) != (steps_before := _steps(pair.before)):
            yield Finding("steps", pair.prefix, pair.after.destination, f"{steps_before} -> {steps}")


def _is_own(prefix: str, row: DestinationPrice) -> bool:
    return row.prefix == prefix


def _without(row: DestinationPrice | None, when: str) -> str:
    if row is None:
        return f"not priced {when}"
    return f"priced {when} as {row.prefix or 'every other number'} ({row.destination})"


def _steps(row: DestinationPrice) -> str:
    return f"{row.first}/{row.next}"


def _names(price_list: PriceList) -> tuple[str, ...]:
    bands = price_list.terms.bands
    prices = ["price"] if len(bands) == 1 else [f"price of {band.code}" for band in bands]
    return (*prices, "connection", "minimum", "maximum")


def _jumps(
    prefix: str, before: DestinationPrice, after: DestinationPrice, names: Sequence[str], most_percent: Decimal
) -> Iterator[Finding]:
    """The amounts that change by more than the percentage, in one finding for the prefix."""
    jumps = []
    for name, old, new in zip(names, _amounts(before), _amounts(after), strict=False):
        if old == new:
            continue
        if not old or not new:
            jumps.append(f"{name} {_shown(old)} -> {_shown(new)}")
        elif abs(percent := (new - old) * HUNDRED / old) > most_percent:
            jumps.append(f"{name} {_shown(old)} -> {_shown(new)}, {percent.quantize(Decimal(1)):+f} %")
    if jumps:
        yield Finding("jump", prefix, after.destination, "; ".join(jumps))


def _shown(amount: Decimal | None) -> str:
    return "none" if amount is None else f"{amount:f}"


def _lost(before: PriceList, after: PriceList) -> Iterator[Finding]:
    """The destinations that no row names any more, each with its first prefix."""
    left = {row.destination for row in after.rows}
    for destination, prefix in {row.destination: row.prefix for row in reversed(before.rows)}.items():
        if destination not in left:
            yield Finding("lost", prefix, destination, "no row names this destination any more")


def _needless(after: PriceList) -> Iterator[Finding]:
    """The rows that say what the longest prefix above them says."""
    table = prefix_table(after.rows)
    for prefix, row in table.by_prefix.items():
        above = longest_prefix(prefix[:-1], table) if prefix else None
        if above is not None and (_cost(above), above.destination) == (_cost(row), row.destination):
            yield Finding("needless", prefix, row.destination, f"says what {above.prefix or 'every other number'} says")


def _gaps(after: PriceList, country_codes: Collection[str]) -> Iterator[Finding]:
    """The calling codes that are priced in part: 4915 and 4916 alone are 2 of 100 parts of 49."""
    if after.terms.measure != "seconds":
        return
    table = prefix_table(after.rows)
    roots: dict[str, list[str]] = {}
    for prefix in table.by_prefix:
        code = next((prefix[:length] for length in (1, 2, 3) if prefix[:length] in country_codes), "")
        if code and longest_prefix(prefix[:-1], table) is None:
            roots.setdefault(code, []).append(prefix)
    for code, prefixes in roots.items():
        share = sum((Fraction(1, 10 ** (len(prefix) - len(code))) for prefix in prefixes), Fraction(0))
        if share < 1:
            first = table.by_prefix[min(prefixes)]
            priced = f"{len(prefixes)} prefixes price {_percent(share)} % of its numbers; the others have no price"
            yield Finding("gap", code, first.destination, priced)


def _percent(share: Fraction) -> str:
    """Cut and not rounded, since what is nearly all is not all: 999/1000 is 99."""
    return str(share * 100 // 1) if share >= Fraction(1, 100) else "less than 1"


def _of_terms(before: PriceList | None, after: PriceList, today: date) -> Iterator[Finding]:
    """Days that have passed, and terms that are not those of the version before."""
    if after.valid_from_on < today:
        yield Finding("past", "", "", f"holds from {after.valid_from_on}, which has passed: usage since then may be "
                      "rated again")  # fmt: skip
    if before is None:
        return
    for field in after.terms.__struct_fields__:
        old, new = getattr(before.terms, field), getattr(after.terms, field)
        if old != new:
            yield Finding("terms", "", "", f"{field} is {_said(new)}, was {_said(old)}")


def _said(value: object) -> str:
    return ", ".join(band.code for band in value) if isinstance(value, tuple) else repr(value)
