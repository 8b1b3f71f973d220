"""Every link within the documentation leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs import pages


def broken(file: str) -> list[str]:
    """The links of a page that lead to no file, or to no heading in it."""
    found = []
    for link in pages.links(file):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (pages.ROOT / file).parent / path if path else pages.ROOT / file
        is_there = target.exists() and pages.ROOT in target.resolve().parents
        if not is_there or (anchor and anchor not in pages.anchors(str(target.resolve().relative_to(pages.ROOT)))):
            found.append(link)
    return found


@pytest.mark.parametrize("file", pages.FILES)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(file: str) -> None:
    assert broken(file) == []


@pytest.mark.parametrize(
    "file", [file for file in pages.FILES if file.startswith("docs/") and file != "docs/README.md"]
)
def test_every_page_of_the_documentation_is_in_its_index(file: str) -> None:
    assert file.removeprefix("docs/") in pages.links("docs/README.md")


def test_links_and_headings_are_found_and_a_wrong_one_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len([link for file in pages.FILES for link in pages.links(file)]) > 60
    assert "the-way-to-the-outside" in pages.anchors("docs/architecture.md")
    wrong = "[a](nowhere.md) [b](domain.md#nowhere) [c](../../../etc/hosts) [d](domain.md) [e](#nowhere) `[f](g.md)`"
    monkeypatch.setattr(pages, "prose", lambda _file: wrong)
    assert broken("docs/README.md") == ["nowhere.md", "domain.md#nowhere", "../../../etc/hosts", "#nowhere"]


@pytest.mark.parametrize("picture", sorted((pages.ROOT / "docs" / "pictures").iterdir()), ids=lambda one: one.name)
def test_a_picture_is_light_and_is_told_to_who_does_not_see_it(picture: Path) -> None:
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 150_000
    told = re.search(rf"!\[([^\]]+)\]\(docs/pictures/{picture.name}\)", pages.text_of("README.md"))
    assert told
    assert len(told[1]) > 60
