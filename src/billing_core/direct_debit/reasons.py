"""Reasons for which banks reject and return debits, and what follows from each.

    AM04 too little money       try again after some days, so many times; then ask
    AC01, AC04 wrong account    the mandate is suspended until somebody has asked the payer
    MD01, MD06 no agreement     the mandate ends
    MS02, MS03, all others      a person decides: draw again, or leave it

The codes are those of ISO 20022 (external code set of reasons); SIPO has letters of its own, which stand for `SIPO-D`
and so on. The seller's terms may say otherwise for each code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Consequence = Literal["try-again", "suspend-mandate", "end-mandate", "ask"]


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What follows from a reason, and whether the payer pays the seller's fee for it."""

    consequence: Consequence
    is_charged: bool = False


def _reason(consequence: Consequence, *, is_charged: bool = False) -> Reason:
    return Reason(consequence=consequence, is_charged=is_charged)


ASK = _reason("ask")
USUAL: Mapping[str, Reason] = {
    "AM04": _reason("try-again", is_charged=True),
    "AC01": _reason("suspend-mandate"), "AC04": _reason("suspend-mandate"), "AC06": _reason("suspend-mandate"),
    "AC13": _reason("suspend-mandate"), "AG01": _reason("suspend-mandate"), "RC01": _reason("suspend-mandate"),
    "MD01": _reason("end-mandate"), "MD06": _reason("end-mandate", is_charged=True), "MD07": _reason("end-mandate"),
    "MS02": _reason("ask", is_charged=True), "MS03": ASK, "SL01": _reason("ask"),
    "SIPO-D": _reason("suspend-mandate"), "SIPO-J": _reason("suspend-mandate"),
    "SIPO-UNPAID": _reason("try-again", is_charged=True),
}  # fmt: skip
CODE = re.compile(r"\b([A-Z]{2}\d{2})\b")


def reason_of(code: str, own: Mapping[str, Reason]) -> Reason:
    """What follows from a code: as the seller has it, else as is usual; a person is asked about an unknown one."""
    return own.get(code) or USUAL.get(code, ASK)


def consequence_of(reason: Reason, tries: int, most_tries: int) -> Consequence:
    """What follows from the try of this number; a debit that was tried often enough is asked about.

    AM04 with 3 tries at most: 1, 2 try again; 3 ask
    """
    return "ask" if reason.consequence == "try-again" and tries >= most_tries else reason.consequence


def code_in(text: str) -> str:
    """The first reason code in a text, as a statement has it: `returned, MD06 refund`; empty without any."""
    found = CODE.search(text)
    return found[1] if found else ""
