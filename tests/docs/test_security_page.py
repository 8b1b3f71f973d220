"""Every claim about security names a test that is there, and the headers are those that are sent."""

import re

from reports.web.security import HEADERS
from tests.docs import pages

PAGE = "docs/security.md"
NAMED = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def test_every_test_that_is_named_is_there() -> None:
    named = [found.groups() for span in pages.spans(PAGE) if (found := NAMED.fullmatch(span))]
    assert len(named) > 40
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (pages.ROOT / file).exists() or f"def {name}(" not in pages.text_of(file)
    ]
    assert missing == []


def test_every_claim_about_pages_links_and_input_names_its_test() -> None:
    text = pages.text_of(PAGE)
    for heading in ("The pages", "Links and tokens", "What comes from outside"):
        section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
        rows = [line for line in section.splitlines() if line.startswith("|")][2:]
        assert rows
        assert [row for row in rows if not NAMED.search(row)] == []


def test_the_headers_are_those_that_are_sent() -> None:
    (shown,) = [block.text for block in pages.blocks(PAGE) if "Content-Security-Policy" in block.text]
    assert shown.splitlines() == [f"{name}: {value}" for name, value in HEADERS.items()]
