"""Every command, option, page and test that the documentation names exists."""

import importlib.util
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docs import commands, pages


@pytest.mark.parametrize("file", pages.FILES)
def test_every_command_a_page_mentions_exists_with_its_options(file: str) -> None:
    said = [*commands.mentions(file), *commands.shortened(file)]
    assert {one: wrong for one in said if (wrong := commands.wrong_in(one))} == {}


def test_the_pages_mention_most_of_the_program() -> None:
    mentioned = " ".join(said for file in pages.FILES for said in commands.mentions(file))
    named = [name for name in commands.every() if name and not commands.is_group(name)]
    assert [name for name in named if f"{name}" not in mentioned] == []


@pytest.mark.parametrize(
    "said",
    [
        "bogus",
        "sources bogus",
        "status --bogus",
        "sources list --url",
        "week",
        "export articles --outt x",
        "--home x y",
    ],
)
def test_a_mention_of_what_is_not_there_is_found(said: str) -> None:
    assert commands.wrong_in(said) is not None or commands.is_group(said)


@given(st.sampled_from([name for name in commands.every() if not commands.is_group(name)]), st.data())
def test_what_is_there_may_be_mentioned_in_any_order(name: str, data: st.DataObject) -> None:
    options = data.draw(st.lists(st.sampled_from(sorted(commands.options(name)))))
    assert commands.wrong_in(" ".join([name, *options, "WORD", "…"])) is None
    assert commands.wrong_in(" ".join([name, *options, "--nothing-like-it"])) is not None


def test_every_way_in_that_is_named_is_a_target_of_make_that_says_what_it_does() -> None:
    said = "\n".join(pages.text_of(file) for file in pages.FILES)
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", said, re.M))
    makefile = (pages.ROOT / "Makefile").read_text(encoding="utf-8")
    assert named >= {"demo", "serve", "test", "check", "bench", "install"}
    assert [target for target in named if not re.search(rf"^{target}:.*## \w+", makefile, re.M)] == []


def test_every_module_that_can_be_run_is_there() -> None:
    said = "\n".join(pages.text_of(file) for file in pages.FILES)
    named = set(re.findall(r"python -m ((?:tests|pipelines)[\w.]*)", said))
    assert len(named) >= 3
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


def test_every_file_of_ours_that_is_named_is_there() -> None:
    rooms = r"`((?:curate|storage|reports|pipelines|tests|docs)/[\w/.-]+\.(?:py|sql|toml|md|js|html|css))`"
    said = {(file, found) for file in pages.FILES for found in re.findall(rooms, pages.text_of(file))}
    assert len(said) > 40
    assert [(file, found) for file, found in sorted(said) if not (pages.ROOT / found).exists()] == []
