"""How the stored sample of postpaid invoices that fell due is read."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.events import Event
from billing_core.payments.events import ItemsFellDue

SAMPLES: dict[str, Event] = {
    "items-fell-due/1": ItemsFellDue(effective_on=date(2026, 6, 25), invoices=("1000000007", "1000000008")),
}
