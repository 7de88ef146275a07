"""What the audit of the dependencies says, and when it fails."""

from __future__ import annotations

import json
from typing import Any

from tests.dependency_audit import findings

SOUND: dict[str, Any] = {"name": "jinja2", "version": "3.1.6", "vulns": []}
FAULTY: dict[str, Any] = {
    "name": "jinja2", "version": "2.10",
    "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "aliases": [], "description": ""}],
}  # fmt: skip
SKIPPED = {"name": "jinja2", "skip_reason": "not found"}


def report(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_known_vulnerability_is_named_with_the_version_that_mends_it():
    assert findings(report(SOUND, FAULTY)) == [
        "jinja2 2.10: PYSEC-2019-217, mended in 2.10.1",
        "2 of 2 dependencies audited, 1 known vulnerabilities.",
    ]


def test_what_was_audited_is_counted_and_nothing_found_is_one_line():
    assert findings(report(SOUND, SKIPPED)) == ["1 of 2 dependencies audited, 0 known vulnerabilities."]


def test_without_the_list_nothing_was_audited_and_that_is_said():
    assert findings(report(SKIPPED)) == [
        "The list of known vulnerabilities is not in this network: no dependency was audited."
    ]
    assert findings("") == ["The list of known vulnerabilities was not reached: no dependency was audited."]
