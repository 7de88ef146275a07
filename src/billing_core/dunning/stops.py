"""When may an item be disputed, dunning be paused, and an insolvency be noted, and when may each end?

A stop keeps items from counting and their clock from going on. An item is disputed, or an account insolvent, once at a
time; another pause of the same item, or of the account, takes the place of the one before. Does not decide what follows
(`ladder`, `suspensions`).
"""

from __future__ import annotations

from datetime import date

from billing_core.dunning.facts import (
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.state import DISPUTE, EXEMPT, INSOLVENCY, PAUSE, TICKET, Dunning, Stop
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.parties.details import require_text
from billing_core.payments.ledger import Ledger

# --- disputes


def dispute_item(ledger: Ledger, dunning: Dunning, fact: ItemDisputed) -> list[ItemDisputed]:
    """The customer disputes an open invoice, for a reason; it is disputed once at a time."""
    require_text(fact.reason, "reason")
    _require_open(ledger, fact.invoice)
    known = _standing(dunning, fact.invoice, (DISPUTE,), fact.effective_on)
    if known is not None:
        raise AlreadyExists(f"is disputed since {known.from_on} ({known.reason}); end that dispute first",
                            field="invoice", value=fact.invoice)  # fmt: skip
    return [fact]


def end_dispute(dunning: Dunning, fact: ItemDisputeEnded) -> list[ItemDisputeEnded]:
    """The dispute over an invoice is settled, with an outcome in words."""
    require_text(fact.outcome, "outcome")
    if _standing(dunning, fact.invoice, (DISPUTE,), fact.effective_on) is None:
        raise NotFound("is not disputed", field="invoice", value=fact.invoice)
    return [fact]


# --- pauses


def pause_dunning(ledger: Ledger, dunning: Dunning, fact: DunningPaused) -> list[DunningPaused]:
    """Nothing is done on the account, or for one open invoice, until a day or for good; a known pause changes nothing.

    On 10 April a pause until 20 April covers the 10th to the 19th.
    """
    require_text(fact.reason, "reason")
    if fact.until_on is not None and fact.until_on <= fact.effective_on:
        raise InvalidValue(f"must lie after {fact.effective_on}, on which the pause begins", field="paused until",
                           value=fact.until_on)  # fmt: skip
    if fact.invoice:
        _require_open(ledger, fact.invoice)
    known = _standing(dunning, fact.invoice, (PAUSE, EXEMPT), fact.effective_on)
    is_known = known is not None and (known.to_on, known.reason) == (fact.until_on, fact.reason)
    return [] if is_known else [fact]


def end_pause(dunning: Dunning, fact: DunningPauseEnded) -> list[DunningPauseEnded]:
    """The pause of the account, or of one invoice, ends today."""
    require_text(fact.reason, "reason")
    if _standing(dunning, fact.invoice, (PAUSE, EXEMPT), fact.effective_on) is None:
        if fact.invoice:
            raise NotFound("has no pause of its own", field="invoice", value=fact.invoice)
        raise RuleViolation("dunning of the account is not paused", field="date", value=fact.effective_on)
    return [fact]


# --- insolvency


def note_insolvency(dunning: Dunning, fact: InsolvencyNoted) -> list[InsolvencyNoted]:
    """Proceedings were opened over the customer; they are one at a time, and the same again change nothing."""
    require_text(fact.reference, "reference")
    known = _standing(dunning, "", (INSOLVENCY,), fact.effective_on)
    if known is None:
        return [fact]
    if known.reason == fact.reference:
        return []
    raise AlreadyExists(f"proceedings {known.reason} are open since {known.from_on}; end them first",
                        field="reference", value=fact.reference)  # fmt: skip


def end_insolvency(dunning: Dunning, fact: InsolvencyEnded) -> list[InsolvencyEnded]:
    """The proceedings are over, with an outcome in words."""
    require_text(fact.outcome, "outcome")
    if _standing(dunning, "", (INSOLVENCY,), fact.effective_on) is None:
        raise RuleViolation("no insolvency is noted on the account", field="date", value=fact.effective_on)
    return [fact]


# --- tickets


def follow_ticket(dunning: Dunning, ticket: str, on: date, *, is_open: bool) -> list[DunningHeld | DunningHoldEnded]:
    """A ticket holds the dunning of its account while it is open; nothing if that is known."""
    known = any(stop.why == TICKET and stop.reason == ticket and on < stop.end for stop in dunning.stops.get("", ()))
    if is_open == known:
        return []
    kind = DunningHeld if is_open else DunningHoldEnded
    return [kind(effective_on=on, ticket=ticket)]


# --- what a stop keeps from being done


def require_counting(dunning: Dunning, invoice: str, on: date) -> None:
    """An invoice that does not count on a day is not handed to an agency."""
    stop = dunning.stopped_by(invoice, on)
    if stop is not None:
        raise RuleViolation(f"is {stop.why} since {stop.from_on} ({stop.reason}), so no agency collects it; end that "
                            "first", field="invoice", value=invoice)  # fmt: skip


# --- parts


def _require_open(ledger: Ledger, invoice: str) -> None:
    if invoice not in ledger.open_items:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)


def _standing(dunning: Dunning, invoice: str, whys: tuple[str, ...], on: date) -> Stop | None:
    """The stop of one of these kinds that is not over on a day, also one that begins later."""
    return next((stop for stop in dunning.stops.get(invoice, ()) if stop.why in whys and on < stop.end), None)
