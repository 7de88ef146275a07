"""Forms of what is done with a payment that nobody recognised."""

from __future__ import annotations

from typing import Any

from adapters.pages.accounts.effects import of_balances
from adapters.pages.forms import Amounted, Choice, Effect, Field, Fields, Form, says
from adapters.pages.page import N_
from adapters.pages.remittances.addresses import QUEUE, of, shown_at
from adapters.pages.remittances.words import INCOME_KINDS, STATES
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.customer_payments import PreviewPayment
from adapters.views.remittances import ShownRemittance, ShowRemittance
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    KeepRemittance,
    ReceiveRemittance,
    SplitRemittance,
    UndoRemittance,
)
from commands.platform.bus import Seen

SETTLES, UNUSED = N_("Settles %(invoice)s"), N_("Stays as credit")
MOST_PARTS = 5


def chosen_of(visit: Visit) -> ShownRemittance:
    """The payment that a form is about."""
    found: ShownRemittance = visit.ask(ShowRemittance, remittance=visit.path["remittance"])
    return found


def assigning_effect(visit: Visit, words: Fields, chosen: ShownRemittance) -> Effect:
    """Which invoices of the account it would settle, and the balance after it."""
    preview = visit.ask(PreviewPayment, account=words.get("account", ""), amount=chosen.waiting.amount,
                        payment_reference=words.get("invoice") or chosen.payment_reference)  # fmt: skip
    lines = [
        Amounted(visit.translated(SETTLES) % {"invoice": each.invoice}, "", amount_with_currency(each.amount))
        for each in preview.settles
    ]
    if preview.unused.amount:
        lines.append(Amounted(visit.translated(UNUSED), "", amount_with_currency(preview.unused)))
    button = visit.translated(N_("Assign to %(account)s")) % {"account": words.get("account", "")}
    return of_balances(visit, preview.before, preview.after, tuple(lines), button)


def _assigning(visit: Visit, words: Fields) -> Effect:
    visit.carry_out(AssignRemittance, words, dry_run=True)
    return assigning_effect(visit, words, chosen_of(visit))


def _seen(visit: Visit) -> Seen:
    return chosen_of(visit).seen()


def _about(visit: Visit) -> str:
    chosen = chosen_of(visit)
    return f"{amount_with_currency(chosen.waiting)}, {chosen.payer or chosen.remittance}"


def _state_of(visit: Visit) -> str:
    chosen = chosen_of(visit)
    return f"{amount_with_currency(chosen.amount)}, {visit.translated(STATES[chosen.state].word)}"


def _parts(visit: Visit) -> dict[str, Any]:
    """The accounts whose numbers the payer wrote, each with what is open there, if that is all of the money."""
    chosen = chosen_of(visit)
    named = [
        guess
        for guess in chosen.guesses
        if any(
            sign.code == "reference" and sign.agrees and sign.likeness in ("exact", "in-text") for sign in guess.signs
        )
    ]
    owed = [(guess.account, -guess.balance.amount) for guess in named if guess.balance.amount < 0]
    rows = [{"account": account, "amount": f"{amount:f}"} for account, amount in owed[:MOST_PARTS]]
    return {"parts": rows if sum(amount for _, amount in owed) == chosen.waiting.amount else []}


def _undone(visit: Visit) -> dict[str, Any]:
    return {"reason": visit.translated(N_("assigned by mistake"))}


def _back(visit: Visit) -> str:
    return shown_at(visit.path["remittance"])


def _undo(visit: Visit, done: Any) -> str:
    return of(visit.path["remittance"], "undo")


KINDS = tuple(Choice(code, label) for code, label in INCOME_KINDS.items())
# fmt: off
FORMS = (
    Form(
        f"{QUEUE}/{{remittance}}/assign", AssignRemittance, N_("Assign the payment"), N_("Assign to this account"),
        (
            Field("account", N_("Account"), is_required=True, width=6),
            Field("invoice", N_("Invoice to be settled first"), width=6,
                  hint=N_("Without one the oldest are settled.")),
            Field("learn", N_("From now on this bank account pays for this account"), "check"),
        ),
        then=lambda visit, done: QUEUE, back=_back, about=_about, seen=_seen, effect=_assigning,
        done=says(N_("The payment is assigned.")), undo=_undo,
    ),
    Form(
        f"{QUEUE}/{{remittance}}/split", SplitRemittance, N_("Split the payment"), N_("Split it"),
        (
            Field("parts", N_("Parts"), "rows", columns=(
                Field("account", N_("Account")), Field("amount", N_("Amount"), "amount"),
                Field("invoice", N_("Invoice to be settled first")),
            )),
            Field("rest_waits", N_("The rest waits"), "check"),
        ),
        then=lambda visit, done: QUEUE, back=_back, about=_about, seen=_seen, begins=_parts,
        done=says(N_("The payment is split.")), undo=_undo,
    ),
    Form(
        f"{QUEUE}/{{remittance}}/give-back", GiveBackRemittance, N_("Give the payment back"), N_("Give it back"),
        (
            Field("reason", N_("Reason"), is_required=True),
            Field("order", N_("Order to the bank"), width=6),
        ),
        then=lambda visit, done: QUEUE, back=_back, about=_about, seen=_seen,
        done=says(N_("The money goes back to its sender.")), undo=_undo,
    ),
    Form(
        f"{QUEUE}/{{remittance}}/keep", KeepRemittance, N_("Keep it as other income"), N_("Keep it"),
        (
            Field("kind", N_("Kind"), "choice", choices=KINDS, is_required=True, width=6),
            Field("reason", N_("Reason"), is_required=True),
        ),
        then=lambda visit, done: QUEUE, back=_back, about=_about, seen=_seen,
        done=says(N_("The money is other income.")), undo=_undo,
    ),
    Form(
        f"{QUEUE}/{{remittance}}/undo", UndoRemittance, N_("Undo the last act"), N_("Undo it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: shown_at(visit.path["remittance"]), back=_back, about=_state_of, begins=_undone,
        done=says(N_("The money waits again.")),
    ),
    Form(
        f"{QUEUE}/new", ReceiveRemittance, N_("Money that nobody recognises"), N_("Record it"),
        (
            Field("source", N_("Source"), is_required=True, width=6, hint=N_("As bank or kiosk")),
            Field("reference", N_("Its own reference"), is_required=True, width=6),
            Field("amount", N_("Amount"), "amount", is_required=True, width=4),
            Field("currency", N_("Currency"), is_required=True, width=4),
            Field("received_on", N_("Received"), "day", width=4),
            Field("payment_reference", N_("Reference of the payer"), width=6),
            Field("payer", N_("Payer"), width=6),
            Field("payer_account", N_("Bank account of the payer"), width=6),
            Field("message", N_("Message"), width=6),
        ),
        then=lambda visit, done: QUEUE, back=lambda visit: QUEUE,
        done=says(N_("The money is recorded.")),
    ),
)
# fmt: on
