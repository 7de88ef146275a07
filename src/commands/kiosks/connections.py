"""Connect kiosks and wallets, change what is agreed with their operators, and switch them off and on."""

from __future__ import annotations

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event
from billing_core.kiosks.connections import (
    Kiosk,
    KioskSecretChanged,
    KioskTerms,
    apply_kiosk,
    change_kiosk,
    connect_kiosk,
    switch_kiosk,
)
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

LEAST_SECRET, MOST_SECRET = 8, 200

# --- commands


class ConnectKiosk(Command, frozen=True, kw_only=True):
    """Let kiosks or a wallet report payments, at `/kiosk/NAME`, by one of the protocols.

    A secret is made, which `take-kiosk-secret` shows once; `change-kiosk-secret` keeps one that the other side gave.
    """

    kiosk: str
    terms: KioskTerms


class OfKiosk(Command, frozen=True, kw_only=True):
    kiosk: str


class ChangeKiosk(OfKiosk, frozen=True, kw_only=True):
    """All terms of a connection from now on; protocol and seller stay."""

    terms: KioskTerms


class ChangeKioskSecret(OfKiosk, frozen=True, kw_only=True):
    """Another secret: the one that the other side gave, or without it a new one, which `take-kiosk-secret` shows once.

    For a day messages are proved by the one before, too.
    """

    secret: str = ""


class SwitchKiosk(OfKiosk, frozen=True, kw_only=True):
    """Take no payments over a connection any more, or again. The other side is asked to try later meanwhile."""

    is_on: bool
    reason: str


# --- handlers


def kiosk_stream(code: str) -> str:
    return f"kiosk/{code}"


def load_kiosk(transaction: Transaction, code: str) -> tuple[Kiosk, int]:
    """The connection and its version, or `NotFound`."""
    kiosk, version = transaction.load(kiosk_stream(code), apply_kiosk)
    if kiosk is None:
        raise NotFound("no such connection; `billing kiosk` lists them", field="kiosk", value=code)
    return kiosk, version


def handle_connect_kiosk(command: ConnectKiosk, transaction: Transaction, origin: Origin) -> Decision:
    stream = kiosk_stream(command.kiosk)
    existing, version = transaction.load(stream, apply_kiosk)
    events = connect_kiosk(existing, command.kiosk, command.terms, origin.today)
    load_seller(transaction, command.terms.seller)
    if events:
        transaction.keep_kiosk_secret(command.kiosk, "", origin.recorded_at)
    return Decision((Append(stream, version, events),))


def handle_change_kiosk(command: ChangeKiosk, transaction: Transaction, origin: Origin) -> Decision:
    kiosk, version = load_kiosk(transaction, command.kiosk)
    return _changed(kiosk, version, change_kiosk(kiosk, command.terms, origin.today))


def handle_change_kiosk_secret(command: ChangeKioskSecret, transaction: Transaction, origin: Origin) -> Decision:
    kiosk, version = load_kiosk(transaction, command.kiosk)
    if command.secret and not _can_be_kept(command.secret):
        # The value is left out: it would stand in the error.
        raise InvalidValue(f"must be {LEAST_SECRET} to {MOST_SECRET} printable characters of ASCII", field="secret")
    transaction.keep_kiosk_secret(kiosk.code, command.secret, origin.recorded_at)
    return _changed(kiosk, version, [KioskSecretChanged(effective_on=origin.today, kiosk=kiosk.code)])


def _can_be_kept(secret: str) -> bool:
    return LEAST_SECRET <= len(secret) <= MOST_SECRET and secret.isascii() and secret.isprintable()


def handle_switch_kiosk(command: SwitchKiosk, transaction: Transaction, origin: Origin) -> Decision:
    kiosk, version = load_kiosk(transaction, command.kiosk)
    return _changed(kiosk, version, switch_kiosk(kiosk, is_on=command.is_on, reason=command.reason, on=origin.today))


def _changed(kiosk: Kiosk, version: int, events: list[Event]) -> Decision:
    return Decision((Append(kiosk_stream(kiosk.code), version, events),))


CONCERNS: Concerns = dict.fromkeys((ConnectKiosk, ChangeKiosk, ChangeKioskSecret, SwitchKiosk), HOUSE)
HANDLERS: Handlers = {
    ConnectKiosk: handle_connect_kiosk,
    ChangeKiosk: handle_change_kiosk,
    ChangeKioskSecret: handle_change_kiosk_secret,
    SwitchKiosk: handle_switch_kiosk,
}
