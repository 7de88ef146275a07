"""The queue: what waits, the oldest first, and the chosen payment with its guesses."""

from __future__ import annotations

from typing import Any

from adapters.pages.form_pages import fingerprint
from adapters.pages.page import Page, Shown
from adapters.pages.payments.tabs import tabs
from adapters.pages.remittances.addresses import QUEUE, of, shown_at
from adapters.pages.remittances.forms import assigning_effect
from adapters.pages.remittances.words import ACTS, INCOME_KINDS, STATES, sign_text
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.customer_payments import PreviewPayment
from adapters.views.query import Page as Listed
from adapters.views.remittances import (
    ListedRemittance,
    ListRemittances,
    RankedGuess,
    ShownRemittance,
    ShowRemittance,
    ShowRemittanceTotals,
)
from billing_core.kernel.errors import BillingError
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    KeepRemittance,
    ReceiveRemittance,
    SplitRemittance,
    UndoRemittance,
)
from commands.platform.identity import new_id
from projections.remittances.queue import RemittanceActRow

AT_ONCE = 50


def desk(visit: Visit) -> Shown:
    """What waits, and one of it with everything that can be done."""
    rows: Listed[ListedRemittance] = visit.ask(ListRemittances, after=visit.query.get("after", ""), limit=AT_ONCE)
    name = visit.query.get("chosen") or (rows.items[0].remittance if rows.items else "")
    chosen: ShownRemittance | None = visit.ask(ShowRemittance, remittance=name) if name else None
    totals = visit.ask(ShowRemittanceTotals)
    return Shown("remittances/desk.html", {
        "rows": rows, "chosen": chosen, "guesses": _offered(visit, chosen), "totals": totals, "tabs": tabs(),
        "here": QUEUE, "said": lambda act: _said(visit, act), "states": STATES, "of": of, "shown_at": shown_at,
        "kinds": INCOME_KINDS, "sign_text": lambda sign: sign_text(visit, sign), "key": lambda: str(new_id()),
        "commands": {
            "assign": AssignRemittance, "split": SplitRemittance, "give_back": GiveBackRemittance,
            "keep": KeepRemittance, "undo": UndoRemittance, "receive": ReceiveRemittance,
        },
    })  # fmt: skip


def _offered(visit: Visit, chosen: ShownRemittance | None) -> list[dict[str, Any]]:
    """Each guess with what assigning to it would do, so that one key is enough."""
    if chosen is None:
        return []
    may = visit.may(AssignRemittance, PreviewPayment)
    return [{"guess": guess, **(_foreseen(visit, chosen, guess) if may else {"effect": None})}
            for guess in chosen.guesses]  # fmt: skip


def _foreseen(visit: Visit, chosen: ShownRemittance, guess: RankedGuess) -> dict[str, Any]:
    words = {"remittance": chosen.remittance, "account": guess.account}
    if guess.invoice:
        words["invoice"] = guess.invoice
    try:
        effect = assigning_effect(visit, words, chosen)
    except BillingError:
        return {"effect": None}
    return {"effect": effect, "fingerprint": fingerprint(effect)}


def _said(visit: Visit, act: RemittanceActRow) -> str:
    """What was done, next to its undoing."""
    text = visit.translated(ACTS[act.act])
    return text % {"amount": amount_with_currency(act.amount), "account": act.account}


PAGES = (Page(QUEUE, desk, ListRemittances),)
