"""The meaning of each word of the files: the sentences of `sentences.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _sentences() -> dict[str, Any]:
    """Everything as text: YAML would read the word `on` as true."""
    text = Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return loaded


def has_own(part: str, word: str) -> bool:
    """Whether a part has its own sentence for a word."""
    return word in _sentences()["words"].get(part, {})


def says(part: str, word: str) -> str:
    """The meaning of a word of a part."""
    own = _sentences()["words"].get(part, {})
    text: str = own[word] if word in own else _sentences()["everywhere"][word]
    return text


def heading(part: str) -> str:
    """The text above the table of a part; may be empty."""
    text: str = _sentences()["parts"].get(part, "")
    return text


def unused(words: set[tuple[str, str]], parts: set[str]) -> set[str]:
    """The sentences about words and parts that no file has any more."""
    written = {(part, word) for part, own in _sentences()["words"].items() for word in own}
    return {f"{part}: {word}" for part, word in written - words} | (set(_sentences()["parts"]) - parts)
