"""A desk of kiosks at an instant, and the other side of each protocol in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from adapters.bootstrap.kiosk_desk import KioskDesk
from adapters.bootstrap.seller_clock import SellerClock
from adapters.kiosks.messages import Reply
from adapters.kiosks.other_side import Said, Sent, Side, transaction_of, understood, written
from billing_core.kiosks.connections import KioskCurrency, Protocol
from billing_core.kiosks.transactions import Step
from commands.kiosks.connections import ChangeKioskSecret, ConnectKiosk
from projections.kiosks.refusals import KioskRefusalRow, refusals_before
from tests.operators import Operator
from tests.projections.kiosk_books import EUR, terms_of

SECRET = "correct horse battery"
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TODAY = NOW.date()
USERS = dict.fromkeys(("osmp", "epay", "idram", "telcell", "signed-json"), "100000114")


class Counter:
    """A desk, the operator behind it, and a side of one protocol before it."""

    def __init__(self, operator: Operator, protocol: Protocol, now: datetime = NOW, **terms: Any) -> None:
        self.operator, self.now = operator, now
        self.kiosk = protocol
        given = {"user": USERS[protocol], **terms}
        if not operator.facts(f"kiosk/{self.kiosk}"):
            operator.tell(ConnectKiosk(kiosk=self.kiosk, terms=terms_of(protocol, **given)), today=date(2026, 1, 1))
            operator.tell(ChangeKioskSecret(kiosk=self.kiosk, secret=SECRET), today=date(2026, 1, 1))
            # The first secret is valid for a day after it, by the time of this machine.
            operator.execute("DELETE FROM billing.webhook_secrets WHERE ends_at IS NOT NULL")
        currency: KioskCurrency = given.get("currencies", EUR)[-1]
        self.side = Side(protocol, given["user"], SECRET, currency.currency, currency.digits)
        self.nonces: Iterator[int] = count(10_000_000)
        self.open()

    def open(self) -> None:
        """Another process, which remembers nothing."""
        application = self.operator.application
        clock = SellerClock(application.store, application.tables, now=lambda: self.now)
        self.desk = KioskDesk(application, clock)

    def said(self, step: Step, number: int, payer: str = "A0001", minor: int = 1250) -> Said:
        return Said(step, number, payer, minor, self.now, f"nonce-{next(self.nonces)}")

    def send(self, sent: Sent, sent_from: str = "127.0.0.1") -> Reply:
        reply = self.desk.take(self.kiosk, sent.as_incoming(self.now, sent_from))
        assert reply is not None
        return reply

    def say(self, step: Step, number: int, payer: str = "A0001", minor: int = 1250) -> str:
        """What a message is answered, in the protocol's own words."""
        return self.result(self.send(written(self.said(step, number, payer, minor), self.side)))

    def result(self, reply: Reply) -> str:
        return understood(reply.status, reply.body, self.side.protocol)

    def paid(self) -> dict[str, str]:
        """The payments of this connection on all accounts and among the remittances, by the other side's id."""
        found = self.operator.select(
            """SELECT event ->> 'reference', event #>> '{amount,0}' FROM billing.events
               CROSS JOIN LATERAL (SELECT convert_from(state, 'UTF8')::json AS event) AS decoded
               WHERE topic IN ('payment-received/1', 'remittance-received/1') AND event ->> 'source' = %s""",
            f"kiosk-{self.kiosk}",
        )
        assert len(dict(found)) == len(found), "a payment stands twice"
        return dict(found)

    def refusals(self) -> list[KioskRefusalRow]:
        return self.operator.ask(refusals_before, self.kiosk, "", None, 100)

    def id_of(self, number: int) -> str:
        return transaction_of(self.said("pay", number), self.side)
