"""pydantic models of structs: by their shapes, and back.

    read_struct(PublishTariff, {"code": "net", "currency": "EUR", "components": [...]})
    written(tariff)     -> {"code": "net", "currency": "EUR", "components": [{"code": "fee", "vat": "20", ...}]}

`annotation_of` gives the type of a struct for a body of HTTP, for a field of another model, or for a JSON Schema: what
is validated by it is the struct itself. A struct of the core or of a command needs nothing for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args

import msgspec
from msgspec import UNSET
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)

from adapters.edge.faults import with_known_words
from adapters.edge.shapes import Shape, shapes_of
from adapters.edge.shorthand import PUT_IN_ORDER
from adapters.edge.values import Text, read_as
from adapters.edge.wordings import NONE, REQUIRED, Word
from adapters.edge.words import VALUES, meant_in
from billing_core.kernel.errors import BillingError

AnyStruct = TypeVar("AnyStruct", bound=msgspec.Struct)


class Words(BaseModel):
    """The words of a struct, and all that may be written of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, protected_namespaces=())
    shape: ClassVar[Shape]

    @model_validator(mode="wrap")
    @classmethod
    def _name_known_words(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """If a word is unknown, the error names those that are known."""
        try:
            return validate(value)
        except ValidationError as error:
            meant = {word: text for struct in cls.shape.structs for word, text in meant_in(struct).items()}
            faults = [with_known_words(fault, list(cls.model_fields), meant) for fault in error.errors()]
            raise ValidationError.from_exception_data(cls.__name__, faults) from None

    def struct(self) -> Any:
        """The struct that is written."""
        try:
            return self.shape.read(self.__dict__)
        except BillingError as refused:
            raise ValueError(str(refused)) from None


def read_struct(struct: type[AnyStruct], value: Any) -> AnyStruct:
    """The struct that plain values make; pydantic's `ValidationError` names each fault with its place."""
    found: AnyStruct = _adapter(struct).validate_python(value)
    return found


def read_value(kind: Any, value: Any) -> Any:
    """The value of a field of this type, as it is written."""
    return TypeAdapter(read_as(kind, annotation_of), config=ConfigDict(str_strip_whitespace=True)).validate_python(
        value
    )


def written(value: Any) -> Any:
    """A value as it is written: plain values, in words, without what may be left out."""
    match value:
        case msgspec.Struct():
            words = _shape_of(value).write(value)
            return {word: written(found) for word, found in words.items()}
        case Mapping():
            return {str(key): written(found) for key, found in value.items()}
        case list() | tuple():
            return [written(found) for found in value]
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return VALUES.get(value, value) if isinstance(value, str) else value


@cache
def _adapter(struct: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation_of(struct))


def annotation_of(struct: Any, without: frozenset[str] = NONE) -> Any:
    """The type by which pydantic reads a struct, or one of several that a tag distinguishes."""
    members = get_args(struct)
    if not members:
        return _one(struct, without)
    return _one_of([_one(member, without) for member in members], members[0].__struct_config__.tag_field)


@cache
def _one(struct: Any, without: frozenset[str]) -> Any:
    shapes = shapes_of(struct, without)
    kinds = [Annotated[_model(shape), AfterValidator(Words.struct)] for shape in shapes]
    kind = _one_of(kinds, shapes[0].variant) if len(kinds) > 1 else kinds[0]
    put_in_order = PUT_IN_ORDER.get(struct)
    return kind if put_in_order is None else Annotated[kind, BeforeValidator(put_in_order)]


def _one_of(kinds: Sequence[Any], word: str) -> Any:
    """A union of types: the value of one word, such as `kind`, selects the type."""
    return Annotated[Union[tuple(kinds)], Field(discriminator=word)]  # noqa: UP007


def _model(shape: Shape) -> type[Words]:
    words = shape.words
    fields = {word: (_kind(value), _default(value)) for word, value in words.items()}
    tags = [get_args(words[shape.variant].kind)[0]] if shape.variant else []
    name = "".join([shape.struct.__name__, *(tag.capitalize() for tag in tags)])
    model: type[Words] = create_model(name, __base__=Words, __doc__=shape.struct.__doc__, **fields)  # type: ignore[call-overload]
    model.shape = shape
    return model


def _default(word: Word) -> Any:
    """The default; `UNSET` has no form in JSON, so a description does not show it."""
    return Field(default_factory=lambda: UNSET) if word.default is UNSET else word.default


def _kind(word: Word) -> Any:
    return Text if word.kind is str and word.default is REQUIRED else read_as(word.kind, annotation_of)


@cache
def _shapes_once(struct: Any) -> list[Shape]:
    return shapes_of(struct)


def _shape_of(value: Any) -> Shape:
    """The shape of a struct, by what its group is if it may be one of several."""
    shapes = _shapes_once(value.__class__)
    if len(shapes) == 1:
        return shapes[0]
    groups = {type(getattr(value, name)) for name in value.__struct_fields__}
    return next(shape for shape in shapes if groups.issuperset(shape.structs[1:]))
