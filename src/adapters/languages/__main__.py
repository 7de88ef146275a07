"""`python -m adapters.languages`: bring the `.po` files in step with the texts, and say what is to be translated."""

from __future__ import annotations

import sys

from adapters.languages.sources import marked_texts
from adapters.languages.upkeep import bring_up_to_date, problems

if __name__ == "__main__":
    marked = marked_texts()
    bring_up_to_date(marked)
    found = problems(marked)
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.exit(1 if found else 0)
