"""YAML whose values are kept as written, so that 19.90 stays 19.90, 01 stays 01 and Yes stays Yes; and places in it.

A fault that pydantic finds has a location in the data. `Document` says which line of the file that is, and names the
place as a reader finds it: `line 7, tariffs[0].components[2].tiers[1].up_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from billing_core.kernel.errors import InvalidValue
from commands.platform.bus import ExactDecimal

Text = Annotated[str, Field(min_length=1)]
Exact = Annotated[ExactDecimal, PlainSerializer(lambda number: f"{number:f}", return_type=str)]
ZERO = Decimal(0)

Part = str | int
AnyModel = TypeVar("AnyModel", bound=BaseModel)

# The keys by whose value pydantic tells the members of a union apart; it puts that value into its locations.
TAGS = ("kind", "do")

# The types of faults that pydantic can make again from their name; all others are made of type and message.
KNOWN_TYPES = get_args(ErrorType)
REASONS = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "model_type": "must be keys with values, as in `code: net`",
    "model_attributes_type": "must be keys with values, as in `code: net`",
    "dict_type": "must be keys with values, as in `code: net`",
    "mapping_type": "must be keys with values, as in `code: net`",
    "list_type": "must be a list",
    "sequence_str": "must be a list",
    "finite_number": "is not a number, as 19.90 is",
    "decimal_parsing": "is not a number, as 19.90 is",
    "int_parsing": "is not a whole number",
    "bool_parsing": "must be true or false",
    "date_from_datetime_parsing": "is not a date, as 2026-11-01 is",
    "uuid_parsing": "is not a UUID",
    "sequence_type": "must be a list",
}


class Written(BaseModel):
    """A part of a file, and all that may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="wrap")
    @classmethod
    def _tells_what_is_known(cls, written: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Whoever mistypes a key is told those that there are."""
        try:
            return validate(written)
        except ValidationError as error:
            known = ", ".join(field.alias or name for name, field in cls.model_fields.items())
            faults = [_with_known_keys(fault, known) for fault in error.errors()]
            raise ValidationError.from_exception_data(cls.__name__, faults) from None


def _with_known_keys(fault: ErrorDetails, known: str) -> InitErrorDetails:
    told = InitErrorDetails(type=fault["type"], loc=fault["loc"], input=fault["input"], ctx=fault.get("ctx", {}))
    if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
        told["type"] = PydanticCustomError("unknown_key", f"is not known here (known: {known})")
    elif fault["type"] not in KNOWN_TYPES:
        told["type"] = PydanticCustomError(fault["type"], fault["msg"])
    return told


class AsWritten(yaml.BaseLoader):
    """Keeps every value as the text that is written, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class FaultAt(ValueError):
    """A fault that a validator finds deeper down than where it stands itself: `location` goes on from there."""

    def __init__(self, location: Sequence[Part], message: str) -> None:
        super().__init__(message)
        self.location = tuple(location)


class Document(NamedTuple):
    """What a file says, and the tree from which the lines are known; `file` is how an error names it."""

    file: str
    written: Any
    root: yaml.Node | None

    def read_as(self, model: type[AnyModel]) -> AnyModel:
        """What it says in the words of a model; all its faults, each with line and place, in one `InvalidValue`."""
        try:
            return model.model_validate(self.written)
        except ValidationError as error:
            faults = (told(fault, self.place) for fault in error.errors())
            raise InvalidValue("; ".join(faults), field=self.file) from None

    def line(self, location: Sequence[Part]) -> int:
        """The line of the place, or of the innermost part of it that stands in the file."""
        line = 1 if self.root is None else self.root.start_mark.line + 1
        for _, line in self._found(location):  # noqa: B007  (the last one is wanted)
            pass
        return line

    def place(self, location: Sequence[Part]) -> str:
        """Line and path: `line 7, tariffs[0].components[2]`; the last part is named even where it is missing."""
        parts = [part for part, _ in self._found(location)]
        if location and (not parts or parts[-1] != location[-1]) and location[-1] != "[key]":
            parts.append(location[-1])
        path = ""
        for part in parts:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        return f"line {self.line(location)}, {path}" if path else f"line {self.line(location)}"

    def placed(self, location: Sequence[Part]) -> str:
        """File, line and path."""
        return f"{self.file}: {self.place(location)}"

    def _found(self, location: Sequence[Part]) -> Iterator[tuple[Part, int]]:
        """The parts that stand in the file, each with its line; the tag of a union and the like stand in none."""
        node, was_index = self.root, False
        for part in location:
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node, was_index = node.value[part], True
                yield part, node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                entries = {key.value: (key, value) for key, value in node.value}
                is_tag = was_index and any(tag in entries and entries[tag][1].value == part for tag in TAGS)
                was_index = False
                if part in entries and not is_tag:
                    key, node = entries[part]
                    yield part, key.start_mark.line + 1


def read_document(path: Path) -> Document:
    """What stands in a YAML file; not well-formed is `InvalidValue`."""
    try:
        loader = AsWritten(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        return Document(file_field(path), None if root is None else loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        place = "" if where is None else f"line {where.line + 1}, column {where.column + 1}: "
        raise InvalidValue(f"{place}is not well-formed YAML: {error.problem}", field=file_field(path)) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise InvalidValue(f"is not well-formed YAML: {' '.join(str(error).split())}", field=file_field(path)) from None


def file_field(path: Path) -> str:
    """How an error names the file."""
    return f"file {str(path)!r}"


def told(fault: Any, place: Callable[[Sequence[Part]], str]) -> str:
    """Place, value and reason of one fault of pydantic's: `line 5, price 'cheap': is not a number ...`."""
    cause = fault.get("ctx", {}).get("error")
    location = (*fault["loc"], *(cause.location if isinstance(cause, FaultAt) else ()))
    where = place(location)
    value = f" {fault['input']!r}" if isinstance(fault["input"], str) else ""
    return f"{where}{value}: {reason(fault)}" if where else reason(fault)


def reason(fault: Any) -> str:
    """What is wrong, in our words where we have some."""
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "union_tag_invalid":
        return f"{_tag(fault)} {fault['ctx']['tag']!r}: must be one of {_unquoted(fault['ctx']['expected_tags'])}"
    if fault["type"] == "union_tag_not_found":
        return f"{_tag(fault)}: is missing"
    if fault["type"] == "literal_error":
        return f"must be {_unquoted(fault['ctx']['expected'])}"
    return REASONS.get(fault["type"], str(fault["msg"]))


def _tag(fault: Any) -> str:
    """The key by which the members of the union are told apart."""
    return _unquoted(fault["ctx"]["discriminator"])


def _unquoted(words: str) -> str:
    return words.replace("'", "")
