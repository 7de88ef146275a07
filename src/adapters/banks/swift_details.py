"""What field 86 of MT940 says of a movement. SWIFT leaves it free, so each group of banks has a form of its own.

- Numbered parts (German, Czech, Slovak and Polish banks): `166?00TRANSFER?20EREF+4711?21SVWZ+INV 17?31DE89...?32ANNA`
- Words between slashes (ABN AMRO, Rabobank, ING): `/EREF/4711/NAME/JOHN DOE/REMI/INV 17/IBAN/NL91ABNA0417164300`
- Words before a colon (mBank): `TRANSAKCJA; Z RACH.: 5611...; OD: JAN NOWAK; TYT.: INV 17; TNR: 1791`
- An IBAN and a name on the first line, text below (ASN Bank).
- Free text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
NUMBERED = re.compile(r"\s?[0-9]{3}\s?\?[0-9]{2}")
PART = re.compile(r"\?([0-9]{2})")
PURPOSE = [f"{number:02}" for number in (*range(20, 30), *range(60, 64))]
SEPA_WORD = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|MDAT|SQTP|ORCR|ORMR|DDAT|COAM|OAMT|RREF|MTLG)[+:]"
)
SLASHED = re.compile(
    r"/(EREF|MARF|CSID|BENM|ORDP|NAME|REMI|IBAN|BIC|ISDT|TRTP|ADDR|USTD|STRD|PREF|RTRN|CNTP|ULTD|ULTC|ULTB|PURP|SVCL|TRCD"
    r"|NRTX|ORIG)/"
)
COLON_WORDS = re.compile(r"(Z RACH\.|NA RACH\.|OD|DLA|TYT\.|TNR|ID IPH):\s*")


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the payment; `german_code` is a transaction code of three digits."""

    message: str = ""
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    mandate: str = ""
    own_reference: str = ""
    bank_reference: str = ""
    return_reason: str = ""
    german_code: str = ""


def details_of(text: str) -> Details:
    """The details in whatever form they are written."""
    return _form(text)(text)


def _form(text: str) -> Callable[[str], Details]:
    joined = text.replace("\n", "")
    if NUMBERED.match(joined) or "?20" in joined:
        return _numbered
    if len(SLASHED.findall(joined)) > 1 or joined.startswith("/REMI/"):
        return _slashed
    if len(COLON_WORDS.findall(joined)) > 1:
        return _by_colons
    if IBAN.match(text):
        return _below_iban
    return lambda free: Details(message=one_line(free))


def one_line(text: str) -> str:
    """A text without line ends and runs of spaces."""
    return " ".join(text.split())


def _numbered(text: str) -> Details:
    pieces = PART.split(text.replace("\n", ""))
    parts: dict[str, str] = {}
    for number, said in zip(pieces[1::2], pieces[2::2], strict=True):
        parts[number] = parts.get(number, "") + said
    words = _sepa_words([parts[number] for number in PURPOSE if number in parts])
    account = parts.get("38", "").strip() or words.get("IBAN", "") or parts.get("31", "").strip()
    bank = parts.get("30", "").strip()
    if account.isdigit() and bank.isdigit():
        account = f"{account}/{bank}"
    return Details(
        message=one_line(words.get("SVWZ") or words.get("", "")),
        name=one_line(parts.get("32", "") + parts.get("33", "")),
        account=account,
        end_to_end=words.get("EREF", ""),
        mandate=words.get("MREF", ""),
        own_reference=words.get("KREF", ""),
        german_code=pieces[0].strip(),
    )


def _sepa_words(lines: list[str]) -> Mapping[str, str]:
    """The purpose by its SEPA words: `["EREF+47", "11", "SVWZ+INV 17"]` -> EREF 4711, SVWZ INV 17."""
    pieces = SEPA_WORD.split("".join(lines))
    words = {"": pieces[0]}
    for word, said in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(word, said.strip())
    return words


def _slashed(text: str) -> Details:
    pieces = SLASHED.split(text.replace("\n", ""))
    words: dict[str, str] = {}
    for word, said in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(word, said.strip("/ "))
    counterparty = words.get("CNTP", "").split("/")
    message = " ".join(filter(None, (words.get(word, "") for word in ("REMI", "USTD", "STRD"))))
    return Details(
        message=one_line(message),
        name=words.get("NAME") or (counterparty[2] if len(counterparty) > 2 else ""),
        account=words.get("IBAN") or counterparty[0],
        end_to_end=words.get("EREF", ""),
        mandate=words.get("MARF", ""),
        return_reason=words.get("RTRN", ""),
    )


def _by_colons(text: str) -> Details:
    words: dict[str, str] = {}
    for piece in text.replace("\n", " ").split(";"):
        if found := COLON_WORDS.match(piece.strip()):
            words[found[1]] = one_line(piece.strip()[found.end() :])
    account = words.get("Z RACH.") or words.get("NA RACH.", "")
    return Details(
        message=words.get("TYT.", ""),
        name=words.get("OD") or words.get("DLA", ""),
        account=f"PL{account}" if re.fullmatch("[0-9]{26}", account) else account,
        bank_reference=words.get("TNR", ""),
    )


def _below_iban(text: str) -> Details:
    first, _, below = text.partition("\n")
    account, _, name = first.partition(" ")
    return Details(message=one_line(below), name=name.strip(), account=account)
