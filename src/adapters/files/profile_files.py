"""Finds and reads profile files: those that come with the program, by name, and any other by its path.

A profile that cannot be used is refused as a whole, with every fault and its place in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from adapters.edge.faults import Part, explained, found_in
from adapters.edge.models import read_struct
from adapters.files.profile import Profile
from adapters.files.yaml_documents import AsWritten
from billing_core.kernel.errors import InvalidValue, NotFound

SUFFIXES = (".yaml", ".yml")


def load_profile(name_or_path: str) -> Profile:
    """The profile of this name that comes with the program, or the one in this YAML file."""
    if name_or_path.endswith(SUFFIXES) or "/" in name_or_path:
        return _read(Path(name_or_path), name_or_path)
    if name_or_path not in shipped_profiles():
        raise NotFound(
            f"no such profile; use one of {', '.join(shipped_profiles())}, or the path of a YAML file",
            field="profile",
            value=name_or_path,
        )
    return _read(_folder() / f"{name_or_path}.yaml", name_or_path)


def shipped_profiles() -> list[str]:
    """The names of the profiles that come with the program."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


def _folder() -> Traversable:
    return files("adapters.files") / "profiles"


def _read(source: Traversable, place: str) -> Profile:
    field = f"profile {place}"
    try:
        written = yaml.load(source.read_text(encoding="utf-8"), Loader=AsWritten)
        return read_struct(Profile, written)
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="profile", value=place) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise InvalidValue(f"is not well-formed YAML: {' '.join(str(error).split())}", field=field) from None
    except ValidationError as error:
        faults = [explained(fault, partial(_place, written)) for fault in error.errors()]
        raise InvalidValue("; ".join(faults), field=field) from None


def _place(written: Any, location: Sequence[Part]) -> str:
    return ".".join(str(part) for part in found_in(written, location))
