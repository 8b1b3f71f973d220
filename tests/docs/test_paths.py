"""The paths of our pages that the documentation names are paths that the pages have."""

import re

import pytest
from starlette.routing import Route

from reports.web import app
from tests.docs import pages

ROUTES = [route.path for route in app._routes() if isinstance(route, Route)]
OURS = {route.split("/")[1].partition(".")[0] for route in ROUTES} - {"", "{token}"}
"""How the paths of pages begin: what begins otherwise is a place on a disk, or of somebody else."""


def paths(file: str) -> list[str]:
    """What a page of the documentation names, up to its query."""
    found = [span.partition("?")[0] for span in pages.spans(file) if re.fullmatch(r"/[\w./…?=&|-]+", span)]
    return [path for path in found if path.split("/")[1].partition(".")[0] in OURS]


def is_there(path: str) -> bool:
    """Whether a route answers it; capitals, numbers and dots stand for what is filled in."""
    pattern = re.sub(r"\b(?:[A-Z]+|N)\b|…", "x", path)
    return any(
        re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", re.escape(route).replace(r"\{", "{").replace(r"\}", "}")), pattern)
        for route in ROUTES
    )


@pytest.mark.parametrize("file", pages.FILES)
def test_every_path_of_a_page_that_is_named_is_one(file: str) -> None:
    assert [path for path in paths(file) if not is_there(path)] == []


def test_paths_are_found_and_a_wrong_one_would_be() -> None:
    assert len([path for file in pages.FILES for path in paths(file)]) > 15
    assert is_there("/rounds/WEEK/issue")
    assert is_there("/preferences/…")
    assert not is_there("/rounds/WEEK/issues")
    assert not is_there("/my/leaves")
