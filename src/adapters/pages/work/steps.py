"""The form of a step: the fields of its flow, typed and checked, and the ways out of it."""

from __future__ import annotations

from typing import Any

from adapters.pages.forms import Choice, Field, Form, Kind, says
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import back
from adapters.views.work.tickets import OfferedStep, ShowTicket, TicketCard
from billing_core.kernel.field_rules import NO, YES
from billing_core.work.fields import Field as Asked
from commands.work.actions import OverruleAction, RunNextAction
from commands.work.steps import CompleteStep, ContinueTicket

KINDS: dict[str, Kind] = {"number": "amount", "date": "day", "yes-no": "choice", "choice": "choice"}
ANSWERS = (Choice(YES, N_("Yes")), Choice(NO, N_("No")))


def _card(visit: Visit) -> TicketCard:
    card: TicketCard = visit.ask(ShowTicket, ticket=visit.path["ticket"])
    return card


def _step(visit: Visit) -> OfferedStep | None:
    return next((step for step in _card(visit).steps if step.step == visit.path["step"]), None)


def fields(visit: Visit) -> tuple[Field, ...]:
    """The fields of the step's form, its resolutions if there are several, and a reason for going back."""
    step = _step(visit)
    if step is None:
        return ()
    found = [_field(each) for each in step.form]
    if len(step.moves) > 1:
        choices = [Choice(move.resolution, move.title or move.resolution) for move in step.moves]
        found.append(Field("resolution", N_("How it ended"), "choice", choices=choices, is_required=True, width=6))
    if any(move.is_back for move in step.moves):
        found.append(Field("reason", N_("Reason"), hint=N_("Needed to go back to a step before"), width=6))
    return tuple(found)


def _field(asked: Asked) -> Field:
    choices = ANSWERS if asked.kind == "yes-no" else [Choice(each, each) for each in asked.choices]
    limits = " – ".join(str(each) for each in (asked.least, asked.most) if each is not None)
    return Field(f"values.{asked.code}", asked.title or asked.code, KINDS.get(asked.kind, "text"),
                 asked.hint or limits, choices, not asked.is_optional, width=6)  # fmt: skip


def _answers(visit: Visit) -> dict[str, Any]:
    """What was answered before, and the first way out, which is the usual one."""
    card, step = _card(visit), _step(visit)
    known = {f"values.{name}": value for name, value in card.values.items()}
    return known | ({"resolution": step.moves[0].resolution} if step and step.moves else {})


def _about(visit: Visit) -> str:
    step = _step(visit)
    return f"{step.title or step.step}, {visit.path['ticket']}" if step else visit.path["ticket"]


# fmt: off
FORMS = (
    Form(
        "/tickets/{ticket}/steps/{step}/complete", CompleteStep, N_("Step"), N_("Complete the step"), (),
        then=lambda visit, done: back(visit), back=back, asks=fields, begins=_answers, about=_about,
        done=says(N_("The step is done.")),
    ),
    Form(
        "/tickets/{ticket}/continue", ContinueTicket, N_("Let it go on"), N_("Let the ticket go on"),
        (Field("message", N_("Message that came")),),
        then=lambda visit, done: back(visit), back=back, about=lambda visit: visit.path["ticket"],
        done=says(N_("The ticket went on.")),
    ),
    Form(
        "/tickets/{ticket}/run-action", RunNextAction, N_("Run the action again"), N_("Run the action"), (),
        then=lambda visit, done: back(visit), back=back, about=lambda visit: visit.path["ticket"],
        done=says(N_("The action is done.")),
    ),
    Form(
        "/tickets/{ticket}/overrule-action", OverruleAction, N_("Go on without the action"), N_("Go on without it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: back(visit), back=back, about=lambda visit: visit.path["ticket"],
        done=says(N_("The ticket went on without the action.")),
    ),
)
# fmt: on
