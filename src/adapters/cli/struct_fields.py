"""Commands and queries as the command line gives them: their names, their fields, and help made of both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import typer

from adapters.cli.groups import Commands, nearest

WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
Struct = TypeVar("Struct", bound=msgspec.Struct)


def name_of(struct: type) -> str:
    """`register-customer` for `RegisterCustomer`."""
    return WORD.sub("-", struct.__name__).lower()


class EveryStruct(Commands):
    """A group with one command for each command or query of the program, found only when one is asked for."""

    what: str

    def known(self) -> Mapping[str, type]:
        """The structs by their names on the command line."""
        raise NotImplementedError

    def door(self, name: str, struct: type) -> Any:
        """The command of the command line that carries one out, or asks it."""
        raise NotImplementedError

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(self.known())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        struct = self.known().get(cmd_name)
        return None if struct is None else self.door(cmd_name, struct)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """One that does not exist is answered with those that may be meant."""
        known = self.known()
        if args[0] not in known and not args[0].startswith("-"):
            near = nearest(args[0], known)
            ctx.fail(f"No such {self.what} {args[0]!r}; {near}`{ctx.command_path} --help` lists all.")
        return super().resolve_command(ctx, args)


def values_given(fields: list[str], file: str | None) -> dict[str, Any]:
    """The values of a file, overridden by those of the command line."""
    from adapters.cli.command_fields import merged
    from adapters.cli.command_files import read_fields
    from billing_core.kernel.errors import InvalidValue, NotFound

    try:
        return merged(read_fields(file) if file else {}, fields)
    except (InvalidValue, NotFound) as error:
        raise typer.BadParameter(str(error)) from None


def filled(struct: type[Struct], values: dict[str, Any]) -> Struct:
    """The command or query with its fields, or wrong usage that names each field and value that it cannot take."""
    from pydantic import ValidationError

    from adapters.edge.faults import explained_all, found_in
    from adapters.edge.models import read_struct

    try:
        return read_struct(struct, values)
    except ValidationError as error:
        complaints = explained_all(error.errors(), lambda location: ".".join(map(str, found_in(values, location))))
        raise typer.BadParameter(complaints) from None


def help_of(struct: type, base: type) -> str:
    """Its description and that of its shared fields, which stand in classes below the base, and its fields."""
    from adapters.cli.command_fields import fields_of

    lines = [f"{_sentences(struct, base)}\n", "\b", "Fields:"]
    fields = list(fields_of(struct))
    width = max((len(field.name) for field in fields), default=0)
    for field in fields:
        optional = "" if field.required else f", by default {field.default}" if field.default else ", optional"
        lines.append(f"  {field.name:{width}}  {field.takes}{optional}")
    return "\n".join(lines)


def _sentences(struct: type, base: type) -> str:
    from adapters.edge.shapes import shapes_of

    kinds: list[type] = [kind for kind in struct.__mro__ if issubclass(kind, base) and kind is not base]
    kinds += shapes_of(struct)[0].structs[1:]
    texts = [" ".join(kind.__dict__["__doc__"].split()) for kind in kinds if kind.__dict__.get("__doc__")]
    name = WORD.sub(" ", struct.__name__).capitalize()
    return "\n\n".join([f"{name}.", *texts])


def first_line(struct: type) -> str:
    """The first sentence of its description."""
    said = " ".join((struct.__doc__ or "").split())
    return said.partition(". ")[0].rstrip(".") + "."


def complete(struct: type | None, incomplete: str) -> list[str]:
    """Its fields that begin like this, for completion by the shell."""
    from adapters.cli.command_fields import fields_of

    if struct is None or "=" in incomplete:
        return []
    names = (field.name for field in fields_of(struct) if "[]" not in field.name)
    return [f"{name.replace('NAME', '')}{'' if 'NAME' in name else '='}" for name in names
            if name.startswith(incomplete)]  # fmt: skip
