"""A scenario is played and counted, and both are compared after each of its runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from tests.oracle.count import Count, Owed, sums_of
from tests.oracle.documents import Documents
from tests.oracle.exact import DIGITS
from tests.oracle.history import Written, day_of
from tests.oracle.life import days_of
from tests.oracle.playing import Line, Run, played
from tests.oracle.words import amount_in


def check(scenario: Written) -> list[Run]:
    """Everything that must hold after each run of a scenario; the last two runs are on one day."""
    count, documents, digits = Count(scenario), Documents(DIGITS[scenario["currency"]]), DIGITS[scenario["currency"]]
    charges: dict[str, Line] = {}
    gross = Fraction(0)
    runs = played(scenario)
    for run in runs:
        owed = count.run(run.on, list(charges.values()))
        for line in run.lines:
            assert line.key not in charges, f"{line.key} is charged twice"
            charges[line.key] = line
        check_sums(list(charges.values()), owed, run.on)
        for paper in run.papers:
            documents.add(paper, charges)
            gross += paper.gross
        assert run.balance == _paid(scenario, run.on) - gross
        assert run.state == count.status(run.on)
        check_charged_once(list(charges.values()))
        for line in run.lines:
            amount = amount_in(line.words, digits)
            assert amount == line.amount, f"{line.key} is {line.amount}, its words say {amount}: {line.words}"
    if len(runs) > 1 and runs[-1].on == runs[-2].on:
        assert not runs[-1].lines and not runs[-1].papers, "the same run again posts nothing"
    return runs


def check_sums(lines: Sequence[Line], owed: Mapping[Owed, Fraction], on: date) -> None:
    """What is posted of each component, and of each discount on it, is what is owed of it."""
    posted = sums_of(lines)
    wrong = [
        f"{item.subscription} {item.component}{f' of {item.of}' if item.of else ''} (VAT {item.taxed[0]}): "
        f"{float(posted.get(item, 0))} is posted, {float(owed.get(item, 0))} is owed"
        for item in {**posted, **owed}
        if posted.get(item, 0) != owed.get(item, 0)
    ]
    assert not wrong, f"on {on}: " + "; ".join(wrong)


def check_charged_once(lines: Sequence[Line]) -> None:
    """No day of a fee twice, and no correction of more than the charge that it names."""
    covered: Counter[tuple[str, str, str, date]] = Counter()
    left: dict[str, Fraction] = defaultdict(Fraction)
    amounts = {line.key: line.amount for line in lines}
    for line in lines:
        left[line.corrects or line.key] += line.amount
        if line.kind == "recurring":
            place = line.subscription, line.component, line.of
            covered.update({(*place, day): -1 if line.corrects else 1 for day in days_of(*line.days)})
    assert set(covered.values()) <= {0, 1}, "a day is charged twice"
    for key, amount in left.items():
        assert min(amounts[key], Fraction(0)) <= amount <= max(amounts[key], Fraction(0)), f"{key} is overcorrected"


def _paid(scenario: Written, on: date) -> Fraction:
    (account,) = scenario["accounts"]
    payments = account.get("payments", ())
    return sum((Fraction(entry["amount"]) for entry in payments if day_of(entry["on"]) <= on), Fraction(0))
