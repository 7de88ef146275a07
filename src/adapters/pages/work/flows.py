"""Flows: how tickets of a kind go, as text that is checked, tried and published as a new version."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.pages.forms import Amounted, Effect, Field, Fields, Form, says, to
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.work.flows import ListFlows, ShowFlow
from adapters.views.work.ready_flows import ShowReadyFlow
from commands.work.flows import PublishFlow, WithdrawFlow

WOULD_BE = N_("It would be version %(version)s of the flow")
SAME = N_("This is version %(version)s of the flow already")
STEPS = N_("Steps")
TEXT = Field("flow", N_("Flow"), "yaml", N_("Steps, fields, moves and what is done by itself"), is_required=True)
NEW = """kind: fault
title: Fault
queue: faults
steps:
- code: diagnosis
  title: Diagnosis
  moves:
  - {resolution: done, title: Mended, to: end}
"""


def _text(visit: Visit) -> dict[str, Any]:
    flow = visit.ask(ShowFlow, kind=visit.path["kind"]).flow
    return {"flow": _written(flow)}


def _begun(visit: Visit) -> dict[str, Any]:
    """The text of the ready flow that is to be taken over, else a small one to begin with."""
    ready = visit.query.get("ready", "")
    return {"flow": _written(visit.ask(ShowReadyFlow, kind=ready).flow) if ready else NEW}


def _written(flow: dict[str, Any]) -> str:
    return yaml.safe_dump(flow, allow_unicode=True, sort_keys=False, width=110)


def tried(visit: Visit, fields: Fields) -> Effect:
    """What would become of it: its version, and its steps in order."""
    done = visit.carry_out(PublishFlow, fields, dry_run=True)
    flow = fields["flow"]
    known = visit.ask(ListFlows, limit=1_000).items
    is_known = any(row.kind == flow.get("kind") and row.version == done.result["version"] for row in known)
    headline = visit.translated(SAME if is_known else WOULD_BE) % {"version": done.result["version"]}
    steps = flow.get("steps") or []
    lines = [Amounted(step.get("title") or step["code"], _ways(step), str(step.get("by", ""))) for step in steps]
    return Effect(headline, (*lines, Amounted(visit.translated(STEPS), "", str(len(steps)), is_sum=True)))


def _ways(step: dict[str, Any]) -> str:
    moves = step.get("moves") or []
    return ", ".join(f"{move.get('title') or move.get('resolution', '')} → {move.get('to', '')}" for move in moves)


def flow(visit: Visit) -> Shown:
    """A flow in a version."""
    card = visit.ask(ShowFlow, kind=visit.path["kind"], version=visit.query.get("version", ""))
    return Shown("work/flow.html", {
        "card": card, "flow": card.flow, "steps": card.flow.get("steps", []), "ways": _ways,
        "can_publish": visit.may(PublishFlow), "can_withdraw": visit.may(WithdrawFlow),
    })  # fmt: skip


PAGES = (Page("/flows/{kind}", flow, ShowFlow),)
# fmt: off
FORMS = (
    Form(
        "/flows/new", PublishFlow, N_("New flow"), N_("Publish the flow"), (TEXT,),
        then=to("/flows"), back=to("/flows"), begins=_begun,
        done=says(N_("The flow is published.")), effect=tried,
    ),
    Form(
        "/flows/{kind}/edit", PublishFlow, N_("Edit the flow"), N_("Publish the flow"), (TEXT,),
        then=lambda visit, done: f"/flows/{visit.path['kind']}", back=lambda visit: f"/flows/{visit.path['kind']}",
        begins=_text, done=says(N_("The flow is published.")), effect=tried,
        about=lambda visit: visit.path["kind"],
    ),
    Form(
        "/flows/{kind}/withdraw", WithdrawFlow, N_("Withdraw the flow"), N_("Withdraw the flow"), (),
        then=to("/flows"), back=lambda visit: f"/flows/{visit.path['kind']}",
        done=says(N_("The flow is withdrawn: no more tickets of it are opened.")),
        about=lambda visit: visit.path["kind"],
    ),
)
# fmt: on
