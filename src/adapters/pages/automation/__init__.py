"""What happens by itself: timed work, reactions, wake-ups, deliveries, and what was refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.actions.automation import (
    DropDelivery,
    OverruleRefusedCommand,
    ReplayDelivery,
    RetryRefusedCommand,
    StartTimedWork,
)
from adapters.door.door import Done
from adapters.pages.automation.to_do import TO_DO as TO_DO
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.automation import (
    ListDeliveries,
    ListFollowers,
    ListReactions,
    ListRefusedCommands,
    ListTimedWork,
    ListWakeUps,
)

SCHEDULE, DELIVERIES, REFUSED = "/set-up/schedule", "/set-up/deliveries", "/set-up/refused-commands"
STATES = {
    "done": State(N_("Done"), "good"), "running": State(N_("Under way"), "info"),
    "failed": State(N_("Failed"), "bad"), "interrupted": State(N_("Interrupted"), "bad"),
    "waiting": State(N_("Waits for the next try"), "warn"), "dead": State(N_("Dead letter"), "bad"),
    "dropped": State(N_("Dropped"), "calm"),
}  # fmt: skip
DELIVERY_STATES = tuple(Choice(code, STATES[code].word) for code in ("dead", "waiting", "dropped"))
CAUSES = (Choice("reaction", N_("Reactions")), Choice("wake-up", N_("Wake-ups")))
SETTLED = (Choice("no", N_("To be settled")), Choice("yes", N_("Settled")))


def _state(row: Any) -> State:
    return STATES.get(row.state, State(row.state.capitalize()))


def _work(row: Any) -> str:
    return f"{SCHEDULE}/{quote(row.work)}/start"


def _delivery(what: str) -> Any:
    return lambda row: f"{DELIVERIES}/{quote(row.follower)}/{row.position}/{what}"


def _lag_columns(name: str) -> tuple[Column, ...]:
    return (
        Column(name, lambda row: row.name),
        Column(N_("Position"), lambda row: row.position, "count"),
        Column(N_("Behind"), lambda row: row.lag_events, "count"),
        Column(N_("Seconds"), lambda row: row.lag_seconds, "count"),
        Column(N_("State"), lambda row: State(N_("Behind"), "warn") if row.lag_seconds > LATE_SECONDS else
               State(N_("Up to date"), "good"), "state"),
    )  # fmt: skip


REFUSED_AGAIN = N_("Refused again:")


def _retried(visit: Visit, done: Done) -> str:
    refused = done.result.get("refused", "")
    return f"{visit.translated(REFUSED_AGAIN)} {refused}" if refused else visit.translated(N_("It was applied."))


def _cause(row: Any) -> str:
    return "reaction" if row.position is not None else "wake-up"


def _refused(what: str) -> Any:
    return lambda row: f"{REFUSED}/{_cause(row)}/{row.number}/{what}"


LATE_SECONDS = 60
LISTS = (
    List(
        SCHEDULE, ListTimedWork, N_("Schedule"),
        (
            Column(N_("Work"), lambda row: row.work.replace("-", " ").capitalize()),
            Column(N_("Next"), lambda row: row.next_due_at.replace("T", " ")),
            Column(N_("Last for"), lambda row: row.last_on, "day"),
            Column(N_("State"), _state, "state", below=lambda row: row.outcome),
            Column(N_("Began"), lambda row: row.started_at, "instant", below=lambda row: row.started_by or ""),
            Column(N_("Ended"), lambda row: row.ended_at, "instant"),
            Column(N_("Asked for by"), lambda row: row.wanted_by),
        ),
        row_actions=(Act(N_("Start now"), _work, StartTimedWork, when=lambda row: row.state != "running"),),
    ),
    List("/set-up/followers", ListFollowers, N_("Followers"), _lag_columns(N_("Follower"))),
    List("/set-up/reactions", ListReactions, N_("Reactions"), _lag_columns(N_("Reaction"))),
    List(
        DELIVERIES, ListDeliveries, N_("Deliveries not taken"),
        (
            Column(N_("Follower"), lambda row: row.follower),
            Column(N_("Event"), lambda row: row.position, "code", link=lambda row: f"/log/{row.position}",
                   below=lambda row: row.stream),
            Column(N_("State"), _state, "state"),
            Column(N_("Tries"), lambda row: row.attempts, "count"),
            Column(N_("Next try"), lambda row: row.next_try_at, "instant"),
            Column(N_("Why"), lambda row: row.error, below=lambda row: row.decided_reason or ""),
        ),
        filters=(Field("follower", N_("Follower")), Field("state", N_("State"), "choice", choices=DELIVERY_STATES)),
        row_actions=(
            Act(N_("Deliver again"), _delivery("replay"), ReplayDelivery, when=lambda row: row.state != "dropped"),
            Act(N_("Drop"), _delivery("drop"), DropDelivery, when=lambda row: row.state != "dropped"),
        ),
        empty=N_("All that was sent was taken."),
    ),
    List(
        REFUSED, ListRefusedCommands, N_("Refused commands"),
        (
            Column(N_("Cause"), lambda row: row.name, below=lambda row: row.stream),
            Column(N_("Command"), lambda row: row.command),
            Column(N_("Why"), lambda row: row.reason),
            Column(N_("Refused"), lambda row: row.refused_at, "instant"),
            Column(N_("Tries"), lambda row: row.attempts, "count"),
            Column(N_("Settled"), lambda row: row.settled_by, below=lambda row: row.settled_reason or ""),
        ),
        filters=(
            Field("cause", N_("Of"), "choice", choices=CAUSES, is_required=True),
            Field("settled", N_("Which"), "choice", choices=SETTLED),
        ),
        row_actions=(
            Act(N_("Try again"), _refused("retry"), RetryRefusedCommand, when=lambda row: row.settlement is None),
            Act(N_("Overrule"), _refused("overrule"), OverruleRefusedCommand,
                when=lambda row: row.settlement is None),
        ),
        empty=N_("Nothing that happened by itself was refused."), begins={"cause": "reaction"},
    ),
    List(
        "/set-up/wake-ups", ListWakeUps, N_("Wake-ups"),
        (
            Column(N_("Due"), lambda row: row.due_on, "day"),
            Column(N_("At"), lambda row: row.due_at, "instant"),
            Column(N_("What"), lambda row: row.kind.replace("-", " ").capitalize()),
            Column(N_("About"), lambda row: row.stream, below=lambda row: row.subject),
            Column(N_("State"), lambda row: State(N_("Handed over"), "calm") if row.is_handed else
                   State(N_("Planned"), "info"), "state"),
        ),
        fixed={"limit": 1_000}, empty=N_("No deadline is open."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{SCHEDULE}/{{work}}/start", StartTimedWork, N_("Start now"), N_("Start the work now"), (),
        then=to(SCHEDULE), back=to(SCHEDULE), done=says(N_("It begins as soon as a worker is free.")),
        about=lambda visit: visit.path["work"],
    ),
    Form(
        f"{DELIVERIES}/{{follower}}/{{position}}/replay", ReplayDelivery, N_("Deliver again"), N_("Deliver again"), (),
        then=to(DELIVERIES), back=to(DELIVERIES), done=says(N_("It is delivered again, with all tries.")),
        about=lambda visit: visit.path["position"],
    ),
    Form(
        f"{DELIVERIES}/{{follower}}/{{position}}/drop", DropDelivery, N_("Drop the delivery"), N_("Never deliver it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(DELIVERIES), back=to(DELIVERIES), done=says(N_("It is never delivered.")),
        about=lambda visit: visit.path["position"],
    ),
    Form(
        f"{REFUSED}/{{cause}}/{{number}}/retry", RetryRefusedCommand, N_("Try again"), N_("Give it again in my name"),
        (), then=to(f"{REFUSED}?cause={{cause}}"), back=to(f"{REFUSED}?cause={{cause}}"), done=_retried,
        about=lambda visit: visit.path["number"],
    ),
    Form(
        f"{REFUSED}/{{cause}}/{{number}}/overrule", OverruleRefusedCommand, N_("Overrule"),
        N_("Decide that it is not applied"), (Field("reason", N_("Reason"), is_required=True),),
        then=to(f"{REFUSED}?cause={{cause}}"), back=to(f"{REFUSED}?cause={{cause}}"),
        done=says(N_("It is settled: it is not applied.")), about=lambda visit: visit.path["number"],
    ),
)  # fmt: skip
SET_UP = (
    Tile("by itself", N_("Schedule"), SCHEDULE, ListTimedWork, N_("What is done every night, and now if you say so")),
    Tile("by itself", N_("Reactions"), "/set-up/reactions", ListReactions, N_("Events that cause something")),
    Tile("by itself", N_("Wake-ups"), "/set-up/wake-ups", ListWakeUps, N_("Deadlines that come")),
    Tile("by itself", N_("Refused commands"), REFUSED, ListRefusedCommands, N_("To be tried again or overruled")),
    Tile("systems", N_("Followers"), "/set-up/followers", ListFollowers, N_("How far other systems are behind")),
    Tile("systems", N_("Deliveries not taken"), DELIVERIES, ListDeliveries, N_("To be sent again or dropped")),
)
