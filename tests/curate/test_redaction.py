"""No secret comes through, and plain sentences stay as they are."""

import base64
import string
import time
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curate.redaction import HIDDEN, redacted, through, without_addresses

SECRET = "Zk9-planted_4711"
LETTERS = string.ascii_letters + string.digits
unguessable = st.text(LETTERS, min_size=8, max_size=40).map(lambda text: f"qz{text}")
passwords = st.text(min_size=4, max_size=30).filter(lambda text: text.strip() == text and text not in HIDDEN)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    "text",
    [
        f"https://reader:{SECRET}@example.org/feed.xml",
        f"https://{SECRET}@example.org/feed.xml",
        f"ftp://a:{SECRET}@[::1]:21/",
        f"https://example.org/feed?page=2&token={SECRET}",
        f"https://example.org/feed?access_token={SECRET}&page=2",
        f"https://example.org/feed?apiKey={SECRET}#top",
        f"https://example.org/feed?a=1&amp;sig={SECRET}",
        f"/sign-in?next=%2Fpreferences%2F{SECRET}",
        f"GET /sign-in/{SECRET} 500",
        f"http://127.0.0.1:8600/preferences/{SECRET}/data.json?lang=nl",
        f"/welcome/{SECRET}?lang=nl",
        f"/subscribe/{SECRET}",
        f"/unsubscribe/{SECRET}",
        f"/answer/{SECRET}?signal=useful",
        f"Authorization: Basic {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}', 'Accept': '*/*'}}",
        f"('authorization', 'Basic {SECRET}')",
        f"Cookie: duiding={SECRET}; lang=nl",
        f"AUTH PLAIN {SECRET}",
        f"DUIDING_SMTP__PASSWORD={SECRET}",
        f"password = '{SECRET} with spaces'",
        f'{{"password": "{SECRET}", "user": "me"}}',
        f"PREFECT_SERVER_API_AUTH_STRING={SECRET}",
        f"Settings(secret={SECRET!r}, name='x')",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in redacted(text)
    assert HIDDEN in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "9 sources asked: 3 with news, 5 unchanged, 1 failed. 12 new entries, 0 changed.",
        "https://medium.com/@somebody/a-story-about-tokens",
        "https://example.org/feed?page=2&q=monthly",
        "The mail server mail.example.org:587 refuses the user name or password (535). Correct [smtp] in duiding.toml.",
        "Subscribe at /subscribe or ask an editor: keys and tokens are told apart.",
        "The basic understanding of authorization is thin.",
        "The round of 2026-W46 is over.",
    ],
)
def test_plain_sentences_stay(text: str) -> None:
    assert redacted(text) == text


@given(st.text(LETTERS, min_size=1, max_size=10), unguessable, words)
def test_no_user_or_password_in_an_address_comes_through(user: str, password: str, path: str) -> None:
    said = redacted(f"asked https://{user}:{password}@example.org/{quote(path)} in vain")
    assert password not in said
    assert said.startswith("asked https://(hidden)@example.org/")


@given(
    st.sampled_from(
        ["key", "token", "secret", "api_key", "access-token", "auth", "Password", "X-Amz-Signature", "sid"]
    ),
    unguessable,
    st.lists(st.sampled_from(["page=1", "lang=nl", "q=boom"]), max_size=3),
)
def test_no_query_value_under_a_telling_name_comes_through(name: str, value: str, others: list[str]) -> None:
    said = redacted("https://example.org/feed?" + "&".join([*others, f"{name}={value}"]))
    assert value not in said
    assert all(other in said for other in others)


@given(passwords, words, words)
def test_what_is_known_does_not_come_through_however_it_is_spelled(secret: str, before: str, after: str) -> None:
    assume(secret not in HIDDEN + before + after)
    told = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()
    for spelled in (secret, quote(secret, safe="", errors="replace"), told):
        said = redacted(f"{before} {spelled} {after}", [secret])
        assert spelled not in said.replace(HIDDEN, "")


@given(words, st.lists(passwords, max_size=2))
def test_hiding_twice_is_hiding_once(text: str, known: list[str]) -> None:
    assume(all(secret not in f"x{HIDDEN}x" for secret in known))
    once = redacted(f"{text} https://a:b@c.org/?token=d /answer/e password=f", known)
    assert redacted(once, known) == once


def test_a_known_secret_of_three_letters_blots_nothing_out() -> None:
    assert redacted("The pie is a lie", ["pie"]) == "The pie is a lie"


def test_the_address_of_a_person_is_hidden_and_the_address_of_a_page_is_not() -> None:
    said = without_addresses("550 <sanne.de.vries@voorbeeld.example>: gone, see https://medium.com/@sanne")
    assert said == "550 <(address)>: gone, see https://medium.com/@sanne"


@given(st.from_regex(r"[a-z0-9.+_-]{1,20}@[a-z0-9-]{1,10}\.[a-z]{2,6}", fullmatch=True), words)
def test_no_address_comes_through(address: str, around: str) -> None:
    assert address not in without_addresses(f"{around} {address} {around}".replace("/", ""))


def test_texts_are_changed_wherever_they_stand_and_keys_are_not() -> None:
    found = through({"a": ["x", {"x": "x"}], "n": 1}, lambda text: text * 2)
    assert found == {"a": ["xx", {"x": "xx"}], "n": 1}


@pytest.mark.parametrize("sign", ["a", "=", "@", "://a", "?", "&key", "token", "'", "/answer", "a@"])
def test_a_long_line_takes_no_long_time(sign: str) -> None:
    text = sign * (200_000 // len(sign))
    began_s = time.process_time()
    without_addresses(redacted(text, ["planted"]))
    assert time.process_time() - began_s < 2
