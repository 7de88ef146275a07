"""Callbacks of a gateway: each is taken once, and one that is refused is kept with the reason.

Decides what is kept of a callback, not what it means: the gateway is asked for the object that it names. A callback is
known by its gateway and the gateway's own name of the event. Of those that are refused so many are kept for each day of
a gateway, and the same one is kept once, so that nobody fills the books by forged ones.

    evt_1 of `payment_intent.succeeded`, object pi_7     taken
    evt_1 again, the same content                        known, nothing changes
    evt_1 again with another content                     refused, kept
    a wrong signature, or one of ten minutes ago         refused, kept
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.errors import Conflict
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber

MOST_REFUSED_A_DAY = 200


@event("card-callback-taken")
class CardCallbackTaken(Event, frozen=True, kw_only=True):
    """A gateway says that something happened to an object of its own. `sender` stands for whom the body tells of."""

    gateway: str
    callback: str
    kind: str
    object: str
    content_hash: str
    sender: PersonNumber
    body: Personal[str] = ""


@event("card-callback-refused")
class CardCallbackRefused(Event, frozen=True, kw_only=True):
    """A callback that is none of the gateway's, or came too late, and why it was refused."""

    gateway: str
    content_hash: str
    why: str
    source: str


class RefusedCallbacks(msgspec.Struct):
    """The refused callbacks of a day that are kept, by hash and reason."""

    known: set[tuple[str, str]] = set()


def apply_callback(state: CardCallbackTaken | None, fact: Event) -> CardCallbackTaken | None:
    """The callback of a stream."""
    return fact if isinstance(fact, CardCallbackTaken) else state


def apply_refused(state: RefusedCallbacks | None, fact: Event) -> RefusedCallbacks | None:
    """Fold one event of a gateway's day."""
    state = RefusedCallbacks(set()) if state is None else state
    if isinstance(fact, CardCallbackRefused):
        state.known.add((fact.content_hash, fact.why))
    return state


def take_callback(known: CardCallbackTaken | None, fact: CardCallbackTaken) -> list[Event]:
    """The callback, once; `Conflict` if the same event came with another content."""
    if known is None:
        return [fact]
    if known.content_hash != fact.content_hash:
        raise Conflict("came before with another content", field="callback", value=fact.callback)
    return []


def refuse_callback(state: RefusedCallbacks | None, fact: CardCallbackRefused) -> list[Event]:
    """A refusal, once, and not more than so many a day."""
    known = set() if state is None else state.known
    is_kept = (fact.content_hash, fact.why) in known or len(known) >= MOST_REFUSED_A_DAY
    return [] if is_kept else [fact]


def callback_day(gateway: str, on: date) -> str:
    return f"{gateway}:{on}"
