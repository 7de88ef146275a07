"""Scenarios as a stranger writes them: YAML in, through the real command, JSON out; and amounts figured on paper.

A story names components, what happens, and runs; `part` figures what days cost with nothing but fractions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from adapters.cli.program import program


@dataclass(frozen=True, order=True)
class Line:
    """One charge: component, first day, day after the last, amount."""

    component: str
    from_on: str
    to_on: str
    amount: str

    def __repr__(self) -> str:
        return f"{self.component} [{self.from_on}, {self.to_on}) {self.amount}"


@dataclass(frozen=True)
class Simulated:
    """What the command said as JSON."""

    runs: list[dict[str, Any]]

    def account(self, on: str, code: str = "A") -> dict[str, Any]:
        """What the last run of a day did on an account."""
        run = next(run for run in reversed(self.runs) if run["on"] == on)
        found: dict[str, Any] = run["accounts"][code]
        return found

    def lines(self, on: str, code: str = "A") -> list[Line]:
        """Its charges by component and days."""
        return sorted(_line(charge) for charge in self.account(on, code)["charges"])

    def all_lines(self, code: str = "A") -> list[Line]:
        return sorted(_line(charge) for run in self.runs for charge in run["accounts"][code]["charges"])

    def balances(self, code: str = "A") -> list[str]:
        return [run["accounts"][code]["balance"] for run in self.runs]

    def states(self, code: str = "A", subscription: str = "S") -> list[str]:
        return [run["accounts"][code]["state"][subscription] for run in self.runs]

    def explanations(self, on: str) -> list[str]:
        return [charge["explanation"] for charge in self.account(on)["charges"]]


def _line(charge: dict[str, Any]) -> Line:
    return Line(charge["component"], charge["from"], charge["to"], charge["amount"])


def lines(*written: str) -> list[Line]:
    """`monthly 2024-01-01 2024-02-01 310.00`, one charge each, in the order of the charges of a run."""
    return sorted(Line(*entry.split()) for entry in written)


def part(price: str, days: int, of: int, digits: int = 2) -> str:
    """Price x days / of, rounded half up once to so many digits."""
    return half_up(Fraction(price) * days / of, digits)


def half_up(exact: Fraction, digits: int = 2) -> str:
    """An exact amount with so many digits; a half goes away from zero."""
    units = abs(exact) * 10**digits
    rounded = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    amount = Decimal(rounded if exact >= 0 else -rounded).scaleb(-digits)
    return f"{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


class Simulator:
    """The command `simulate` on files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, text: str, *options: str, columns: int = 120) -> Any:
        """What the command left for a scenario: exit code, output, errors."""
        file = self._folder / "scenario.yaml"
        file.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(
            program, ["simulate", str(file), *options], prog_name="billing", env={"COLUMNS": str(columns)}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def __call__(self, text: str) -> Simulated:
        result = self.run(text, "--json")
        assert result.exit_code == 0, result.stderr

        def refuse(number: str) -> Any:
            raise AssertionError(f"{number} is a float")

        return Simulated(json.loads(result.stdout, parse_float=refuse)["runs"])

    def refusal(self, text: str) -> str:
        """The one line that says what is wrong with a scenario."""
        result = self.run(text, "--json")
        assert result.exit_code in (1, 2), result.stdout
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        assert isinstance(line, str)
        return line

    def bill(
        self,
        components: Sequence[str] | str,
        timeline: Sequence[str],
        runs: Sequence[str] | str,
        *,
        account: str = "",
        usage: str = "",
        payments: str = "",
        others: str = "",
        currency: str = "EUR",
    ) -> Simulated:
        """One account A with one subscription S on tariff `net`; `others` are more tariffs by code and components."""
        return self(scenario(components, timeline, runs, account, usage, payments, others, currency))


def scenario(
    components: Sequence[str] | str,
    timeline: Sequence[str],
    runs: Sequence[str] | str,
    account: str = "",
    usage: str = "",
    payments: str = "",
    others: str = "",
    currency: str = "EUR",
) -> str:
    """The text of a scenario with one account and one subscription; options of the account stand in `account`."""
    components = [components] if isinstance(components, str) else components
    runs = [runs] if isinstance(runs, str) else runs
    tariffs: list[tuple[str, Sequence[str]]] = [("net", components)]
    for other in others.splitlines():
        code, _, component = other.partition(":")
        tariffs.append((code.strip(), [component]))
    text = f"currency: {currency}\ntariffs:\n"
    for code, entries in tariffs:
        text += f"  - code: {code}\n    components:\n"
        text += "".join(f"      - {{{entry.strip()}}}\n" for entry in entries)
    text += "accounts:\n  - code: A\n"
    text += "".join(f"    {option.strip()}\n" for option in account.split(";") if option.strip())
    text += "    subscriptions:\n      - code: S\n        tariff: net\n        timeline:\n"
    text += "".join(f"          - {{{entry}}}\n" for entry in timeline)
    if usage:
        text += f"        usage: [{usage}]\n"
    if payments:
        text += f"    payments: [{payments}]\n"
    return text + f"runs: [{', '.join(runs)}]\n"
