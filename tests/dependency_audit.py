"""The dependencies in `constraints.txt`, compared with the list of known vulnerabilities by pip-audit.

    python -m tests.dependency_audit     # exit code 1 if one of them has a known vulnerability

The list is asked for over the network. In a network without it nothing is audited; that is said, and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
COMMAND = (
    sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip",
    "--progress-spinner", "off", "--format", "json",
)  # fmt: skip


def findings(report: str) -> list[str]:
    """A line for each known vulnerability in a report of pip-audit, and one that says how many were audited.

    It answers for what it did not find on the index, too, and says then that nothing is known: that is no audit.
    """
    try:
        dependencies: list[Mapping[str, Any]] = json.loads(report)["dependencies"]
    except ValueError:
        return ["The list of known vulnerabilities was not reached: no dependency was audited."]
    audited = [each for each in dependencies if "skip_reason" not in each]
    found = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none yet'}"
        for each in audited
        for fault in each["vulns"]
    ]
    if not audited:
        return ["The list of known vulnerabilities is not in this network: no dependency was audited."]
    return [*found, f"{len(audited)} of {len(dependencies)} dependencies audited, {len(found)} known vulnerabilities."]


def main() -> None:
    report = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    said = findings(report.stdout)
    sys.stdout.write("".join(f"{line}\n" for line in said))
    sys.exit(1 if len(said) > 1 else 0)


if __name__ == "__main__":
    main()
