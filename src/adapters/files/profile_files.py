"""Finds and reads profile files: those that come with the program, by name, and any other by its path.

A profile that cannot be used is refused as a whole, with every fault and its place in the file.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from adapters.edge.models import AnyStruct
from adapters.files.bank_profile import BankProfile
from adapters.files.profile import Profile
from adapters.files.usage_profile import UsageProfile
from adapters.files.yaml_documents import document_in, read_text
from billing_core.kernel.errors import NotFound

SUFFIXES = (".yaml", ".yml")
# Where those that come with the program are.
FOLDERS: dict[type, str] = {Profile: "profiles", BankProfile: "bank_profiles", UsageProfile: "usage_profiles"}


def load_profile(name_or_path: str) -> Profile:
    """The profile of subscribers of this name that comes with the program, or the one in this file."""
    return _load(Profile, name_or_path)


def load_bank_profile(name_or_path: str) -> BankProfile:
    """The bank profile of this name that comes with the program, or the one in this file."""
    return _load(BankProfile, name_or_path)


def load_usage_profile(name_or_path: str) -> UsageProfile:
    """The usage profile of this name that comes with the program, or the one in this file."""
    return _load(UsageProfile, name_or_path)


def shipped_profiles(kind: type = Profile) -> list[str]:
    """The names of the profiles of a kind that come with the program."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder(kind).iterdir() if entry.name.endswith(".yaml"))


def name_of(profile: UsageProfile) -> str:
    """The name under which a profile is kept with what it read: that of another one has a mark of what it says.

    `asterisk` comes with the program; a changed copy is `asterisk@3f2a9c01`, even if it is still called `asterisk`.
    """
    if profile.name in shipped_profiles(UsageProfile) and profile == load_usage_profile(profile.name):
        return profile.name
    return f"{profile.name}@{hashlib.sha256(repr(profile).encode()).hexdigest()[:8]}"


def shipped_text(kind: type, name: str) -> str:
    """The YAML text of a profile that comes with the program, to be copied and changed."""
    _require_shipped(kind, name, "")
    return read_text(_folder(kind) / f"{name}.yaml", name)


def _load(kind: type[AnyStruct], name_or_path: str) -> AnyStruct:
    if name_or_path.endswith(SUFFIXES) or "/" in name_or_path:
        return _read(kind, Path(name_or_path), name_or_path)
    return _shipped(kind, name_or_path, ", or the path of a YAML file")


def sent_profile(kind: type[AnyStruct], name_or_text: str) -> AnyStruct:
    """The profile of this name that comes with the program, or the one that this YAML text is; never a file."""
    if "\n" in name_or_text or ":" in name_or_text:
        return document_in(name_or_text, "profile").read_as(kind)
    return _shipped(kind, name_or_text, ", or the YAML text of one")


def _shipped(kind: type[AnyStruct], name: str, otherwise: str) -> AnyStruct:
    _require_shipped(kind, name, otherwise)
    return _read(kind, _folder(kind) / f"{name}.yaml", name)


def _require_shipped(kind: type, name: str, otherwise: str) -> None:
    known = shipped_profiles(kind)
    if name not in known:
        raise NotFound(f"no such profile; use one of {', '.join(known)}{otherwise}", field="profile", value=name)


def _folder(kind: type) -> Traversable:
    return files("adapters.files") / FOLDERS[kind]


def _read(kind: type[AnyStruct], source: Traversable, place: str) -> AnyStruct:
    return document_in(read_text(source, place), f"profile {place}").read_as(kind)
