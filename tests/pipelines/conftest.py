"""Servers that the tests of the way to the outside share."""

from collections.abc import Iterator

import pytest
from tests.pipelines.faulty_sites import RSS, Site, answer, emptied


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Site, Site]]:
    with Site("127.0.1.1") as first, Site("127.0.0.1") as second:
        yield first, second


@pytest.fixture
def site(servers: tuple[Site, Site]) -> Site:
    return emptied(servers[0], {"/feed": answer(RSS, Content_Type="application/rss+xml")})


@pytest.fixture
def canary(servers: tuple[Site, Site]) -> Site:
    """A server that nothing is allowed to reach."""
    return emptied(servers[1], {"/": answer(b"secret"), "/robots.txt": answer(b"")})
