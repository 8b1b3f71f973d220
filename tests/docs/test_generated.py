"""The pages that the program writes say what it says now, and it explains itself."""

import re

import pytest

from pipelines.settings import known_keys
from tests.docs import commands, generated, pages


@pytest.mark.parametrize("file", sorted(generated.all_pages()))
def test_a_generated_page_is_what_the_program_says(file: str) -> None:
    assert file not in generated.differing(), "run `python -m tests.docs --write`"


def test_every_setting_is_explained_and_nothing_else() -> None:
    said = generated.explained() | generated.ONLY_BY_NAME
    assert said.keys() == known_keys()
    assert [key for key, words in said.items() if not words] == []


def test_the_default_that_the_file_shows_is_the_one_that_holds() -> None:
    shown = {key: value.strip('"') for key, value in generated.shown_defaults().items() if not value.startswith("{")}
    examples = {key for key, value in shown.items() if "example.org" in value or key == "language"}
    wrong = {
        key: (value, holds)
        for key, value in shown.items()
        if key not in examples and (holds := generated.default(key)) != value and f"{holds}.0" != value
    }
    assert wrong == {}


@pytest.mark.parametrize("name", [name for name in commands.every() if not commands.is_group(name)])
def test_every_command_says_in_a_sentence_what_it_does_and_what_it_takes(name: str) -> None:
    command = commands.every()[name]
    assert re.match(r"[A-Z].+[.:]", command.help), name
    for one in command.params:
        says = one.help or ""
        assert says.endswith((".", "…")), f"{name} {one.name}: {says!r}"


def test_the_contract_stands_in_the_generated_page() -> None:
    """What checks outside this project call: names and options of the founding design."""
    missing = []
    for line in CONTRACT.strip().splitlines():
        name, _, options = line.strip().partition(" --")
        wanted = {f"--{option}" for option in options.split(" --") if option}
        if name not in commands.every() or not wanted <= commands.options(name):
            missing.append(line)
        assert f"## duiding {name}\n" in pages.text_of("docs/commands.md")
    assert missing == []


CONTRACT = """
    init --name --language
    sources add
    sources import
    sources export
    sources list
    sources check
    sources disable
    linkedin import --person --preview --allow
    articles import
    ingest --all
    week run --week
    cluster --week --from --to
    people add --name --role --language
    people list
    people remove
    link
    remind --week
    publish --week --dry-run
    send --week --only
    subscribers import
    subscribers add
    subscribers list
    subscribers export
    subscribers forget
    export --week --format --out --copies
    web
    up
    sql --write
    status
    doctor
    migrate
    backup
    restore
    themes list
    demo --out
"""
