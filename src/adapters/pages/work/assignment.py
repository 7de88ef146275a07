"""Who gets tickets by rule, and who is away: the rules of the house one by one, and absences of operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from adapters.edge.models import written
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import crews, kinds, operators, with_named
from adapters.views.work.rules import AssignmentRules, ListAssignmentRules
from billing_core.kernel.errors import NotFound
from billing_core.work.assignment import AssignmentRule
from commands.platform.bus import Seen
from commands.work.assignment import RecordOperatorAbsence, SetAssignmentRules, WithdrawOperatorAbsence

RULES, ABSENCES = "/work/assignment-rules", "/work/absences"
RULE = f"{RULES}/{{place}}"
LISTS_OF_CANDIDATE = ("skills", "districts")
NOBODY = Choice("", "–")
Rules = list[dict[str, Any]]


class PlacedRule(NamedTuple):
    """A rule with its place: the first that fits decides."""

    place: int
    rule: AssignmentRule


def _known(visit: Visit) -> AssignmentRules:
    found: AssignmentRules = visit.ask(ListAssignmentRules)
    return found


def _seen(visit: Visit) -> Seen:
    return _known(visit).seen()


def _placed(answer: AssignmentRules) -> list[PlacedRule]:
    return [PlacedRule(place, rule) for place, rule in enumerate(answer.rules, start=1)]


def _rule_at(visit: Visit) -> PlacedRule:
    for placed in _placed(_known(visit)):
        if str(placed.place) == visit.path["place"]:
            return placed
    raise NotFound("there is no rule at this place; it may have been removed", field="place", value=visit.path["place"])


def _begun(visit: Visit) -> dict[str, Any]:
    place, rule = _rule_at(visit)
    # Skills and districts of a candidate are typed into one cell each.
    candidates = [
        {"operator": each.operator, "crew": each.crew, "skills": ", ".join(each.skills),
         "districts": ", ".join(each.districts)}
        for each in rule.candidates
    ]  # fmt: skip
    return {
        "place": str(place), "queue": rule.queue, "kinds": list(rule.kinds), "districts": list(rule.districts),
        "skill": rule.skill, "candidates": candidates,
    }  # fmt: skip


def _column(name: str, label: str, choices: list[Choice]) -> Field:
    """A column with what can be chosen; who may not list it types its code."""
    return Field(name, label, "choice", choices=(NOBODY, *choices)) if choices else Field(name, label)


def _asked(visit: Visit) -> tuple[Field, ...]:
    """The fields whose choices depend on the house, and on the rule that is changed."""
    rule = _rule_at(visit).rule if "place" in visit.path else None
    named = rule.candidates if rule else ()
    columns = (
        _column("operator", N_("Operator"), with_named(operators(visit), (each.operator for each in named))),
        _column("crew", N_("Crew"), with_named(crews(visit), (each.crew for each in named))),
        Field("skills", N_("Skills")), Field("districts", N_("Districts")),
    )  # fmt: skip
    return (
        Field("kinds", N_("Kinds of tickets"), "choices", choices=with_named(kinds(visit), rule.kinds if rule else ()),
              hint=N_("Every kind, if none is chosen")),
        Field("candidates", N_("Candidates"), "rows", is_required=True, columns=columns),
    )  # fmt: skip


def _complete(change: Callable[[Rules, Visit, dict[str, Any]], None]) -> Callable[[Visit, dict[str, Any]], Any]:
    """The command takes all rules in their order; a form changes one of them."""

    def adds(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
        rules = [written(rule) for rule in _known(visit).rules]
        change(rules, visit, words)
        return {"rules": rules}

    return adds


def _put(rules: Rules, visit: Visit, words: dict[str, Any]) -> None:
    """The rule that was filled in, at its place; the last one without a place."""
    if "place" in visit.path:
        del rules[_rule_at(visit).place - 1]
    typed = str(words.pop("place", ""))
    place = max(int(typed) - 1, 0) if typed.isdecimal() else len(rules)
    for candidate in words.get("candidates", ()):
        for name in LISTS_OF_CANDIDATE:
            if name in candidate:
                candidate[name] = [each.strip() for each in candidate[name].split(",") if each.strip()]
    rules.insert(place, {name: value for name, value in words.items() if value not in ("", [])})


def _remove(rules: Rules, visit: Visit, words: dict[str, Any]) -> None:
    del rules[_rule_at(visit).place - 1]


# fmt: off
OF_RULE = (
    Field("queue", N_("Queue"), is_required=True, width=5),
    Field("skill", N_("Skill that is needed"), width=4),
    Field("place", N_("Place among the rules"), "whole", hint=N_("The first that fits decides"), width=3),
    Field("districts", N_("Districts"), "list", hint=N_("Beginnings of addresses; everywhere, if none is named")),
)
OPERATOR = Field("operator", N_("Operator"), "choice", choices=operators, is_required=True, width=6)
FORMS = (
    Form(
        f"{RULES}/new", SetAssignmentRules, N_("New assignment rule"), N_("Save the rule"), OF_RULE,
        then=to(RULES), back=to(RULES), done=says(N_("The rule is saved.")), seen=_seen, asks=_asked,
        adds=_complete(_put),
    ),
    Form(
        f"{RULE}/change", SetAssignmentRules, N_("Change the assignment rule"), N_("Save the rule"), OF_RULE,
        then=to(RULES), back=to(RULES), done=says(N_("The rule is saved.")), begins=_begun, seen=_seen,
        asks=_asked, adds=_complete(_put), about=lambda visit: visit.path["place"],
    ),
    Form(
        f"{RULE}/remove", SetAssignmentRules, N_("Remove the assignment rule"), N_("Remove the rule"), (),
        then=to(RULES), back=to(RULES), done=says(N_("The rule is removed.")), seen=_seen,
        adds=_complete(_remove), about=lambda visit: _rule_at(visit).rule.queue,
    ),
    Form(
        f"{ABSENCES}/new", RecordOperatorAbsence, N_("Note an absence"), N_("Note the absence"),
        (
            OPERATOR, Field("from", N_("First day off"), "day", is_required=True, width=3),
            Field("to", N_("First day at work again"), "day", is_required=True, width=3), Field("reason", N_("Reason")),
        ),
        then=to(ABSENCES), back=to(ABSENCES), done=says(N_("The absence is noted: no ticket is assigned by rule.")),
    ),
    Form(
        f"{ABSENCES}/{{operator}}/{{from}}/withdraw", WithdrawOperatorAbsence, N_("Withdraw the absence"),
        N_("It does not take place"), (),
        then=to(ABSENCES), back=to(ABSENCES), done=says(N_("The absence is withdrawn.")),
        about=lambda visit: f"{visit.path['operator']}, {visit.path['from']}",
    ),
)
VIEWS = (
    Act(N_("Assignment rules"), RULES, ListAssignmentRules), Act(N_("Absences"), ABSENCES, ListAssignmentRules),
)
LISTS = (
    List(
        RULES, ListAssignmentRules, N_("Assignment rules"),
        (
            Column(N_("Rule"), lambda row: row.place, "count"),
            Column(N_("Queue"), lambda row: row.rule.queue, below=lambda row: ", ".join(row.rule.kinds)),
            Column(N_("Districts"), lambda row: ", ".join(row.rule.districts)),
            Column(N_("Skill that is needed"), lambda row: row.rule.skill),
            Column(N_("Candidates"), lambda row: ", ".join(each.operator for each in row.rule.candidates)),
        ),
        actions=(Act(N_("New assignment rule"), f"{RULES}/new", SetAssignmentRules, "n"),),
        row_actions=(
            Act(N_("Change"), lambda row: f"{RULES}/{row.place}/change", SetAssignmentRules),
            Act(N_("Remove"), lambda row: f"{RULES}/{row.place}/remove", SetAssignmentRules),
        ),
        items=_placed, views=VIEWS, empty=N_("No rule assigns tickets: they wait in their queues."),
        hint=N_("The first rule that fits decides. Who had the ticket last gets it, else who has least to do."),
    ),
    List(
        ABSENCES, ListAssignmentRules, N_("Absences"),
        (
            Column(N_("Operator"), lambda row: row.operator),
            Column(N_("First day off"), lambda row: row.from_on, "day"),
            Column(N_("First day at work again"), lambda row: row.to_on, "day"),
            Column(N_("Reason"), lambda row: row.reason),
        ),
        actions=(Act(N_("Note an absence"), f"{ABSENCES}/new", RecordOperatorAbsence, "n"),),
        row_actions=(Act(N_("Withdraw"), lambda row: f"{ABSENCES}/{quote(row.operator)}/{row.from_on}/withdraw",
                         WithdrawOperatorAbsence),),
        items=lambda answer: answer.absences, views=VIEWS, empty=N_("Nobody is away."),
    ),
)
# fmt: on
SET_UP = (
    Tile("by itself", N_("Assignment rules"), RULES, ListAssignmentRules, N_("Who gets tickets, and who is away")),
)
