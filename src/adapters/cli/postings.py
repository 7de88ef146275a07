"""The postings of an account on the terminal: each with its explanation, the older ones in sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from adapters.cli.show import console, tell, tell_wrapped, wrapped
from adapters.texts.amounts import about_what, counted, money
from billing_core.kernel.money import total

if TYPE_CHECKING:
    from billing_core.invoicing.documents import DocumentLine
    from projections.statements import Posting

TITLES = {
    "invoice": "Invoice",
    "credit-note": "Credit note",
    "payment": "Payment",
    "payment-reversal": "Reversal of payment",
    "partial-reversal": "Part taken back of payment",
    "refund": "Refund of payment",
    "pay-out": "Paid out of",
    "pay-out-returned": "Pay-out come back of",
    "kept-as-income": "Kept as other income of",
    "kept-credit-restored": "Given again of",
    "transfer-away": "Transferred of",
    "transfer-in": "Transferred in,",
    "write-off": "Written off of invoice",
    "write-off-cancelled": "Write-off cancelled of invoice",
    "payment-moved-away": "Moved away, payment",
    "payment-moved-in": "Moved in, payment",
}
COUNTED = {
    "invoice": ("invoice", ""),
    "credit-note": ("credit note", ""),
    "payment": ("payment", ""),
    "payment-reversal": ("reversal", " of payments"),
    "partial-reversal": ("part", " of payments taken back"),
    "refund": ("refund", ""),
    "pay-out": ("pay-out", ""),
    "pay-out-returned": ("pay-out", " come back"),
    "kept-as-income": ("credit", " kept as other income"),
    "kept-credit-restored": ("kept credit", " given again"),
    "transfer-away": ("transfer", " to another account"),
    "transfer-in": ("transfer", " from another account"),
    "write-off": ("write-off", ""),
    "write-off-cancelled": ("write-off", " cancelled"),
    "payment-moved-away": ("payment", " moved away"),
    "payment-moved-in": ("payment", " moved in"),
}
INDENT = 4


def tell_postings(postings: Sequence[Posting], *, has_several: bool, most_lines: int | None) -> None:
    """Each posting with amount, balance and explanation; of one with many lines the first ones."""
    if not postings:
        tell("  none yet")
        return
    amounts = [(money(posting.amount), money(posting.balance)) for posting in postings]
    widths = [max(len(heading), *map(len, column)) for heading, column in
              zip(("amount", "balance"), zip(*amounts, strict=True), strict=True)]  # fmt: skip
    room = console().width - sum(widths) - 4
    _tell_row("  what", ("amount", "balance"), widths, room, "dim")
    for posting, cells in zip(postings, amounts, strict=True):
        _tell_row(f"  {_head(posting)}", cells, widths, room)
        for text in _details(posting, has_several, most_lines):
            tell_wrapped(text, INDENT, style="dim")


def _tell_row(text: str, cells: Sequence[str], widths: Sequence[int], room: int, style: str = "") -> None:
    first, *rest = wrapped(text, room)
    right = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    tell(f"{first:{room}}{right}", style)
    for line in rest:
        tell(f"{' ' * INDENT}{line}", style)


def _head(posting: Posting) -> str:
    head = f"{posting.on}  {TITLES[posting.kind]} {posting.reference}{about_what(posting.subject)}"
    if posting.due_on:
        head += f", due {posting.due_on}"
    return f"{head}, corrects {posting.corrects}" if posting.corrects else head


def _details(posting: Posting, has_several: bool, most_lines: int | None) -> list[str]:
    """The explanation of a posting, line by line; if the account has several services, each line names its own."""
    lines = posting.lines[:most_lines]
    details = [_line_text(line, has_several) for line in lines]
    more = posting.lines[len(lines) :]
    if more:
        rest = money(total((line.net for line in more), more[0].net.currency))
        details.append(f"and {counted(len(more), 'more line')} of {rest} without VAT; --all shows them")
    if posting.other_account:
        details.append(
            f"{'from' if posting.kind in ('payment-moved-in', 'transfer-in') else 'to'} account {posting.other_account}"
        )
    elif posting.payment_reference or posting.payer:
        payer = posting.payer or "an unnamed payer"
        details.append(f"from {payer}, who wrote {posting.payment_reference or 'nothing'}")
    details += [f"settles {money(part.amount)} of invoice {part.invoice}" for part in posting.settled]
    details += [f"invoice {part.invoice} is open again by {money(part.amount)}" for part in posting.opened]
    return [*details, f"because: {posting.reason}"] if posting.reason else details


def _line_text(line: DocumentLine, has_several: bool) -> str:
    service = f" ({line.subscription})" if has_several and line.subscription else ""
    days, net = days_text(line.from_on, line.to_on), money(line.net)
    return f"{line.description}{service}, {days}: {net} + {line.vat_rate:f}% VAT, {line.explanation}"


def days_text(from_on: date, to_on: date) -> str:
    """A half-open period in words, with its last day included."""
    last_on = to_on - date.resolution
    return str(from_on) if last_on <= from_on else f"{from_on} to {last_on}"


def tell_earlier(postings: Sequence[Posting]) -> None:
    """The postings that are not shown, newest first, in sum by kind."""
    if not postings:
        return
    by_kind: dict[str, list[Posting]] = defaultdict(list)
    for posting in reversed(postings):
        by_kind[posting.kind].append(posting)
    tell(f"  earlier, from {postings[-1].on} on; --all shows them, --limit more of them", "dim")
    for kind, members in by_kind.items():
        amount = total((posting.amount for posting in members), members[0].amount.currency)
        noun, what = COUNTED[kind]
        tell_wrapped(f"{counted(len(members), noun)}{what}: {money(amount)}", INDENT, style="dim")
    tell_wrapped(f"balance after them {money(postings[0].balance)}", INDENT, style="dim")
