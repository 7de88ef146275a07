"""Keep a command that waits for a second person, and approve or reject it.

An approval carries the command out in the same transaction, so that it is done once or not at all; the events name both
persons. The command is decided on the facts of that moment, with the day of the request for a day that it left open.
"""

from __future__ import annotations

from typing import Any

import msgspec

from billing_core.approvals import OPEN_FOR, ApprovalRequested, Request, apply_request, approve, reject
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.personal import ERASED
from billing_core.staff.roles import NotPermitted
from commands import (
    billing,
    cards,
    cash,
    collection,
    corrections,
    credit_limits,
    payment_requests,
    payments,
    promises,
)
from commands.accounts import load_account
from commands.approval_streams import request_stream
from commands.cash.handing import ConfirmDeposit, DepositCash, HandOverCash
from commands.cash.takings import CancelReceipt
from commands.platform.area import Area
from commands.platform.bus import Answer, Bus, Command, Decision, Handlers
from commands.platform.concerns import Concern, Named
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, Transaction

ACCOUNTS = {"account", "from_account"}
MONEY = (payments, cash, cards, payment_requests, billing, corrections, promises, credit_limits, collection)
# Commands that move an amount of an account, grant it, or take a promise of it: a limit of a role can make them wait.
# So can the limit of a cash desk for a receipt that is cancelled, and cash that leaves a till is of no account.
AT_DESKS = {CancelReceipt, HandOverCash, DepositCash, ConfirmDeposit}
APPROVABLE: Handlers = {
    command: handler
    for area in MONEY
    for command, handler in area.AREA.handlers.items()
    if ACCOUNTS & set(command.__struct_fields__) or command in AT_DESKS
}
BY_NAME = {command.__name__: command for command in APPROVABLE}
DAYS = ("received_on", "on")

_encode = msgspec.json.Encoder(decimal_format="string").encode

# --- commands


class KeepForApproval(Command, frozen=True, kw_only=True):
    """Keep a command until a second person approves it. Nobody gives this one: what waits is kept by it."""

    command: Command
    why: str


class ApproveRequest(Command, frozen=True, kw_only=True):
    """Carry out a command that waits for a second person; nobody approves the own one."""

    request: str


class RejectRequest(Command, frozen=True, kw_only=True):
    """Never carry out a command that waits for a second person."""

    request: str
    reason: str


# --- handlers


def load_request(transaction: Transaction, request: str) -> tuple[Request, int]:
    """The request and its version, or `NotFound`."""
    found, version = transaction.load(request_stream(request), apply_request)
    if found is None:
        raise NotFound("no such request; `billing approvals` lists them", field="request", value=request)
    return found, version


def is_erased(request: Request) -> bool:
    """Whether the content was erased, because the customer was forgotten."""
    return request.asked.content == ERASED


def command_of(request: Request) -> Command:
    """The command that waits; refused if its content was erased."""
    if is_erased(request):
        raise RuleViolation("was erased, because the customer was forgotten; reject it", field="request",
                            value=request.asked.request)  # fmt: skip
    found: Command = msgspec.json.decode(request.asked.content, type=BY_NAME[request.asked.command])
    return found


def account_of(command: Command) -> str:
    """The account that a command concerns, the first one of several; empty if it names none."""
    return str(getattr(command, "account", "") or getattr(command, "from_account", ""))


def handle_keep_for_approval(command: KeepForApproval, transaction: Transaction, origin: Origin) -> Decision:
    request, number = str(origin.command_id), account_of(command.command)
    customer = load_account(transaction, number)[0].customer if number else ""
    asked = ApprovalRequested(
        effective_on=origin.today,
        request=request,
        command=type(command.command).__name__,
        account=number,
        customer=customer,
        content=_encode(_dated(command.command, origin)).decode(),
        requested_by=origin.actor,
        why=command.why,
        expires_on=origin.today + OPEN_FOR,
    )
    return Decision((Append(request_stream(request), 0, [asked]),), _waiting(asked))


def handle_approve_request(command: ApproveRequest, transaction: Transaction, origin: Origin) -> Decision:
    request, version = load_request(transaction, command.request)
    events: list[Event] = approve(request, origin.actor, origin.today)
    waiting = command_of(request)
    approved = origin._replace(requested_by=request.asked.requested_by)
    done = APPROVABLE[type(waiting)](waiting, transaction, approved)
    appends = (*done.appends, Append(request_stream(command.request), version, events))
    return Decision(appends, done.result, requested_by=request.asked.requested_by)


def handle_reject_request(command: RejectRequest, transaction: Transaction, origin: Origin) -> Decision:
    request, version = load_request(transaction, command.request)
    events = reject(request, origin.actor, command.reason, origin.today)
    return Decision((Append(request_stream(command.request), version, events),))


def _dated(command: Command, origin: Origin) -> Command:
    """The command with today for the days that it left open."""
    left_open = {day: origin.today for day in DAYS if getattr(command, day, origin) is None}
    return msgspec.structs.replace(command, **left_open)


def _waiting(asked: ApprovalRequested) -> dict[str, Any]:
    return {"request": asked.request, "why": asked.why, "expires_on": asked.expires_on.isoformat()}


# --- the door of commands that wait


class Waiting:
    """Keeps commands that wait for a second person; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trial = Bus(store, APPROVABLE, _allow)
        self._keeping = Bus(store, KEEPING, _allow)

    def keep(self, command: Command, origin: Origin, why: str, *, dry_run: bool) -> Answer:
        """Keep a command that could be carried out now, under its own id; a repetition gets the first answer.

        One of no account is kept for nobody: it is not permitted.
        """
        if type(command) not in APPROVABLE:
            raise NotPermitted(why)
        keep = KeepForApproval(command=command, why=why)
        answer = self._keeping.rehearse(keep, origin)
        if not answer.is_repeated:
            self._trial.rehearse(command, origin._replace(command_id=new_id(), requested_by=origin.actor))
        return answer if dry_run else self._keeping.execute(keep, origin)

    def command_of(self, request: str) -> Command:
        """The command that waits."""
        with self._store.transaction() as transaction:
            return command_of(load_request(transaction, request)[0])


def _allow(command: Command, origin: Origin) -> None:
    """Whether somebody may give the command was checked before."""


KEEPING: Handlers = {KeepForApproval: handle_keep_for_approval}
AREA = Area(
    handlers={ApproveRequest: handle_approve_request, RejectRequest: handle_reject_request},
    concerns=dict.fromkeys((ApproveRequest, RejectRequest), Concern("named", (Named("request", ("request",)),))),
)
