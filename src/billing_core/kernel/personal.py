"""Personal data in events: the marked fields, hiding them before they are stored, showing them again.

A field is marked where it is declared: `Personal[str]` is destroyed at once when the person is forgotten,
`OnDocuments[str]` is personal too but printed on documents, which the law may keep for some years. `PersonNumber` marks
the field that names their person; an event of an account may leave it empty, and the store names the account's
customer; in any other stream an empty one stands for the person of this stream alone, who is no customer. The stored
form is the event with these fields erased, and one token for each kind of them, which holds the hidden values; so a
reader without the key sees an event like any other:

    {"effective_on":"2026-03-01","customer":{"number":"C1","kind":"person","name":"erased"},"personal":"...",...}

Decides what is hidden and its replacement: a text that must be there is `erased`, every other field has its default.
The form of a token and the keys are not decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_type_hints

import msgspec

Kind = Literal["personal", "on_documents"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ERASED = "erased"

Value = TypeVar("Value")
Details = TypeVar("Details", bound=msgspec.Struct)

Personal = Annotated[Value, msgspec.Meta(extra={"personal": "personal"})]
OnDocuments = Annotated[Value, msgspec.Meta(extra={"personal": "on_documents"})]
PersonNumber = Annotated[str, msgspec.Meta(extra={"personal": "person"})]

_encode = msgspec.json.Encoder(decimal_format="string").encode

# --- which fields


class PersonalValue(NamedTuple):
    """A value with marked fields: `path` leads to it, `person` is its field that says whose they are.

    By kind: what each field holds when it is erased, and the type of the fields as a token holds them.
    """

    path: tuple[str, ...]
    person: str
    erased: dict[Kind, dict[str, Any]]
    hidden: dict[Kind, type[msgspec.Struct]]


class PersonalFields(NamedTuple):
    """The values of a class that have marked fields, all of one person, and by kind how a token's content is read."""

    values: tuple[PersonalValue, ...]
    decoders: dict[Kind, msgspec.json.Decoder[Any]]


@cache  # Every class of events is asked for by each page of the log; a bound below their number would keep none.
def find_personal_fields(cls: type[msgspec.Struct]) -> PersonalFields | None:
    """The marked fields of a class, or of the values in it that have some; None without any.

    A mark that could not be kept is a `ValueError`: within a list or a choice of types, on a field that must be there
    and is no text, or without a field that says whose it is.
    """
    holders = list(_holders(msgspec.inspect.type_info(cls), ()))
    if not holders:
        return None
    if taken := set(KINDS) & set(cls.__struct_fields__):
        raise ValueError(f"{cls.__name__}.{min(taken)}: the name is that of a token")
    values = tuple(_personal_value(path, holder) for path, holder in holders)
    return PersonalFields(values, {kind: _decoder(values, kind) for kind in KINDS})


def _decoder(values: tuple[PersonalValue, ...], kind: Kind) -> msgspec.json.Decoder[Any]:
    """A token holds a list: of each value the fields that are not empty."""
    return msgspec.json.Decoder(tuple[tuple(value.hidden[kind] for value in values)])  # type: ignore[misc]


Holder = tuple[tuple[str, ...], msgspec.inspect.StructType]


def _holders(
    node: msgspec.inspect.Type, path: tuple[str, ...], within: frozenset[type] = frozenset()
) -> Iterator[Holder]:
    """The values that have marked fields, with where they stand; a value within one of its own kind adds none."""
    if not isinstance(node, msgspec.inspect.StructType):
        if any(True for part in _parts(node) for _ in _holders(part, path, within)):
            raise ValueError(f"{'.'.join(path)}: personal data are not possible in a list or a choice of types")
        return
    if node.cls in within:
        return
    if any(_mark(field) in KINDS for field in node.fields):
        yield path, node
    for field in node.fields:
        yield from _holders(field.type, (*path, field.name), within | {node.cls})


def _parts(node: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    """The types within a list, a mapping or a choice of types."""
    for name in ("item_type", "item_types", "key_type", "value_type", "types"):
        inner = getattr(node, name, ())
        yield from inner if isinstance(inner, tuple) else (inner,)


def _mark(field: msgspec.inspect.Field) -> str | None:
    kind = field.type
    return (kind.extra or {}).get("personal") if isinstance(kind, msgspec.inspect.Metadata) else None


def _personal_value(path: tuple[str, ...], holder: msgspec.inspect.StructType) -> PersonalValue:
    name = holder.cls.__name__
    persons = [field.name for field in holder.fields if _mark(field) == "person"]
    if len(persons) != 1:
        raise ValueError(f"{name} holds personal data and must name their person by one field")
    hints = get_type_hints(holder.cls, include_extras=True)
    erased: dict[Kind, dict[str, Any]] = {}
    hidden: dict[Kind, type[msgspec.Struct]] = {}
    for kind in KINDS:
        fields = [field for field in holder.fields if _mark(field) == kind]
        optional = [(field.name, hints[field.name] | msgspec.UnsetType, msgspec.UNSET) for field in fields]
        erased[kind] = {field.name: _erased_value(name, field) for field in fields}
        hidden[kind] = msgspec.defstruct(f"{name} {kind}", optional, gc=False)
    return PersonalValue(path, persons[0], erased, hidden)


def _erased_value(name: str, field: msgspec.inspect.Field) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    if not field.required:
        return field.default
    if not isinstance(getattr(field.type, "type", None), msgspec.inspect.StrType):
        raise ValueError(f"{name}.{field.name} is personal and needs a default, or must be a text")
    return ERASED


# --- hiding and showing


def person_of(fields: PersonalFields, fact: msgspec.Struct) -> str:
    """The number of the person whose data they are; an event has those of one person."""
    persons = {str(getattr(_holder(value, fact), value.person)) for value in fields.values}
    if len(persons) != 1:
        raise ValueError(f"{type(fact).__name__} holds personal data of {' and '.join(sorted(persons))}")
    return persons.pop()


def naming(fields: PersonalFields, fact: Details, person: str) -> Details:
    """The same event with the number of its person."""
    if person_of(fields, fact) != person:
        for value in fields.values:
            fact = _with_values(value, fact, {value.person: person})
    return fact


def contents_of(fields: PersonalFields, fact: msgspec.Struct) -> dict[Kind, bytes]:
    """The values to be hidden of an event, by kind; no entry for a kind without values."""
    found: dict[Kind, bytes] = {}
    for kind in KINDS:
        values = [_hidden_values(value, kind, _holder(value, fact)) for value in fields.values]
        if any(values):
            found[kind] = _encode(values)
    return found


def _hidden_values(value: PersonalValue, kind: Kind, holder: msgspec.Struct) -> dict[str, Any]:
    return {
        name: shown for name, is_erased in value.erased[kind].items() if (shown := getattr(holder, name)) != is_erased
    }


def erase(fields: PersonalFields, fact: Details, kinds: Collection[Kind] = KINDS) -> Details:
    """The same event without the person."""
    for value in fields.values:
        erased_values: dict[str, Any] = {}
        for kind in kinds:
            erased_values |= value.erased[kind]
        fact = _with_values(value, fact, erased_values)
    return fact


def show(fields: PersonalFields, fact: Details, contents: Mapping[Kind, bytes]) -> Details:
    """An event with what was hidden of it put back."""
    shown: list[dict[str, Any]] = [{} for _ in fields.values]
    for kind, hidden in contents.items():
        for found, value, values in zip(fields.decoders[kind].decode(hidden), fields.values, shown, strict=True):
            for name in value.erased[kind]:
                if (content := getattr(found, name)) is not msgspec.UNSET:
                    values[name] = content
    for value, values in zip(fields.values, shown, strict=True):
        fact = _with_values(value, fact, values)
    return fact


def erased(details: Details) -> Details:
    """Details of a person as they are shown once the person is forgotten."""
    fields = find_personal_fields(type(details))
    assert fields is not None, f"{type(details).__name__} has no personal fields"
    return erase(fields, details)


def _holder(value: PersonalValue, fact: Any) -> Any:
    for name in value.path:
        fact = getattr(fact, name)
    return fact


def _with_values(value: PersonalValue, fact: Details, values: dict[str, Any]) -> Details:
    for end in range(len(value.path), 0, -1):
        parent: Any = fact
        for name in value.path[:end]:
            parent = getattr(parent, name)
        values = {value.path[end - 1]: msgspec.structs.replace(parent, **values)}
    return msgspec.structs.replace(fact, **values)


# --- tokens in stored bytes


class Tokens(msgspec.Struct, frozen=True, gc=False):
    """The tokens of an event, by kind; None if nothing was hidden."""

    personal: str | None = None
    on_documents: str | None = None

    def of(self, kind: Kind) -> str | None:
        return self.personal if kind == "personal" else self.on_documents


read_tokens = msgspec.json.Decoder(Tokens).decode


def with_tokens(state: bytes, tokens: Mapping[Kind, bytes]) -> bytes:
    """The bytes of an erased event with its tokens, which are letters and digits, put at their end."""
    parts = [b',"%b":"%b"' % (kind.encode(), token) for kind, token in tokens.items()]
    return b"".join([state[:-1], *parts, b"}"])
