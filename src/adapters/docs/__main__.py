"""`python -m adapters.docs [FOLDER]`: write the reference pages, into docs/reference unless a folder is named."""

from __future__ import annotations

import sys
from pathlib import Path

from adapters.docs.pages import write_pages

if __name__ == "__main__":
    write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
