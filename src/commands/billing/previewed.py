"""A run that is confirmed as it was previewed: it is made only if it would still do the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money
from commands.billing.comparison import Comparison
from commands.billing.run_ports import RunTotals


class RunPreview(RunTotals):
    """The totals that a run would have, and by currency how its bills differ from the last ones of the accounts."""

    compared: dict[str, Comparison] = msgspec.field(default_factory=dict)


class OtherThanPreviewed(RuleViolation):
    """The run would do something else than was previewed."""

    code = "other-than-previewed"


def require_as_previewed(now: RunTotals, previewed: RunTotals) -> None:
    """The same documents and amounts as previewed, and the same accounts parked, else what is different."""
    differences = list(differences_of(now, previewed))
    if differences:
        raise OtherThanPreviewed(f"the run would no longer do what was previewed: {'; '.join(differences)}; nothing "
                                 "was done, preview it again", field="previewed")  # fmt: skip


def differences_of(now: RunTotals, previewed: RunTotals) -> Iterator[str]:
    """What two previews of a run differ in.

    >>> list(differences_of(RunTotals(bills=3, invoices=3), RunTotals(bills=2, invoices=2)))
    ['3 bills instead of 2', '3 invoices instead of 2']
    """
    for name in ("bills", "invoices", "credit_notes"):
        here, there = getattr(now, name), getattr(previewed, name)
        if here != there:
            yield f"{here:,} {name.replace('_', ' ')} instead of {there:,}"
    for name in ("charged", "invoiced", "credited"):
        here, there = _amounts(getattr(now, name)), _amounts(getattr(previewed, name))
        if here != there:
            yield f"{here} {name} instead of {there}"
    if parked := sorted(now.parked.keys() ^ previewed.parked.keys()):
        yield f"other accounts are parked: {', '.join(parked[:10])}"


def _amounts(sums: Mapping[str, Money]) -> str:
    return ", ".join(f"{amount.amount} {currency}" for currency, amount in sorted(sums.items())) or "nothing"
