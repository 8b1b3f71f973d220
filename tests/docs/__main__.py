"""``python -m tests.docs --write`` writes the generated pages; without it, says which are out of date."""

import sys

from tests.docs import generated, pages


def main() -> int:
    """Return 0 when all pages are what the program says."""
    stale = generated.differing()
    for file in stale:
        if "--write" in sys.argv:
            (pages.ROOT / file).write_text(generated.all_pages()[file], encoding="utf-8")
        print(f"{file}: {'written' if '--write' in sys.argv else 'out of date'}")  # noqa: T201  # what it is for
    return 0 if "--write" in sys.argv else len(stale)


if __name__ == "__main__":
    sys.exit(main())
