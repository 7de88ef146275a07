"""The demo's kiosk: a terminal that is simulated, and sends its payments more than once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from adapters.bootstrap.kiosk_desk import KioskDesk
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.seller_clock import SellerClock
from adapters.kiosks.other_side import Sent, Side
from adapters.kiosks.simulator import Answered, Course, Simulated, plan, simulate
from billing_core.kiosks.connections import KioskCurrency, KioskTerms
from commands.kiosks.connections import ChangeKioskSecret, ConnectKiosk

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.onboarding import NewAccount

KIOSK, USER, SECRET = "hall", "terminal", "secret of the demo"
NOON = time(12, tzinfo=UTC)
PAYMENTS, SEED = 5, 4


def play_kiosk(app: Application, account: NewAccount, on: date) -> Course:
    """Connect a terminal and let it pay for an account on a day: it repeats, leaves before the answer, and forges."""
    terms = KioskTerms(protocol="osmp", seller=account.seller, user=USER,
                       currencies=(KioskCurrency(from_on=on, currency=account.currency),))  # fmt: skip
    for command in (ConnectKiosk(kiosk=KIOSK, terms=terms), ChangeKioskSecret(kiosk=KIOSK, secret=SECRET)):
        app.bus.execute(command, origin_of_process("demo", on))
    desk, now = KioskDesk(app, SellerClock(app.store, app.tables, on)), datetime.combine(on, NOON)

    def send(sent: Sent, waits: bool) -> Answered | None:
        reply = desk.take(KIOSK, sent.as_incoming(now))
        return Answered(reply.status, reply.body) if reply is not None and waits else None

    asked = Simulated((account.number,), PAYMENTS, 1, ("repeat", "timeout", "forge"), SEED)
    return simulate(plan(asked, Side("osmp", USER, SECRET, account.currency), now), send)
