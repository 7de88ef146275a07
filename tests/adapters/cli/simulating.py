"""Scenarios through the real command: YAML in, JSON out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.cli.program import program
from tests.command_line import CliRunner


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

    def account(self, on: str, code: str) -> dict[str, Any]:
        """What the last run of a day did on an account."""
        run = next(run for run in reversed(self.runs) if run["on"] == on)
        found: dict[str, Any] = run["accounts"][code]
        return found

    def lines(self, on: str, code: str) -> list[Line]:
        """Its charges by component and days."""
        return sorted(_line(charge) for charge in self.account(on, code)["charges"])

    def balances(self, code: str) -> list[str]:
        return [run["accounts"][code]["balance"] for run in self.runs]


def _line(charge: dict[str, Any]) -> Line:
    return Line(charge["component"], charge["from"], charge["to"], charge["amount"])


def lines(*written: str) -> list[Line]:
    """`monthly 2024-01-01 2024-02-01 310.00`, one charge each, in the order of the charges of a run."""
    return sorted(Line(*entry.split()) for entry in written)


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
        result = self.run(text)
        assert result.exit_code in (1, 2), result.stdout
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        assert isinstance(line, str)
        return line
