"""The fault of a text that cannot be read, in plain words and with its place.

pydantic names a place by the fields it went through. Some of them stand in no text: the kind of a component, or a group
of fields that is written flat. `found_in` walks what was written and leaves those out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

Part = str | int

# The types of faults that pydantic can make again from their name; all others are made of type and message.
KNOWN_TYPES = get_args(ErrorType)
NOT_A_NUMBER = "is not a number; write it as 12.50"
NOT_WHOLE = "is not a whole number; write it as 12"
REASONS = {
    "missing": "is missing",
    "union_tag_not_found": "is missing",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "model_type": "must be keys with values, as in `code: net`",
    "model_attributes_type": "must be keys with values, as in `code: net`",
    "dict_type": "must be keys with values, as in `code: net`",
    "mapping_type": "must be keys with values, as in `code: net`",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "sequence_str": "must be a list",
    "sequence_type": "must be a list",
    "finite_number": NOT_A_NUMBER,
    "decimal_parsing": NOT_A_NUMBER,
    "decimal_type": NOT_A_NUMBER,
    "int_parsing": NOT_WHOLE,
    "int_parsing_size": "is too large",
    "int_type": NOT_WHOLE,
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_unicode": "holds half of a character; save the file in UTF-8 again",
    "date_from_datetime_parsing": "is not a date, as 2026-11-01 is",
    "uuid_parsing": "is not a UUID",
}
# The words whose value distinguishes the entries of a list, and the models of a usage price.
TAGS, MODEL = ("kind", "do"), "model"
# A file that is wrong throughout is not explained line by line.
MOST_FAULTS_SHOWN = 100
UNKNOWN_WORD = "extra_forbidden"
REFUSED_WORD = "unknown_word"


class FaultAt(ValueError):
    """A fault that a validator finds below its own place: `location` continues from there."""

    def __init__(self, location: Sequence[Part], message: str) -> None:
        super().__init__(message)
        self.location = tuple(location)


def location_of(fault: ErrorDetails) -> tuple[Part, ...]:
    """The whole way to a fault: the word that chooses a union's member, or what a validator found deeper down."""
    context = fault.get("ctx", {})
    if fault["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return (*fault["loc"], _unquoted(context["discriminator"]))
    cause = context.get("error")
    return (*fault["loc"], *(cause.location if isinstance(cause, FaultAt) else ()))


def found_in(written: Any, location: Sequence[Part]) -> Iterator[Part]:
    """The parts of a location that stand in what was written, and its last part also if it is missing there."""
    parts = [part for part in location if part != "[key]"]
    last = len(parts) - 1
    before: Part | None = None
    for number, part in enumerate(parts):
        if isinstance(part, str) and _is_tag(written, part, before, is_last=number == last):
            before = part
            continue
        before = part
        if _stands_in(written, part):
            written = written[part]
            yield part
        elif number == last and isinstance(part, str):
            yield part


def _stands_in(written: Any, part: Part) -> bool:
    if isinstance(written, Mapping):
        return part in written
    return isinstance(written, list | tuple) and isinstance(part, int) and part < len(written)


def _is_tag(written: Any, part: str, before: Part | None, *, is_last: bool) -> bool:
    """Whether it is the name of a union's member, which comes right after an entry's number, and not a field of it."""
    if not isinstance(written, Mapping):
        return False
    if isinstance(before, int) and part in (written.get(tag) for tag in TAGS):
        return True
    return not is_last and written.get(MODEL) == part and not isinstance(written.get(part), Mapping)


def explained_all(faults: Sequence[ErrorDetails], place: Callable[[Sequence[Part]], str]) -> str:
    """The faults of a text, each with place, value and reason."""
    return first_of(faults, lambda fault: explained(fault, place))


def first_of(faults: Sequence[ErrorDetails], explain: Callable[[ErrorDetails], str]) -> str:
    """The first faults in words, and how many more there are."""
    shown = [explain(fault) for fault in faults[:MOST_FAULTS_SHOWN]]
    more = len(faults) - len(shown)
    return "; ".join([*shown, f"and {more:,} more"] if more else shown)


def explained(fault: ErrorDetails, place: Callable[[Sequence[Part]], str]) -> str:
    """Place, value and reason of one fault of pydantic's: `line 5, price 'cheap': is not a number ...`."""
    where = place(location_of(fault))
    value = fault.get("ctx", {}).get("tag", fault["input"])
    shown = f" {value!r}" if isinstance(value, str) else ""
    return f"{where}{shown}: {reason(fault)}" if where else reason(fault)


def reason(fault: ErrorDetails) -> str:
    """The reason of a fault, in plain words if available."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(context["error"])
        case "union_tag_invalid":
            return f"must be one of {_unquoted(context['expected_tags'])}"
        case "literal_error":
            return f"must be {_unquoted(context['expected'])}"
        case kind:
            return REASONS.get(kind, fault["msg"])


def _unquoted(words: str) -> str:
    return words.replace("'", "")


def with_known_words(fault: ErrorDetails, known: Sequence[str], meant: Mapping[str, str]) -> InitErrorDetails:
    """The fault again; a word that is unknown names those that are known, or the one that was meant."""
    again = InitErrorDetails(type=fault["type"], loc=fault["loc"], input=fault["input"], ctx=fault.get("ctx", {}))
    if fault["type"] == UNKNOWN_WORD and len(fault["loc"]) == 1:
        word = fault["loc"][0]
        near = get_close_matches(str(word), known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = meant.get(str(word), f"is not known here{hint} (known: {', '.join(known)})")
        again["type"] = PydanticCustomError(REFUSED_WORD, "{message}", {"message": message})
    elif fault["type"] not in KNOWN_TYPES:
        again["type"] = PydanticCustomError(fault["type"], "{message}", {"message": fault["msg"]})
    return again
