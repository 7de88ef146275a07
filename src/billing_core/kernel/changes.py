"""Changes of some fields of a value, and the differences of two values.

A struct of changes has the fields of its value, or some of them, each `UNSET` unless it is named: so a field that is
left out differs from one that is cleared, as in a JSON Merge Patch (RFC 7396). Whether the changed value is right is
not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET

Value = TypeVar("Value", bound=msgspec.Struct)


class Difference(NamedTuple):
    """A field by its dotted name, and its values; None if it has none."""

    field: str
    before: Any
    after: Any


def changed(value: Value, changes: msgspec.Struct) -> Value:
    """The value with the named fields changed.

    A field that is cleared, by None, has its default again. Of a group of fields, and of values by name, those that
    are named change, and a name whose value is None goes: `{"VAT ID": None}`.

    Of the address Brivibas 1, LV-1010 Riga, the changes `AddressChanges(city="Liepaja", postal_code=None)` make
    Brivibas 1, Liepaja.
    """
    fields = {field.name: field for field in msgspec.structs.fields(value)}
    named = {name: change for name in changes.__struct_fields__ if (change := getattr(changes, name)) is not UNSET}
    return msgspec.structs.replace(
        value, **{name: _changed(fields[name], getattr(value, name), change) for name, change in named.items()}
    )


def _changed(field: msgspec.structs.FieldInfo, before: Any, change: Any) -> Any:
    if change is None:
        return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if isinstance(change, Mapping):
        return {name: kept for name, kept in {**before, **change}.items() if kept is not None}
    if isinstance(change, msgspec.Struct) and type(change) is not type(before):
        return changed(before, change)
    return change


def differences(before: msgspec.Struct, after: msgspec.Struct) -> Iterator[Difference]:
    """The fields that differ, in the order of the struct.

    Two addresses differ by `Difference("city", "Riga", "Liepaja")`, two customers by `"address.city"`.
    """
    yield from _differences("", msgspec.structs.asdict(before), msgspec.structs.asdict(after))


def _differences(prefix: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        inner_old, inner_new = _fields(old), _fields(new)
        if inner_old is None or inner_new is None:
            yield Difference(f"{prefix}{name}", old or None, new or None)
        else:
            yield from _differences(f"{prefix}{name}.", inner_old, inner_new)


def _fields(value: Any) -> Mapping[str, Any] | None:
    """The parts of a group of fields, or of values by name."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    return value if isinstance(value, Mapping) else None
