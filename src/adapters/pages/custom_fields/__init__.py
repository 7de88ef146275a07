"""Custom fields: which the house has defined for customers, services and tickets, and how they are defined."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.edge.models import written
from adapters.pages.forms import Field, Form, says
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.custom_fields import ListFieldDefinitions
from commands.custom_fields import PublishCustomFields

PLACE = "/set-up/custom-fields"
FIRST = [{"code": "floor", "kind": "number", "labels": {"en": "Floor"}, "least": "0"}]


def _fields(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListFieldDefinitions, subject=visit.path["subject"]).items
    text = yaml.safe_dump([written(each) for each in known] or FIRST, allow_unicode=True, sort_keys=False)
    return {"fields": text}


def _list(visit: Visit, done: Any = None) -> str:
    return f"{PLACE}/{visit.path['subject']}"


KEPT = N_("What else is kept of them")
# fmt: off
LISTS = (
    List(
        f"{PLACE}/{{subject}}", ListFieldDefinitions, N_("Custom fields"),
        (
            Column(N_("Field"), lambda row: next(iter(row.labels.values())), below=lambda row: row.code),
            Column(N_("Kind"), lambda row: row.kind, below=lambda row: ", ".join(row.choices)),
            Column(N_("Asked of"), lambda row: ", ".join(row.applies_to)),
            Column(N_("State"), lambda row: State(N_("Retired")) if row.is_retired else State(N_("Asked"), "good"),
                   "state"),
            Column(N_("Required"), lambda row: State(N_("Required"), "info") if row.is_required else None, "state"),
        ),
        actions=(Act(N_("Define fields"), lambda visit: f"{_list(visit)}/define", PublishCustomFields, "n"),),
        empty=N_("A field that is defined here stands in the forms and can be searched, without a program."),
    ),
)
FORMS = (
    Form(
        f"{PLACE}/{{subject}}/define", PublishCustomFields, N_("Define custom fields"), N_("Publish the fields"),
        (
            Field("fields", N_("Fields"), "yaml", N_("Fields that are not named stay; a retired one keeps its values."),
                  is_required=True),
        ),
        then=_list, back=_list, done=says(N_("The fields are published.")), begins=_fields,
        about=lambda visit: visit.path["subject"],
    ),
)
SET_UP = (
    Tile("house", N_("Fields of customers"), f"{PLACE}/customer", ListFieldDefinitions, KEPT),
    Tile("house", N_("Fields of services"), f"{PLACE}/service", ListFieldDefinitions, KEPT),
    Tile("house", N_("Fields of tickets"), f"{PLACE}/ticket", ListFieldDefinitions, KEPT),
)
# fmt: on
