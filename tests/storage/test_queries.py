"""Named SQL."""

import re
from importlib import resources

import pytest

from storage import queries

FILES = sorted(file.name for file in resources.files("storage").joinpath("sql").iterdir())


@pytest.mark.parametrize("name", ["annotations.nothing", "nothing.add"])
def test_an_unknown_name_is_an_error(name: str) -> None:
    with pytest.raises((KeyError, FileNotFoundError)):
        queries.named(name)


@pytest.mark.parametrize("file", FILES)
def test_each_statement_stands_alone_under_its_own_name(file: str) -> None:
    text = resources.files("storage").joinpath("sql", file).read_text(encoding="utf-8")
    names = re.findall(r"^-- name: (.*)$", text, re.MULTILINE)
    statements = queries.of(file.removesuffix(".sql"))
    assert names == list(statements)
    for name, sql in statements.items():
        code = re.sub(r"--[^\n]*", "", sql)
        assert code.count(";") <= 1, f"{name} holds two statements"
        assert code.strip(), f"{name} is empty"


def test_every_statement_is_used_and_every_used_one_exists() -> None:
    code = "".join(file.read_text() for file in resources.files("storage").iterdir() if file.name.endswith(".py"))
    used = set(re.findall(r'"(\w+\.\w+)"', code))
    written = {
        f"{file.removesuffix('.sql')}.{name}" for file in FILES for name in queries.of(file.removesuffix(".sql"))
    }
    assert written <= used
    assert {name for name in used if name.split(".")[0] in {file.removesuffix(".sql") for file in FILES}} <= written


def test_lists_go_in_as_json_since_bound_ones_are_slow() -> None:
    for file in FILES:
        assert not re.search(r"unnest\(\$", "".join(queries.of(file.removesuffix(".sql")).values())), file
