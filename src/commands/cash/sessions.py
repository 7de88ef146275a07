"""Open a session of a cash desk with its float, and close it with a count."""

from __future__ import annotations

from billing_core.cash.denominations import Count
from billing_core.cash.opening import close_session, open_session
from commands.cash.streams import desk_stream, load_desk, load_open_till, require_right, session_stream
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OpenCashSession(Command, frozen=True, kw_only=True):
    """Open a session of a cash desk with its float, counted by notes and coins: `count` has the pieces of each value.

    If the float is not what the last count left, a reason is needed and the difference is kept.
    """

    desk: str
    count: Count = ()
    reason: str = ""


class CloseCashSession(Command, frozen=True, kw_only=True):
    """Count the till by notes and coins, and close the session of a cash desk.

    A variance needs a reason. What was counted stays in the till for the next session.
    """

    desk: str
    count: Count = ()
    reason: str = ""


# --- handlers


def handle_open_session(command: OpenCashSession, transaction: Transaction, origin: Origin) -> Decision:
    state, version = load_desk(transaction, command.desk)
    require_right(state.desk, "write", origin)
    started, opened = open_session(state, command.count, command.reason, origin.actor, origin.today)
    appends = (
        Append(desk_stream(command.desk), version, [started]),
        Append(session_stream(opened.session), 0, [opened]),
    )
    return Decision(
        appends, {"session": opened.session, "float": opened.float, "difference": opened.float - state.left}
    )


def handle_close_session(command: CloseCashSession, transaction: Transaction, origin: Origin) -> Decision:
    opened = load_open_till(transaction, command.desk, "write", origin)
    _, version = load_desk(transaction, command.desk)
    closed, ended = close_session(opened.till, command.count, command.reason)
    appends = (opened.append(closed), Append(desk_stream(command.desk), version, [ended]))
    result = {"session": closed.session, "expected": closed.expected, "counted": closed.counted,
              "variance": closed.variance}  # fmt: skip
    return Decision(appends, result)


HANDLERS: Handlers = {OpenCashSession: handle_open_session, CloseCashSession: handle_close_session}
