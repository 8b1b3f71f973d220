"""Signed tokens: ours, letter for letter, and nothing else."""

import random
import string
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import tokens
from reports.tokens import Choosing

SECRET = b"a secret of thirty-two bytes or so"
TODAY = date(2026, 11, 23)
LASTS = timedelta(days=400)
SIGNS = string.ascii_letters + string.digits + "-_."


def choosing(token: str, secret: bytes = SECRET, today: date = TODAY) -> Choosing | None:
    return tokens.choosing(secret, token, today, LASTS)


READ = {
    "preferences": (tokens.preferences_token(SECRET, "mia", TODAY), choosing),
    "unsubscribe": (tokens.unsubscribe_token(SECRET, "mia"), lambda token: tokens.subscriber_of(SECRET, token)),
}
kinds = pytest.mark.parametrize("kind", READ)


def test_a_token_holds_a_reader_until_it_is_too_old() -> None:
    token = tokens.preferences_token(SECRET, "mia", TODAY)
    assert token == tokens.preferences_token(SECRET, "mia", TODAY), "the same mail has the same link"
    assert choosing(token) == choosing(token, today=TODAY + LASTS) == Choosing("mia", is_over=False)
    assert choosing(token, today=TODAY + LASTS + timedelta(days=1)) == Choosing("mia", is_over=True)


@kinds
def test_of_a_thousand_altered_tokens_none_is_accepted(kind: str) -> None:
    good, read = READ[kind]
    chance = random.Random(7)  # noqa: S311  # a repeatable test
    accepted = []
    for _ in range(1000):
        letters = list(good)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            letters[chance.randrange(len(letters))] = chance.choice(SIGNS)
        forged = "".join(letters)
        if forged != good and read(forged) is not None:
            accepted.append(forged)
    assert accepted == []
    assert read(good)


@kinds
def test_every_other_last_letter_is_refused_though_two_of_its_bits_count_for_nothing(kind: str) -> None:
    good, read = READ[kind]
    assert [sign for sign in SIGNS if read(good[:-1] + sign) is not None] == [good[-1]]


@settings(max_examples=300)
@given(text=st.text(max_size=120))
def test_what_anybody_makes_up_is_refused(text: str) -> None:
    assert all(read(text) is None for _, read in READ.values())


@pytest.mark.parametrize("what", ["mia", ["mia"], ["mia", "today"], [1, 2], {"id": "mia"}, None])
def test_what_we_signed_for_something_else_is_refused(what: Any) -> None:
    for salt in ("preferences", "unsubscribe", "other"):
        token = tokens._signer(SECRET, salt).dumps(what)
        assert choosing(token) is None
    assert choosing(tokens.unsubscribe_token(SECRET, "mia")) is None
    assert tokens.subscriber_of(SECRET, tokens.preferences_token(SECRET, "mia", TODAY)) is None
    assert choosing(tokens.preferences_token(b"another secret", "mia", TODAY)) is None
