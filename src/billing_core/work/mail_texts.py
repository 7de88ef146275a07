"""The text of a mail that came in: the answer without the mail that is quoted below it.

Mail programs write above the quoted mail who wrote it and when, each in its own words and language. So nothing of that
is looked for: what leaves begins with a line of our own, which every program quotes, and an answer ends above it.

    It is down again.                                          kept
                                                               kept
    Dne po 2. 3. 2026 v 9:41 odesílatel Help <help@isp.test>   dropped: it leads up to the quoted mail
    napsal:                                                    dropped
    > --- [T-1251] Please write above this line ---            the answer ends here
    > We have repaired it.

Without that line only quoted lines at the end are dropped. Answers between quoted lines are kept with what they answer.
"""

from __future__ import annotations

import re

MOST_LETTERS = 16_000
CUT = "[…]"
ABOVE = re.compile(r"--- \[T-\d{1,12}\] ")
# A header of the quoted mail, as Outlook writes it, in any language; a rule above it.
HEADER = re.compile(r"\*{0,2}\w[\w .-]{0,30}:\*{0,2}\s.{0,500}")
TIME = re.compile(r"\d{1,2}[:.]\d{2}")
RULE = re.compile(r"[-_]{5,}.{0,60}")


def line_above_answer(ticket: str) -> str:
    """The first line of what leaves: an answer is written above it."""
    return f"--- [{ticket}] Please write above this line ---"


def answer_in(text: str) -> str:
    """The answer without the quoted mail; the whole text if nothing else would be left."""
    lines = [line.rstrip() for line in text.splitlines()]
    marked = next((place for place, line in enumerate(lines) if ABOVE.search(line)), None)
    above = lines[:marked]
    end = _end(above, len(above))
    is_cut = marked is not None or any(line.startswith(">") for line in above[end:])
    kept = _without_introduction(above[:end]) if is_cut else above
    return shortened("\n".join(kept).strip() or text.strip())


def shortened(text: str) -> str:
    """A text of at most 16,000 letters: with the names of files it fits into a comment."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}\n{CUT}"


def _without_introduction(lines: list[str]) -> list[str]:
    """Lines without the last ones that lead up to a quoted mail: its headers, or a sentence that says who wrote it."""
    end = len(lines)
    start = end
    while start and HEADER.fullmatch(lines[start - 1]):
        start -= 1
    if end - start >= 2 and any("@" in line for line in lines[start:]):
        end = _end(lines, start)
        return lines[: end - 1] if end and RULE.fullmatch(lines[end - 1]) else lines[:end]
    return lines[: _before_sentence(lines)]


def _before_sentence(lines: list[str]) -> int:
    """Where the sentence begins, in one line or two, that ends in a colon and names an address or a time."""
    for count in (1, 2):
        sentence = " ".join(lines[-count:])
        if sentence.endswith(":") and ("@" in sentence or TIME.search(sentence)):
            return max(len(lines) - count, 0)
    return len(lines)


def _end(lines: list[str], end: int) -> int:
    """The end without lines that are quoted or empty."""
    while end and (not lines[end - 1] or lines[end - 1].startswith(">")):
        end -= 1
    return end
