"""The templates of contracts that come with the program, in `ready_contracts`: one file for a kind and a language.

A file holds the fields of `publish-contract-template`, so that a copy of it may be changed and published:

    kind: internet
    language: en
    title: Contract No. {{ contract.number }}
    sections:
      - heading: Subject
        text: The provider connects {{ customer.name }} to its network.
        shows: services
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from adapters.files.yaml_documents import document_in, read_text
from billing_core.kernel.errors import NotFound
from commands.contracts.kinds import PublishContractTemplate


def ready_template(name: str) -> PublishContractTemplate:
    """The template of a name, as in internet.cs."""
    return document_in(ready_template_text(name), f"ready template {name}").read_as(PublishContractTemplate)


def ready_template_text(name: str) -> str:
    """The file of a template, as it may be changed and published."""
    if name not in ready_template_names():
        known = ", ".join(ready_template_names())
        raise NotFound(f"no such ready template; use one of {known}", field="template", value=name)
    return read_text(_ready() / f"{name}.yaml", name)


def ready_template_names() -> list[str]:
    """The names of the templates: kind and language, as in internet.cs."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _ready().iterdir() if entry.name.endswith(".yaml"))


def _ready() -> Traversable:
    return files("adapters.files") / "ready_contracts"
