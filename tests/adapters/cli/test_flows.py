"""Flows on the command line: each fault of a file is named with its line; ready flows are listed and published."""

from __future__ import annotations

import re

import pytest
import yaml

from adapters.files.flows import FlowFile, ready_flows, ready_text
from billing_core.work.flow_checks import actions_of
from billing_core.work.flows import GiveCommand
from tests.adapters.cli.conftest import Billing

GOOD = """kind: fault
title: Fault
queue: support
may: [billing.change.grant-goodwill]
fields:
  - {code: is_known, title: Is it known?, kind: yes-no}
steps:
  - code: check
    form: [is_known]
    moves:
      - {to: repair, resolution: checked}
  - code: repair
    moves:
      - to: end
        resolution: repaired
        do:
          - do: give
            command: grant-goodwill
            fields: {description: "'Fault'", amount: "1", vat_rate: "20", reason: "'Fault'"}
            when: is_known
      - {to: check, resolution: not-found, back: true}
"""


def test_a_flow_without_faults_can_be_published(billing: Billing) -> None:
    file = billing.file("fault.yaml", GOOD)
    checked = billing("work", "check-flow", file)
    assert (checked.code, "can go by this flow" in checked.output + checked.errors) == (0, True)
    assert billing("work", "check-flow", file, "--json").json == {"faults": []}

    assert "would be version 1" in billing("work", "publish-flow", file, "--dry-run").output
    assert "No flow is published" in billing("work", "flows").output
    assert "Version 1 of the flow fault is published" in billing("work", "publish-flow", file).output
    assert "This is version 1 of the flow fault already" in billing("work", "publish-flow", file).output


@pytest.mark.parametrize(
    ("written", "instead", "line", "reason"),
    [
        ("      - {to: check, resolution: not-found, back: true}\n",
         "  - code: lost\n    moves: [{to: end, resolution: x}]\n", 21, "no move leads to the step 'lost'"),
        ("      - to: end\n", "      - to: check\n", 8, "is a dead end"),
        ("    form: [is_known]\n", "    form: [is_unknown]\n", 9, "there is no field 'is_unknown'"),
        ("            when: is_known\n", "            when: colour == 1\n", 20, "there is no field or fact 'colour'"),
        ("            when: is_known\n", "            when: open('x')\n", 20, "cannot use"),
        ("            when: is_known\n", "            when: is_known and\n", 20, "is no expression"),
        ("may: [billing.change.grant-goodwill]\n", "may: []\n", 18, "needs the permission billing.change"),
        ("command: grant-goodwill\n", "command: forget-customer\n", 18, "a flow cannot give 'forget-customer'"),
        (', reason: "\'Fault\'"', "", 19, "grant-goodwill needs the field 'reason'"),
        ("{to: repair, resolution: checked}\n", "{to: mend, resolution: checked}\n", 11, "no step 'mend'"),
        ("queue: support\n", "queue: support\ncolour: red\n", 4, "colour"),
        ("kind: yes-no}", "kind: maybe}", 6, "kind"),
    ],
)  # fmt: skip
def test_every_fault_is_named_with_its_line_and_nothing_is_published(
    billing: Billing, written: str, instead: str, line: int, reason: str
) -> None:
    assert GOOD.count(written) == 1
    file = billing.file("fault.yaml", GOOD.replace(written, instead))
    with billing.nothing_written():
        for command in ("check-flow", "publish-flow"):
            ended = billing("work", command, file)
            assert ended.code == 1
            said = re.sub(r"\s+", " ", ended.output + ended.errors)
            assert f"line {line}," in said and reason in said, said
        assert any(reason in fault for fault in billing("work", "check-flow", file, "--json").json["faults"])


def test_a_file_that_is_no_flow_or_no_yaml_is_refused(billing: Billing) -> None:
    for text in ("- 1\n", "kind: [\n", "", "kind: fault\n"):
        assert billing("work", "check-flow", billing.file("x.yaml", text)).code == 1


def test_ready_flows_are_listed_and_published_and_the_second_time_nothing_changes(billing: Billing) -> None:
    listed = [row["kind"] for row in billing("work", "ready-flows", "--json").json["flows"]]
    assert sorted(listed) == [
        "bill-complaint", "fault", "move", "new-connection", "non-payment-visit", "paid-support", "planned-work",
        "tariff-change", "termination",
    ]  # fmt: skip
    assert listed.index("planned-work") < listed.index("new-connection")  # which opens it as a child

    refused = billing("work", "publish-ready-flows", "new-connection")
    assert refused.code != 0 and "no flow 'planned-work' is published" in refused.errors
    published = billing("work", "publish-ready-flows")
    assert (published.code, published.output.count("Version 1 of the flow")) == (0, 9)
    with billing.nothing_written("commands"):
        assert billing("work", "publish-ready-flows", "move").output.count("already") == 1
    assert len(billing("work", "flows", "--json").json["flows"]) == 9
    assert billing("work", "publish-ready-flows", "movee").code != 0


def test_a_ready_flow_is_printed_changed_and_published_as_the_next_version(billing: Billing) -> None:
    billing("work", "publish-ready-flows", "fault")
    text = billing("work", "ready-flow", "fault").output
    assert text == ready_text("fault")
    file = billing.file("fault.yaml", text.replace("queue: support\n", "queue: helpdesk\n", 1))
    assert "Version 2 of the flow fault is published" in billing("work", "publish-flow", file).output


@pytest.mark.parametrize("file", ready_flows(), ids=lambda file: file.flow.kind)
def test_a_ready_flow_says_everything_in_plain_words(file: FlowFile) -> None:
    flow = file.flow
    assert file.faults() == []
    given = {action.command for _, action in actions_of(flow) if isinstance(action, GiveCommand)}
    assert {permission.rpartition(".")[2] for permission in flow.may} == given  # it may do no more than it does
    assert all(field.title for field in flow.fields)
    assert {code for step in flow.steps for code in step.form} == {field.code for field in flow.fields}
    for step in flow.steps:
        assert step.title, step.code
        assert step.by != "person" or all(move.title for move in step.moves), step.code
        assert step.by != "person" or step.limit or step is not flow.steps[0], step.code  # nobody forgets it at once
    assert yaml.safe_load(ready_text(flow.kind))["kind"] == flow.kind
