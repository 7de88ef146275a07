"""Personal data in events: which fields tell of a person, taking them out of the stored bytes, and putting them back.

A field is marked where it is declared: `Personal[str]` is destroyed at once when the person is forgotten,
`OnDocuments[str]` is personal too but printed on documents, which the law may keep for some years. `PersonNumber`
marks the field that says whose data they are. The stored bytes of an event are its JSON without these fields, and
one token for each kind of them, which holds what was taken out:

    {"effective_on":"2026-03-01","customer":{"number":"C1","kind":"person"},"personal":"...","on_documents":"..."}

Decides what is taken out and what stands in its place once it is erased: a text that must be there is `erased`, every
other field has its default. What a token is made of, and who has the keys, is not decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args

import msgspec

Kind = Literal["personal", "on_documents"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ERASED = "erased"

Value = TypeVar("Value")
Details = TypeVar("Details", bound=msgspec.Struct)

Personal = Annotated[Value, msgspec.Meta(extra={"personal": "personal"})]
OnDocuments = Annotated[Value, msgspec.Meta(extra={"personal": "on_documents"})]
PersonNumber = Annotated[str, msgspec.Meta(extra={"personal": "person"})]

Contents = dict[str, Any]
_decode_document = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.encode

# --- which fields


class PersonalField(NamedTuple):
    """A marked field by its path from the event; `name` is the path in one word."""

    path: tuple[str, ...]
    name: str
    kind: Kind
    is_required: bool


class PersonalFields(NamedTuple):
    """The marked fields of a class, and the path of the field that says whose they are."""

    person: tuple[str, ...]
    fields: tuple[PersonalField, ...]


@lru_cache(maxsize=256)
def find_personal_fields(cls: type[msgspec.Struct]) -> PersonalFields | None:
    """The marked fields of a class and of the values in it; None where there are none.

    A mark that could not be kept is a `ValueError`: within a list or a choice of types, on a field that must be there
    and is no text, or without a field that says whose it is.
    """
    found = list(_marked(msgspec.inspect.type_info(cls), ()))
    persons = [path for path, mark, _ in found if mark == "person"]
    fields = tuple(_personal_field(cls, path, mark, field) for path, mark, field in found if mark != "person")
    if not fields:
        return None
    if len(persons) != 1:
        raise ValueError(f"{cls.__name__} holds personal data and must say by one field whose they are")
    if taken := set(KINDS) & set(cls.__struct_fields__):
        raise ValueError(f"{cls.__name__}.{min(taken)}: the name is that of a token")
    return PersonalFields(persons[0], fields)


Marked = tuple[tuple[str, ...], str, msgspec.inspect.Field]


def _marked(node: object, path: tuple[str, ...]) -> Iterator[Marked]:
    if not isinstance(node, msgspec.inspect.StructType):
        return
    for field in node.fields:
        of_field = (*path, field.encode_name)
        kind = field.type
        if isinstance(kind, msgspec.inspect.Metadata):
            if mark := (kind.extra or {}).get("personal"):
                if node.array_like:
                    raise ValueError(f"{node.cls.__name__}.{field.name}: an array has no names for personal fields")
                yield of_field, mark, field
                continue
            kind = kind.type
        if isinstance(kind, msgspec.inspect.StructType):
            yield from _marked(kind, of_field)
        elif any(True for part in _parts(kind) for _ in _marked(part, of_field)):
            raise ValueError(f"{node.cls.__name__}.{field.name}: personal fields cannot stand in a list or a choice")


def _parts(kind: object) -> Iterator[object]:
    """The structures within a list, a mapping or a choice of types."""
    for name in ("item_type", "item_types", "key_type", "value_type", "types"):
        inner = getattr(kind, name, ())
        for part in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(part, msgspec.inspect.StructType):
                yield part
            else:
                yield from _parts(part)


def _personal_field(
    cls: type[msgspec.Struct], path: tuple[str, ...], mark: str, field: msgspec.inspect.Field
) -> PersonalField:
    kind = next(kind for kind in KINDS if kind == mark)
    bare = field.type.type if isinstance(field.type, msgspec.inspect.Metadata) else field.type
    if field.required and not isinstance(bare, msgspec.inspect.StrType):
        raise ValueError(f"{cls.__name__}: {'.'.join(path)} is personal and needs a default or must be a text")
    return PersonalField(path, ".".join(path), kind, field.required)


# --- taking out and putting back


class Parted(NamedTuple):
    """An event's JSON, parted: whose data it holds, the rest, and what was taken out, by kind."""

    person: str
    rest: Contents
    hidden: dict[Kind, Contents]

    def with_tokens(self, tokens: Mapping[Kind, str]) -> bytes:
        """The bytes to be stored."""
        return _encode({**self.rest, **tokens})


class Stored(NamedTuple):
    """Stored bytes as read: `plain` are personal fields that stand there as they are, from before there were keys."""

    person: str
    rest: Contents
    tokens: dict[Kind, str]
    plain: dict[Kind, Contents]


def part(fields: PersonalFields, state: bytes) -> Parted:
    """Take the personal fields out of an event's JSON."""
    rest = _decode_document(state)
    return Parted(_person(fields, rest), rest, _take_out(fields, rest))


def read_stored(fields: PersonalFields, state: bytes) -> Stored:
    """Find the tokens in stored bytes."""
    rest = _decode_document(state)
    tokens = {kind: rest.pop(kind) for kind in KINDS if kind in rest}
    return Stored(_person(fields, rest), rest, tokens, _take_out(fields, rest))


def join(fields: PersonalFields, rest: Contents, found: Iterable[Contents]) -> bytes:
    """An event's JSON with what was found put back; what is missing is erased."""
    known = {name: value for contents in found for name, value in contents.items()}
    for field in fields.fields:
        if field.name in known:
            _parent(rest, field.path)[field.path[-1]] = known[field.name]
        elif field.is_required:
            _parent(rest, field.path)[field.path[-1]] = ERASED
    return _encode(rest)


def encode_contents(contents: Contents) -> bytes:
    """What a token holds, before it is encrypted."""
    return _encode(contents)


def decode_contents(contents: bytes) -> Contents:
    """What a token held."""
    return _decode_document(contents)


def erased(details: Details) -> Details:
    """The same details as they are shown once the person is forgotten."""
    fields = find_personal_fields(type(details))
    assert fields is not None, f"{type(details).__name__} has no personal fields"
    rest = part(fields, _encode(details)).rest
    return msgspec.json.decode(join(fields, rest, ()), type=type(details))


def _take_out(fields: PersonalFields, document: Contents) -> dict[Kind, Contents]:
    taken: dict[Kind, Contents] = {}
    for path, name, kind, _ in fields.fields:
        parent = _parent(document, path)
        if path[-1] in parent:
            taken.setdefault(kind, {})[name] = parent.pop(path[-1])
    return taken


def _parent(document: Contents, path: Collection[str]) -> Contents:
    for name in tuple(path)[:-1]:
        document = document[name]
    return document


def _person(fields: PersonalFields, document: Contents) -> str:
    return str(_parent(document, fields.person)[fields.person[-1]])
