"""Define the reasons for which services are suspended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from billing_core.kernel.errors import NotFound
from billing_core.services.suspension_reasons import (
    READY,
    SuspensionReason,
    apply_suspension_reason,
    define_suspension_reason,
)
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DefineSuspensionReason(Command, frozen=True, kw_only=True):
    """Define a reason for which services are suspended, or replace its policy; supply all of it.

    It holds for suspensions from now on. Of `no-money` and `usage-limit` only the name and the page can be others.
    """

    reason: SuspensionReason


# --- handlers

REASONS = "suspension-reason/"


def reason_stream(code: str) -> str:
    return f"{REASONS}{code}"


def known_reason(transaction: Transaction, code: str) -> SuspensionReason | None:
    """The reason as it is defined, or as it is ready; None if it is neither."""
    defined, _ = transaction.load(reason_stream(code), apply_suspension_reason)
    return defined or READY.get(code)


def load_reason(transaction: Transaction, code: str) -> SuspensionReason:
    """The reason as it is defined, or as it is ready; else `NotFound`."""
    reason = known_reason(transaction, code)
    if reason is None:
        raise NotFound(
            "no such reason for a suspension; define-suspension-reason defines it, `billing suspension-reasons` lists "
            "them", field="reason", value=code,
        )  # fmt: skip
    return reason


def load_reasons(transaction: Transaction, codes: Iterable[str]) -> Mapping[str, SuspensionReason]:
    """Several reasons, by their codes."""
    return {code: load_reason(transaction, code) for code in sorted(set(codes))}


def handle_define_reason(command: DefineSuspensionReason, transaction: Transaction, origin: Origin) -> Decision:
    stream = reason_stream(command.reason.code)
    known, version = transaction.load(stream, apply_suspension_reason)
    ready = READY.get(command.reason.code)
    events = define_suspension_reason(known or ready, command.reason, origin.today)
    return Decision((Append(stream, version, events),) if events else ())


AREA = Area(
    handlers={DefineSuspensionReason: handle_define_reason},
    concerns={DefineSuspensionReason: HOUSE},
)
