"""The desk of kiosks and wallets: a message comes in, is done once, and is answered in its own protocol always.

    not from an allowed network, forged, too old, cannot be read    refused, and kept with the reason
    check     may this be paid, and what is owed? Nothing is stored but that it was refused
    pay       one transaction of the database; the same one again gets its first answer
    cancel    taken back, on the same day
    promise   if the connection takes promises, once for its transaction
    anything that goes wrong here    "try later", never an error page

A flood of forged messages must not fill the log: of one connection and one reason so many a minute are kept, the rest
are counted, and the next one that is kept says how many they were.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import monotonic
from typing import NamedTuple

from adapters.bootstrap.application import Application
from adapters.bootstrap.kiosk_limits import Nonces, RefusalLimit
from adapters.bootstrap.kiosk_payers import KioskPayers
from adapters.bootstrap.kiosk_promises import PayerOfKiosk, checked, opened
from adapters.bootstrap.seller_clock import SellerClock
from adapters.kiosks import PROTOCOLS
from adapters.kiosks.messages import Asked, Connected, Found, Incoming, Refused, Reply, masked
from adapters.postgres.kiosk_secrets import PostgresKioskSecrets
from billing_core.accounts.account import Account
from billing_core.kernel.errors import BillingError, Unavailable
from billing_core.kernel.money import Money, zero
from billing_core.kiosks.connections import Kiosk, apply_kiosk, is_allowed_from
from billing_core.kiosks.transactions import KioskPaymentAsked, number_of, refusal_of
from commands.kiosks.connections import kiosk_stream
from commands.kiosks.payments import CancelKioskPayment, NoteKioskRefusal, PayByKiosk
from commands.platform.bus import SYSTEM, Command, OutcomeUnknown
from commands.platform.identity import new_id
from commands.platform.ports import Origin

KEPT_SECONDS = 1.0
CHANNEL = "kiosk"
TRY_LATER = Reply(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", b"try later\n")

logger = logging.getLogger(__name__)


class _Known(NamedTuple):
    """A connection as it was read a moment ago."""

    kiosk: Kiosk
    secrets: tuple[str, ...]
    until: float


class KioskDesk:
    """Takes in messages of all connections, from many threads."""

    def __init__(self, application: Application, clock: SellerClock | None = None) -> None:
        self._app = application
        self._clock = clock or SellerClock(application.store, application.tables)
        self._secrets = PostgresKioskSecrets(application.tables)
        self._payers = KioskPayers(application)
        self._known: dict[str, _Known] = {}
        self._nonces = Nonces()
        self._limit = RefusalLimit()

    def take(self, code: str, incoming: Incoming) -> Reply | None:
        """The answer to a message; None if there is no such connection."""
        try:
            known = self._connection(code)
            if known is None:
                return None
            today = self._clock.today_of([kiosk_stream(code)])[kiosk_stream(code)]
        except (BillingError, Unavailable):
            logger.exception("the connection of kiosk %s cannot be read", code)
            return TRY_LATER
        connected = Connected(known.kiosk.terms, known.secrets, today)
        asked, found = self._answered(known.kiosk, incoming, connected)
        return PROTOCOLS[known.kiosk.terms.protocol].answer(incoming, asked, found, connected)

    def _connection(self, code: str) -> _Known | None:
        """A connection, read again after a second: it may be switched off, and secrets end."""
        known = self._known.get(code)
        if known is None or known.until < monotonic():
            kiosk: Kiosk | None = self._app.store.load(kiosk_stream(code), apply_kiosk)
            if kiosk is None:
                return None
            secrets = self._secrets.valid(code, self._clock.now())
            self._known[code] = known = _Known(kiosk, secrets, monotonic() + KEPT_SECONDS)
        return known

    def _answered(self, kiosk: Kiosk, incoming: Incoming, connected: Connected) -> tuple[Asked, Found]:
        """What a message asks, and what it is answered."""
        asked = Asked("check")
        try:
            if not is_allowed_from(kiosk.terms.networks, incoming.sent_from):
                raise Refused("not-allowed", f"comes from {incoming.sent_from}, which is not among the networks")
            asked = PROTOCOLS[kiosk.terms.protocol].read(incoming, connected)
            if asked.nonce and not self._nonces.is_new(kiosk.code, asked.nonce, incoming.at):
                raise Refused("replayed", "the same message came before", asked)
            return asked, self._done(kiosk, asked, incoming, connected)
        except Refused as refused:
            found = Found(refused.verdict, reason=refused.reason)
            self._note(kiosk, refused.asked, found, incoming, connected)
            return refused.asked, found
        except OutcomeUnknown:
            return asked, Found("not-finished", reason="ask again")
        except Exception:
            # The other side knows its protocol alone: an error page would be no answer, and it would not come again.
            logger.exception("a message of kiosk %s was not done", kiosk.code)
            return asked, Found("try-later", reason="try later")

    def _done(self, kiosk: Kiosk, asked: Asked, incoming: Incoming, connected: Connected) -> Found:
        match asked.step:
            case "pay":
                return self._paid(kiosk, asked, incoming, connected)
            case "cancel":
                cancel = CancelKioskPayment(kiosk=kiosk.code, transaction=asked.transaction,
                                            cancellation=asked.cancellation)  # fmt: skip
                return self._given(cancel, kiosk, incoming, connected)
            case "promise" | "promise-check":
                return self._promised(kiosk, asked, incoming, connected)
            case _ if not asked.typed:
                return Found("ok")
        found = self._checked(kiosk, asked, connected)
        if found.verdict not in ("ok", "nothing-due"):
            self._note(kiosk, asked, found, incoming, connected)
        return found

    def _promised(self, kiosk: Kiosk, asked: Asked, incoming: Incoming, connected: Connected) -> Found:
        """A promise that is checked or opened; a refused one is kept as any refusal."""
        account = self._payers.account(self._payers.account_of(asked.typed, kiosk.terms), kiosk.terms)
        if not kiosk.terms.takes_promises:
            found = Found("not-allowed", reason=f"connection {kiosk.code} takes no promises")
        elif not kiosk.is_on:
            found = Found("switched-off", reason=f"connection {kiosk.code} is switched off")
        elif account is None:
            found = Found("unknown-payer", reason="nobody is known by it")
        elif not _is_in_currency(account, kiosk, connected):
            found = Found("refused", reason=f"the account is kept in {account.currency}")
        else:
            payer = PayerOfKiosk(account.number, self._payers.name_of(account.customer))
            if asked.step == "promise-check":
                return checked(self._app, payer, asked.until, connected.today)
            found = opened(self._app, payer, asked, kiosk, self._origin(kiosk, incoming, connected))
        if found.verdict != "ok":
            self._note(kiosk, asked, found, incoming, connected)
        return found

    def _paid(self, kiosk: Kiosk, asked: Asked, incoming: Incoming, connected: Connected) -> Found:
        assert asked.amount is not None
        account = self._payers.account_of(asked.typed, kiosk.terms)
        command = PayByKiosk(
            kiosk=kiosk.code, transaction=asked.transaction, typed=asked.typed, account=account, amount=asked.amount,
            paid_on=asked.paid_on, payer_account=asked.payer_account,
        )  # fmt: skip
        return self._given(command, kiosk, incoming, connected)

    def _given(self, command: Command, kiosk: Kiosk, incoming: Incoming, connected: Connected) -> Found:
        result = self._app.execute(command, self._origin(kiosk, incoming, connected)).result
        return Found(result["verdict"], result["number"], result["reason"])

    def _checked(self, kiosk: Kiosk, asked: Asked, connected: Connected) -> Found:
        """Whether it may be paid, and what the account owes."""
        number = number_of(kiosk.code, asked.transaction) if asked.transaction else ""
        account = self._payers.account(self._payers.account_of(asked.typed, kiosk.terms), kiosk.terms)
        if account is None:
            return Found("unknown-payer", number, "nobody is known by it")
        if asked.amount is not None:
            payment = KioskPaymentAsked(transaction=asked.transaction, typed=asked.typed, amount=asked.amount,
                                        paid_on=connected.today)  # fmt: skip
            refusal = refusal_of(kiosk, payment, connected.today)
            if refusal is not None:
                return Found(refusal.verdict, number, refusal.reason)
        elif not kiosk.is_on:
            return Found("switched-off", number, f"connection {kiosk.code} is switched off")
        if not _is_in_currency(account, kiosk, connected):
            return Found("refused", number, f"the account is kept in {account.currency}")
        return self._owing(account, number)

    def _owing(self, account: Account, number: str) -> Found:
        owed: Money = max(-account.ledger.balance, zero(account.currency))
        name = masked(self._payers.name_of(account.customer))
        return Found("ok" if owed.amount else "nothing-due", number, "", account.number, name, owed)

    def _note(self, kiosk: Kiosk, asked: Asked, found: Found, incoming: Incoming, connected: Connected) -> None:
        """Keep a refusal; if that fails too, the program's own log has it."""
        left_out = self._limit.kept(kiosk.code, found.verdict)
        if left_out is None:
            return
        note = NoteKioskRefusal(
            kiosk=kiosk.code, transaction=asked.transaction, step=asked.step, verdict=found.verdict,
            reason=found.reason, sent_from=incoming.sent_from, left_out=left_out,
        )  # fmt: skip
        try:
            self._app.execute(note, self._origin(kiosk, incoming, connected))
        except (BillingError, Unavailable):
            logger.exception("a refusal of kiosk %s was not kept: %s", kiosk.code, found.reason)

    def _origin(self, kiosk: Kiosk, incoming: Incoming, connected: Connected) -> Origin:
        identity = new_id()
        return Origin(
            actor=kiosk.source, role=SYSTEM, channel=CHANNEL, source=incoming.sent_from, command_id=identity,
            correlation_id=identity, recorded_at=self._clock.now(), today=connected.today,
        )  # fmt: skip


def _is_in_currency(account: Account, kiosk: Kiosk, connected: Connected) -> bool:
    """Whether an account is kept in the currency in which the other side counts; amounts of another are no answer."""
    return account.currency == kiosk.terms.currency_on(connected.today).currency
