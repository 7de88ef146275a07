"""YAML whose values are kept as the text that is written: 19.90 stays 19.90, 01 stays 01, Yes stays Yes."""

from __future__ import annotations

from typing import Any

import yaml


class AsWritten(yaml.BaseLoader):
    """Keeps every value as the text that is written, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)
