"""Letters: messages on paper, printed and posted batch by batch by the house.

A letter waits until somebody draws up the next batch of its seller. Then it counts as sent, and the batch is a file to
be printed, as often as the printer needs it. Does not decide who gets a letter (`terms`) nor how it is set.

    north, 2 March    3 letters wait    batch 1 has them
    north, 3 March    none waits        nothing is drawn up
    north, 4 March    2 letters wait    batch 2
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.kernel.events import Event, event
from billing_core.parties.versions import PartyVersion

# A printer that jams has not so much to do again.
MOST_LETTERS = 1_000


@event("letters-drawn-up")
class LettersDrawnUp(Event, frozen=True, kw_only=True):
    """So many letters of a seller are the batch of this number; each message names it as its `reference`.

    The seller is as it stood then: what is printed again has the same sender.
    """

    seller: PartyVersion
    batch: int
    letters: int


def apply_letters(last: int | None, fact: Event) -> int | None:
    """The number of the last batch after an event of a seller's letters."""
    return fact.batch if isinstance(fact, LettersDrawnUp) else last


def draw_up(last: int | None, seller: PartyVersion, letters: int, on: date) -> list[LettersDrawnUp]:
    """The next batch; nothing if no letter waits."""
    return [LettersDrawnUp(effective_on=on, seller=seller, batch=(last or 0) + 1, letters=letters)] if letters else []


def reference_of(seller: str, batch: int) -> str:
    """By which a message names its batch: `letters north 3`."""
    return f"letters {seller} {batch}"


def postal_address(name: str, lines: Sequence[str], country: str, home: str) -> str:
    """The lines of an envelope; without a line of an address nothing can be posted, and the answer is empty.

    `country` is the code that the last line of an address is, if it has one; at home it is left out.
    """
    if country and country == home:
        lines = lines[:-1]
    return "\n".join((name, *lines)) if [line for line in lines if line != country] else ""
