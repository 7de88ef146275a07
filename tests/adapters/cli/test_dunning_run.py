"""Dunning at the terminal: a policy from a file, a preview, and the run."""

from __future__ import annotations

import re

from tests.adapters.cli.conftest import Billing

POLICY = """\
# Warning days before the end, tolerance days after it; the tariff may have both of its own.
code: bulgarian
name: Warning and tolerance
currency: EUR
warning_days: 3
tolerance_days: 5
steps:
  - {code: warning, when: {by: days, days: -3}, message: due-soon, channels: [sms]}
  - {code: end-of-paid-days, when: {by: days, days: 1}, message: overdue, channels: [sms]}
  - {code: cut, when: {by: days, days: 6}, message: suspended, actions: [{does: suspend}]}
"""


def test_a_policy_is_published_from_a_file_and_its_steps_are_taken(billed: Billing):
    file = billed.file("policy.yaml", POLICY)
    with billed.nothing_written():
        assert "could be published as from" in billed("dunning", "publish", file, "--dry-run").output
    assert "Dunning policy bulgarian is published as from" in billed("dunning", "publish", file).output
    assert "Dunning policy bulgarian is like this already." in billed("dunning", "publish", file).output
    assert "warning, end-of-paid-days, cut" in billed("dunning", "policies").output
    assert billed("do", "change-billing-plan", "account=1", "dunning=bulgarian").code == 0

    with billed.nothing_written():
        preview = billed("dunning", "preview")
    assert re.search(r"step bulgarian/end-of-paid-days +1\b", preview.output), preview.output
    ran = billed("dunning", "run", "--json").json
    assert ran["totals"]["steps"] == {"bulgarian/end-of-paid-days": 1}
    assert billed("dunning", "run", "--json").json["totals"]["steps"] == {}
    (made,) = billed("ask", "list-dunning-runs", "--json").json["items"]
    assert (made["steps"], made["parked"]) == ({"bulgarian/end-of-paid-days": 1}, 0)
    compared = billed("dunning", "preview", "--json").json["totals"]["compared"]
    assert compared == {"bulgarian/end-of-paid-days": {"before": 1, "gone": 0, "new": 0, "now": 1}}


def test_a_policy_that_is_wrong_is_refused_with_its_line(opened: Billing):
    file = opened.file("policy.yaml", POLICY.replace("by: days", "by: weeks"))

    assert "line 8, steps" in opened("dunning", "publish", file).complaint
