"""What opens tickets by itself, and how soon they are answered: recurring tasks, causes, service levels."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.pages.work.crews import HOURS, MOST, hours_of
from adapters.pages.work.ticket_forms import PRIORITIES, kinds
from adapters.views.work.recurring import ListRecurringTasks
from adapters.views.work.rules import ListCauseRules, ListCauses
from adapters.views.work.service_levels import ListServiceLevels
from billing_core.work.recurring import KnownTask
from commands.work.causes import SetCauseRule
from commands.work.recurring import DefineRecurringTask, EndRecurringTask, OpenRecurringTask
from commands.work.service_levels import DefineServiceLevel

TASKS, CAUSES, LEVELS = "/work/recurring-tasks", "/work/cause-rules", "/work/service-levels"
THERE = "/work/causes"
OF_CAUSES = (Act(N_("Rules"), CAUSES, ListCauseRules), Act(N_("Present causes"), THERE, ListCauses))
PRESENT, GONE = State(N_("Present"), "bad"), State(N_("Gone"))
PROMISED = tuple(
    Field(f"promised.{priority.value}.{what}", label, "whole", hint=priority.label, width=3)
    for priority in PRIORITIES
    for what, label in (("first_reply", N_("Minutes to the reply")), ("resolution", N_("Minutes to the resolution")))
)


def _level(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListServiceLevels, limit=MOST).items
    level = next((each for each in known if each.code == visit.query.get("as")), None)
    if level is None:
        return {}
    promised = {
        f"promised.{priority}.{what}": getattr(of, what)
        for priority, of in level.promised.items() for what in ("first_reply", "resolution")
    }  # fmt: skip
    return {"code": level.code, "title": level.title, "seller": level.seller, **promised, **hours_of(level.hours)}


def _recurs(row: KnownTask) -> bool:
    return row.next_on is not None


def _next_day(visit: Visit) -> dict[str, Any]:
    known = visit.ask(ListRecurringTasks, limit=MOST).items
    return {"on": next((row.next_on or "" for row in known if row.task.code == visit.path["code"]), "")}


# fmt: off
FORMS = (
    Form(
        f"{TASKS}/define", DefineRecurringTask, N_("Define a recurring task"), N_("Save the task"),
        (
            Field("code", N_("Code"), is_required=True, width=3),
            Field("kind", N_("Kind"), "choice", choices=kinds, is_required=True, width=4),
            Field("priority", N_("Priority"), "choice", choices=PRIORITIES, width=2),
            Field("node", N_("Node"), width=3),
            Field("subject", N_("What it is about"), is_required=True),
            Field("rule", N_("On which days"), hint=N_("By RFC 5545, as FREQ=MONTHLY;BYDAY=1MO: each first Monday"),
                  is_required=True, width=6),
            Field("from", N_("From"), "day", is_required=True, width=3), Field("to", N_("Before"), "day", width=3),
        ),
        then=to(TASKS), back=to(TASKS), done=says(N_("The task is saved.")),
    ),
    Form(
        f"{TASKS}/{{code}}/end", EndRecurringTask, N_("End the task"), N_("Open no more tickets"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(TASKS), back=to(TASKS), done=says(N_("The task has ended.")), about=lambda visit: visit.path["code"],
    ),
    Form(
        f"{TASKS}/{{code}}/open", OpenRecurringTask, N_("Open the ticket of the day"), N_("Open the ticket"),
        (Field("on", N_("Day"), "day", is_required=True, width=4),),
        then=to(TASKS), back=to(TASKS), done=says(N_("The ticket of the day is opened.")), begins=_next_day,
        about=lambda visit: visit.path["code"],
    ),
    Form(
        f"{CAUSES}/set", SetCauseRule, N_("Set a rule"), N_("Save the rule"),
        (
            Field("cause", N_("Cause"), hint=N_("promise-broken, payment-reversed, or what monitoring reports"),
                  is_required=True, width=6),
            Field("seller", N_("Seller"), "choice", choices=sellers, hint=N_("All, if none is chosen"), width=6),
            Field("rule.kind", N_("Kind"), "choice", choices=kinds, width=6,
                  hint=N_("No ticket is opened without one")),
            Field("rule.priority", N_("Priority"), "choice", choices=PRIORITIES, width=3),
            Field("rule.queue", N_("Queue"), width=3), Field("rule.subject", N_("What it is about"), width=8),
            Field("rule.reopen_minutes", N_("Reopen within minutes"), "whole", width=4),
        ),
        then=to(CAUSES), back=to(CAUSES), done=says(N_("The rule is saved.")),
    ),
    Form(
        f"{LEVELS}/define", DefineServiceLevel, N_("Define a service level"), N_("Save the service level"),
        (
            Field("code", N_("Code"), is_required=True, width=3), Field("title", N_("Name"), is_required=True, width=5),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=4), *HOURS, *PROMISED,
        ),
        then=to(LEVELS), back=to(LEVELS), done=says(N_("The service level is saved.")), begins=_level,
    ),
)
LISTS = (
    List(
        TASKS, ListRecurringTasks, N_("Recurring tasks"),
        (
            Column(N_("Task"), lambda row: row.task.subject, below=lambda row: f"{row.task.code}, {row.task.kind}"),
            Column(N_("On which days"), lambda row: row.task.rule),
            Column(N_("Next day"), lambda row: row.next_on, "day"),
        ),
        actions=(Act(N_("Define a recurring task"), f"{TASKS}/define", DefineRecurringTask, "n"),),
        row_actions=(
            Act(N_("Open the ticket of the day"), lambda row: f"{TASKS}/{quote(row.task.code)}/open", OpenRecurringTask,
                when=_recurs),
            Act(N_("End the task"), lambda row: f"{TASKS}/{quote(row.task.code)}/end", EndRecurringTask, when=_recurs),
        ),
        empty=N_("No task recurs."),
    ),
    List(
        CAUSES, ListCauseRules, N_("Causes of tickets"),
        (
            Column(N_("Cause"), lambda row: row.cause, below=lambda row: row.seller),
            Column(N_("Kind"), lambda row: row.rule.kind), Column(N_("What it is about"), lambda row: row.rule.subject),
            Column(N_("Queue"), lambda row: row.rule.queue),
        ),
        actions=(Act(N_("Set a rule"), f"{CAUSES}/set", SetCauseRule, "n"),),
        items=lambda answer: answer.rules, views=OF_CAUSES, empty=N_("No cause opens a ticket."),
    ),
    List(
        THERE, ListCauses, N_("Present causes"),
        (
            Column(N_("Cause"), lambda row: row.cause, below=lambda row: row.device or row.node or row.account),
            Column(N_("State"), lambda row: PRESENT if row.is_there else GONE, "state"),
            Column(N_("Since"), lambda row: row.since, "instant"),
            Column(N_("Ticket"), lambda row: row.ticket,
                   link=lambda row: f"/tickets/{row.ticket}" if row.ticket else ""),
        ),
        views=OF_CAUSES, empty=N_("No cause is present."),
    ),
    List(
        LEVELS, ListServiceLevels, N_("Service levels"),
        (
            Column(N_("Service level"), lambda row: row.title, link=lambda row: f"{LEVELS}/define?as={quote(row.code)}",
                   below=lambda row: row.code),
            Column(N_("Seller"), lambda row: row.seller),
        ),
        actions=(Act(N_("Define a service level"), f"{LEVELS}/define", DefineServiceLevel, "n"),),
        empty=N_("No service level is defined yet."),
    ),
)
# fmt: on
SET_UP = (
    Tile("house", N_("Service levels"), LEVELS, ListServiceLevels, N_("How soon tickets are answered and resolved")),
    Tile("by itself", N_("Recurring tasks"), TASKS, ListRecurringTasks, N_("Tickets that are opened on their days")),
    Tile("by itself", N_("Causes of tickets"), CAUSES, ListCauseRules, N_("What opens tickets, and closes them")),
)
