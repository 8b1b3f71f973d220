"""What a site asks of programs that visit it; how it is asked is in test_fetching."""

import time

import pytest

from pipelines.robots import parse

SITE = "https://news.example"


def allowed(text: str, path: str = "/page") -> bool:
    return parse(text.encode(), "Duiding").allow(SITE + path)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/page", True),
        ("User-agent: *\nDisallow: /", "/page", False),
        ("User-agent: *\nDisallow:", "/page", True),
        ("User-agent: *\nDisallow: /p\nAllow: /page", "/page", True),
        ("User-agent: *\nAllow: /\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: duiding\nDisallow: /\n\nUser-agent: *\nDisallow:", "/page", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: DUIDING\nAllow: /", "/page", True),
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nDisallow: /x", "/page", True),
        ("User-agent: GPTBot\nUser-agent: Duiding\nDisallow: /", "/page", False),
        ("User-agent: duidingbot\nDisallow: /", "/page", True),
        ("User agent * # all\nDisallow: /", "/page", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/page", False),
        ("<!doctype html><title>Not found</title>", "/page", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
    ],
)
def test_rules_are_obeyed(text: str, path: str, expected: bool) -> None:
    assert allowed(text, path) is expected


@pytest.mark.parametrize(
    ("text", "delay_s"), [("2.5", 2.5), ("0", 0), ("-3", 0), ("inf", 0), ("nan", 0), ("soon", 0), ("86400", 86400)]
)
def test_the_crawl_delay_is_a_number_of_seconds_or_nothing(text: str, delay_s: float) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {text}".encode(), "Duiding").delay_s == delay_s


def test_the_crawl_delay_for_others_is_not_ours() -> None:
    assert parse(b"User-agent: bingbot\nCrawl-delay: 9\n\nUser-agent: *\nDisallow:", "Duiding").delay_s == 0


@pytest.mark.parametrize(
    "hostile",
    [
        "".join(f"User-agent: a{number}\n" for number in range(15_000)) + "Disallow: /x\n" * 20_000,
        "".join(f"User-agent: {'*' * number}d\n" for number in range(700)) + "Disallow: /x\n" * 20_000,
        "User-agent: *\n" + "Disallow: /" + "*a" * 200_000,
        "User-agent: *\n" + "Disallow: /*a*b*c*d*e*f$\n" * 20_000,
        "\0" * 500_000,
        ":" * 500_000,
    ],
    ids=["names", "stars", "pattern", "patterns", "zeros", "colons"],
)
def test_a_hostile_file_costs_little_time(hostile: str) -> None:
    started_s = time.process_time()
    allowed(hostile, "/" + "abcdef" * 300)
    assert time.process_time() - started_s < 3


def test_bytes_that_are_no_text_allow_everything() -> None:
    assert parse(bytes(range(256)) * 100, "Duiding").allow(f"{SITE}/page")
