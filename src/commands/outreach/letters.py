"""Draw up the letters of a seller: what waits becomes a batch to be printed and posted, and counts as sent.

All of a batch is written in one transaction. Whether a letter still waits is decided on its own stream, not by the read
models; one that they do not show yet comes with the next batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from billing_core.kernel.events import Event
from billing_core.outreach.letters import MOST_LETTERS, apply_letters, draw_up, reference_of
from billing_core.outreach.messages import MessageCancelled, MessageSent, apply_message
from billing_core.parties.versions import PartyVersion
from commands.outreach.writing import has_agreed, message_stream
from commands.parties import load_customer, load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DrawUpLetters(Command, frozen=True, kw_only=True):
    """Make the letters of a seller whose time has come the next batch to be printed, a thousand at most.

    They count as sent. Without letters that wait nothing is drawn up, and the answer has batch 0.
    """

    seller: str


# --- handlers


class _Decided(NamedTuple):
    append: Append
    is_sent: bool


def letters_stream(seller: str) -> str:
    return f"letters/{seller}"


def handle_draw_up(command: DrawUpLetters, transaction: Transaction, origin: Origin) -> Decision:
    _, seller_version = load_seller(transaction, command.seller)
    last, version = transaction.load(letters_stream(command.seller), apply_letters)
    reference = reference_of(command.seller, (last or 0) + 1)
    decided = _decided(command.seller, reference, transaction, origin)
    letters = sum(each.is_sent for each in decided)
    events = draw_up(last, PartyVersion(command.seller, seller_version), letters, origin.today)
    appends = [each.append for each in decided]
    if events:
        appends.append(Append(letters_stream(command.seller), version, events))
    return Decision(tuple(appends), {"batch": events[0].batch if events else 0, "letters": letters})


def _decided(seller: str, reference: str, transaction: Transaction, origin: Origin) -> Sequence[_Decided]:
    """Each letter that waits: sent with the batch, or cancelled if its customer agrees to it no more."""
    found = []
    for number in transaction.letters_due(seller, origin.recorded_at, MOST_LETTERS):
        message, version = transaction.load(message_stream(number), apply_message)
        if message is None or message.state not in ("queued", "waiting"):
            continue
        consent, fact = message.queued.consent, _sent(message.attempts + 1, reference, origin)
        if consent:
            customer, _ = load_customer(transaction, message.queued.customer)
            if not has_agreed(customer, consent, origin.today):
                fact = MessageCancelled(effective_on=origin.today, reason=f"the customer agrees to {consent} no more")
        append = Append(message_stream(number), version, [fact])
        found.append(_Decided(append, isinstance(fact, MessageSent)))
    return found


def _sent(attempt: int, reference: str, origin: Origin) -> Event:
    return MessageSent(effective_on=origin.today, attempt=attempt, reference=reference)


HANDLERS: Handlers = {DrawUpLetters: handle_draw_up}
