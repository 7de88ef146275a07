"""Kinds of contracts and their templates, as text that is checked when it is published."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.contracts import ListContractKinds, ListReadyContractTemplates, ShowReadyContractTemplate
from commands.contracts.kinds import DefineContractKind, PublishContractTemplate

KINDS = "/set-up/contract-kinds"
TEMPLATE = "template"


def _ready(visit: Visit) -> dict[str, Any]:
    """A template that comes with the program, to be changed: the one in the reader's language, else the first."""
    names = visit.ask(ListReadyContractTemplates).items
    name = next((each for each in names if each.endswith(f".{visit.language}")), names[0])
    found = visit.ask(ShowReadyContractTemplate, name=name).template
    return {TEMPLATE: yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=110)}


def _of_text(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """The words of the template that stands in the text."""
    template = words.get(TEMPLATE)
    return template if isinstance(template, dict) else words


def _templates(row: Any) -> str:
    """Languages with the newest version of each."""
    return ", ".join(f"{language} {newest}" for language, newest in row.templates.items())


# fmt: off
LISTS = (
    List(
        KINDS, ListContractKinds, N_("Kinds of contracts"),
        (
            Column(N_("Kind"), lambda row: row.name, below=lambda row: row.code),
            Column(N_("Fixed months"), lambda row: row.term.fixed_months, "count"),
            Column(N_("Committed months"), lambda row: row.term.minimum_months, "count"),
            Column(N_("Templates"), _templates),
        ),
        actions=(Act(N_("New kind"), f"{KINDS}/new", DefineContractKind, "n"),
                 Act(N_("Publish a template"), f"{KINDS}/template", PublishContractTemplate)),
        empty=N_("A kind of contract says how long it lasts and which text it has."),
    ),
)
FORMS = (
    Form(
        f"{KINDS}/new", DefineContractKind, N_("Kind of contract"), N_("Define the kind"),
        (
            Field("code", N_("Code"), is_required=True, width=4), Field("name", N_("Name"), is_required=True, width=8),
            Field("term.fixed_months", N_("Fixed months"), "whole", N_("Empty: for an indefinite time"), width=6),
            Field("term.minimum_months", N_("Committed months"), "whole", width=6),
            Field("term.goes_on", N_("Goes on after the fixed term"), "check"),
        ),
        then=to(KINDS), back=to(KINDS), done=says(N_("The kind is defined.")),
    ),
    Form(
        f"{KINDS}/template", PublishContractTemplate, N_("Template of a contract"), N_("Publish the template"),
        (Field(TEMPLATE, N_("Template"), "yaml", N_("Kind, language, title and sections"), is_required=True),),
        then=to(KINDS), back=to(KINDS), done=says(N_("The template is published.")), begins=_ready, adds=_of_text,
    ),
)
SET_UP = (Tile("house", N_("Kinds of contracts"), KINDS, ListContractKinds, N_("How long they last, and their texts")),)
# fmt: on
