"""The check of a flow: everything that is wrong with it, each with its place, before any ticket goes by it.

    unreachable step      no move leads to it from the first step
    dead end              from it no move leads to the end
    unknown field         a form or an expression asks for what nobody answers
    permission missing    an action gives a command that `may` does not name

The check needs no database: which commands there are, with their fields, is an argument. What other streams must say,
that the kind of a child is published, is checked when the flow is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.field_rules import faults_of_rule
from billing_core.work.expressions import constant_text, names_in, parse
from billing_core.work.flows import END, Action, AddComment, Flow, GiveCommand, Limit, Move, OpenChild, Step

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
MOST_STEPS = 200
TICKET_FACTS = frozenset({
    "ticket.number", "ticket.subject", "ticket.customer", "ticket.account", "ticket.subscription", "ticket.address",
    "ticket.device", "ticket.node", "ticket.product", "ticket.document", "ticket.priority", "ticket.opened_on",
    "ticket.labour_minutes", "ticket.children", "today", "resolution", "outage.ticket",
})  # fmt: skip
# Of the newest visit that is booked for the ticket. `booking` is another text whenever it was moved.
VISIT_FACTS = frozenset({
    "appointment.begins_at", "appointment.ends_at", "appointment.on", "appointment.job_kind", "appointment.address",
    "appointment.crew", "appointment.booking",
})  # fmt: skip
ACCOUNT_FACTS = frozenset({
    "account.balance", "account.currency", "account.customer", "subscription.state", "subscription.tariff",
    "subscription.ends_on",
})  # fmt: skip
Place = tuple[str | int, ...]


class CommandShape(NamedTuple):
    """A command that a flow may give: the permission for it, its fields, those that it needs, and those with entries
    of their own, as `values.place`.

    `choices` are the values of fields that have but a few, and `entries` the entries that go with each of them: those
    of `values` for each `kind` of message.
    """

    permission: str
    fields: frozenset[str]
    required: frozenset[str]
    with_entries: frozenset[str] = frozenset()
    choices: Mapping[str, frozenset[str]] = {}
    entries: Mapping[tuple[str, str], frozenset[str]] = {}


class Fault(NamedTuple):
    """What is wrong, at a place of the flow: `("steps", 2, "moves", 0, "to")`."""

    place: Place
    reason: str


def faults_of(flow: Flow, commands: Mapping[str, CommandShape]) -> list[Fault]:
    """All faults of a flow, in order of place; none if tickets can go by it."""
    faults = [*_faults_of_head(flow), *_faults_of_steps(flow), *_faults_of_actions(flow, commands)]
    if not faults and not flow.diagram:
        faults = [*_faults_of_ways(flow)]
    return faults


# --- the head


def _faults_of_head(flow: Flow) -> Iterator[Fault]:
    if not CODE.fullmatch(flow.kind):
        yield Fault(("kind",), f"{flow.kind!r} must be 1 to 50 of a to z, digits, - and _, first a letter or digit")
    if not flow.title.strip():
        yield Fault(("title",), "must not be empty")
    if not CODE.fullmatch(flow.queue):
        yield Fault(("queue",), f"{flow.queue!r} must be 1 to 50 of a to z, digits, - and _")
    if not flow.steps and not flow.diagram:
        yield Fault(("steps",), "must not be empty")
    if len(flow.steps) > MOST_STEPS:
        yield Fault(("steps",), f"are more than {MOST_STEPS}")
    yield from _repeated("fields", (field.code for field in flow.fields))
    yield from _repeated("steps", (step.code for step in flow.steps))
    for number, field in enumerate(flow.fields):
        yield from (Fault(("fields", number, *place), reason) for place, reason in faults_of_rule(field))


def _repeated(part: str, codes: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, code in enumerate(codes):
        if code in seen:
            yield Fault((part, number, "code"), f"{code!r} stands there twice")
        seen.add(code)


# --- steps and moves


def _faults_of_steps(flow: Flow) -> Iterator[Fault]:
    codes, asked = {step.code for step in flow.steps}, {field.code for field in flow.fields}
    for number, step in enumerate(flow.steps):
        place: Place = ("steps", number)
        if not CODE.fullmatch(step.code) and not flow.diagram:
            yield Fault((*place, "code"), f"{step.code!r} must be 1 to 50 of a to z, digits, - and _")
        if step.code == END:
            yield Fault((*place, "code"), f"{END!r} is the end of every flow")
        for position, code in enumerate(step.form):
            if code not in asked:
                yield Fault((*place, "form", position), f"there is no field {code!r}")
        yield from _faults_of_kind(step, place, is_drawn=bool(flow.diagram))
        if step.limit is not None:
            yield from _faults_of_limit(step, step.limit, (*place, "limit"))
        for position, move in enumerate(step.moves):
            yield from _faults_of_move(flow, step, move, codes, (*place, "moves", position))


def _faults_of_kind(step: Step, place: Place, *, is_drawn: bool) -> Iterator[Fault]:
    if is_drawn:
        if step.moves:
            yield Fault((*place, "moves"), "the diagram decides what follows a step")
        return
    resolutions = [move.resolution for move in step.moves if move.resolution or step.by != "decision"]
    if len(set(resolutions)) < len(resolutions):
        yield Fault((*place, "moves"), "two moves have the same resolution")
    if step.by in ("automatic", "wait") and len(step.moves) != 1:
        yield Fault((*place, "moves"), f"a step that is left by {step.by} has one move")
    if step.by == "decision" and any(not move.when for move in step.moves[:-1]):
        yield Fault((*place, "moves"), "only the last move of a decision has no condition")
    if (step.by == "wait") != bool(step.wait_for):
        yield Fault((*place, "wait_for"), "is needed by a step that waits, and by it alone")
    if (step.wait_for == "message") != bool(step.message):
        yield Fault((*place, "message"), "is needed to wait for a message, and for it alone")
    if step.do and step.by != "automatic":
        yield Fault((*place, "do"), "actions stand in an automatic step, or in a move")
    if step.form and step.by != "person":
        yield Fault((*place, "form"), "only a step that a person completes has a form")


def _faults_of_limit(step: Step, limit: Limit, place: Place) -> Iterator[Fault]:
    if limit.hours <= 0:
        yield Fault((*place, "hours"), "must be greater than 0")
    if step.by in ("automatic", "decision"):
        yield Fault(place, f"a step that is left by {step.by} has no time limit")
    if limit.move and limit.move not in {move.resolution for move in step.moves}:
        yield Fault((*place, "move"), f"{limit.move!r} is no resolution of a move of this step")


def _faults_of_move(flow: Flow, step: Step, move: Move, codes: set[str], place: Place) -> Iterator[Fault]:
    if move.to != END and move.to not in codes:
        yield Fault((*place, "to"), f"there is no step {move.to!r}")
    if step.by == "person" and not CODE.fullmatch(move.resolution):
        yield Fault((*place, "resolution"), "is needed; 1 to 50 of a to z, digits, - and _")
    if move.do and not move.resolution:
        yield Fault((*place, "resolution"), "a move with actions needs one")
    if "/" in move.resolution:
        yield Fault((*place, "resolution"), "must not have a /")
    if step.by == "automatic" and (move.do or move.when):
        yield Fault(place, "the move of an automatic step has no condition and no actions: they stand in the step")
    if move.when:
        yield from _faults_of_expression(flow, move.when, (*place, "when"))
        if step.by == "person" and not move.otherwise:
            yield Fault((*place, "otherwise"), "is needed: what to do if the condition does not hold")


# --- expressions and actions


def facts_known(flow: Flow) -> frozenset[str]:
    """The names that expressions of a flow may use."""
    return TICKET_FACTS | ACCOUNT_FACTS | VISIT_FACTS | {field.code for field in flow.fields}


def asks_of_account(flow: Flow) -> bool:
    """Whether an expression of a flow may ask something of the account or its subscription."""
    return _asks(flow, "account.", "subscription.")


def asks_of_visit(flow: Flow) -> bool:
    """Whether an expression of a flow may ask something of the visit that is booked."""
    return _asks(flow, "appointment.") or "appointment." in flow.diagram


def _asks(flow: Flow, *names: str) -> bool:
    texts = (move.when for step in flow.steps for move in step.moves)
    given = (text for _, action in actions_of(flow) for text in _texts_of(action))
    return any(name in text for text in (*texts, *given) for name in names)


def _texts_of(action: Action) -> tuple[str, ...]:
    fields = action.fields.values() if isinstance(action, GiveCommand | OpenChild) else ()
    return (action.when, *fields)


def _faults_of_expression(flow: Flow, text: str, place: Place) -> Iterator[Fault]:
    try:
        unknown = names_in(parse(text)) - facts_known(flow)
    except InvalidValue as invalid:
        yield Fault(place, str(invalid))
        return
    for name in sorted(unknown):
        yield Fault(place, f"there is no field or fact {name!r}")


def actions_of(flow: Flow) -> Iterator[tuple[Place, Action]]:
    """All actions with their places."""
    for number, step in enumerate(flow.steps):
        for position, action in enumerate(step.do):
            yield ("steps", number, "do", position), action
        for way, move in enumerate(step.moves):
            for position, action in enumerate(move.do):
                yield ("steps", number, "moves", way, "do", position), action


def _faults_of_actions(flow: Flow, commands: Mapping[str, CommandShape]) -> Iterator[Fault]:
    for place, action in actions_of(flow):
        if action.when:
            yield from _faults_of_expression(flow, action.when, (*place, "when"))
        if isinstance(action, GiveCommand | OpenChild):
            for name, text in action.fields.items():
                yield from _faults_of_expression(flow, text, (*place, "fields", name))
        if isinstance(action, GiveCommand):
            yield from _faults_of_command(flow, action, commands, place)
        if isinstance(action, AddComment):
            yield from _faults_of_comment(flow, action, place)


def _faults_of_comment(flow: Flow, comment: AddComment, place: Place) -> Iterator[Fault]:
    if bool(comment.text.strip()) == bool(comment.field):
        yield Fault((*place, "text"), "either a text is needed, or the field whose answer is said")
    if comment.field and comment.field not in {field.code for field in flow.fields}:
        yield Fault((*place, "field"), f"there is no field {comment.field!r}")


def _faults_of_command(
    flow: Flow, action: GiveCommand, commands: Mapping[str, CommandShape], place: Place
) -> Iterator[Fault]:
    shape = commands.get(action.command)
    if shape is None:
        yield Fault(
            (*place, "command"), f"a flow cannot give {action.command!r}; it can: {', '.join(sorted(commands))}"
        )
        return
    if shape.permission not in flow.may:
        yield Fault((*place, "command"), f"needs the permission {shape.permission}, which `may` does not name")
    given = {name: name.partition(".")[0] for name in action.fields}
    for name in sorted(name for name, field in given.items() if field not in shape.fields):
        yield Fault((*place, "fields", name), f"{action.command} has no such field")
    for name in sorted(shape.required - set(given.values())):
        yield Fault((*place, "fields"), f"{action.command} needs the field {name!r}")
    for name in sorted(name for name, field in given.items() if name != field and field in shape.fields):
        yield from _faults_of_entry(action, name, shape, (*place, "fields", name))
    yield from _faults_of_choices(action, shape, (*place, "fields"))


def _faults_of_choices(action: GiveCommand, shape: CommandShape, place: Place) -> Iterator[Fault]:
    """What is written out and not worked out is one of the values there are, and has the entries that go with it.

    kind: "'planned-wrok'"             no such kind of message
    kind: "'visit'", values.debt: ...  a message of this kind tells no debt
    """
    for name, known in shape.choices.items():
        chosen = _written_out(action.fields.get(name, ""))
        if chosen is None:
            continue
        if chosen not in known:
            yield Fault((*place, name), f"{chosen!r} is none that there is; use one of {', '.join(sorted(known))}")
            continue
        for given in action.fields:
            field, _, entry = given.partition(".")
            entries = shape.entries.get((field, chosen))
            if entry and entries is not None and entry not in entries:
                yield Fault((*place, given), f"{chosen} has no {entry!r}; it has {', '.join(sorted(entries))}")


def _written_out(text: str) -> str | None:
    """The text that an expression is; None if it is worked out, or no expression."""
    try:
        return constant_text(parse(text)) if text else None
    except InvalidValue:
        return None


def _faults_of_entry(action: GiveCommand, name: str, shape: CommandShape, place: Place) -> Iterator[Fault]:
    """An entry, `values.place`, stands in a field that has entries, and that is not given as a whole too."""
    field, _, entry = name.partition(".")
    if field not in shape.with_entries:
        yield Fault(place, f"the field {field!r} of {action.command} has no entries")
    elif not entry:
        yield Fault(place, f"names no entry of {field!r}; write it as {field}.place")
    elif field in action.fields:
        yield Fault(place, f"{field!r} is given as a whole too; give its entries alone")


# --- ways


def _faults_of_ways(flow: Flow) -> Iterator[Fault]:
    """Every step can be reached from the first one, and the end from every step."""
    ways = {step.code: {move.to for move in step.moves} for step in flow.steps}
    reached = _reached(flow.steps[0].code, ways)
    for number, step in enumerate(flow.steps):
        if step.code not in reached:
            yield Fault(("steps", number), f"no move leads to the step {step.code!r}")
        elif END not in _reached(step.code, ways):
            yield Fault(("steps", number), f"is a dead end: from the step {step.code!r} no move leads to the end")


def _reached(begin: str, ways: Mapping[str, set[str]]) -> set[str]:
    reached, open_ends = {begin}, [begin]
    while open_ends:
        for code in ways.get(open_ends.pop(), set()) - reached:
            reached.add(code)
            open_ends.append(code)
    return reached
