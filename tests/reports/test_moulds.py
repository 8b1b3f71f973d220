"""What is cast for a reader is, byte for byte, what would have been rendered for them alone."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import MailRefusedError
from curate.issues import Issue
from reports import mails, moulds
from reports.digests import IssueLinks
from reports.mails import Envelope
from reports.moulds import Own
from tests.reports import builders as b
from tests.reports.test_mails import NASTY, envelope

OWN = Own(**{field.name: f"{field.name}.{'x' * 40}" for field in fields(Own)})


def rendered(issue: Issue, to: Envelope, own: Own) -> EmailMessage:
    """The whole mail, in whose links the reader's tokens stand."""
    base = "https://duiding.example.org"
    links = IssueLinks(web=b.WEB, unsubscribe=f"{base}/unsubscribe/{own.unsubscribe}" if own.unsubscribe else None)
    return mails.issue_mail(issue, to, links)


def cast(issue: Issue, model: tuple[Envelope, Own], reader: tuple[Envelope, Own]) -> bytes:
    return moulds.made(lambda *theirs: rendered(issue, *theirs), *model).cast(*reader)


def tokens(length: int) -> st.SearchStrategy[Own]:
    """Tokens of this length, of every letter that may stand in one."""
    letters = "ABCXYZabcxyz0189._-"
    one = st.text(alphabet=letters, min_size=length, max_size=length)
    return st.builds(Own, **{field.name: one for field in fields(Own)})


NAMES = st.from_regex(r"[a-z0-9][a-z0-9+_-]{0,40}(\.[a-z0-9]{1,10})?", fullmatch=True)
DOMAINS = st.sampled_from(["example.org", "münchen.example", f"{'long' * 12}.{'name' * 12}.example", "a.example"])
READERS = st.builds(
    lambda name, domain, mark, at, leave: envelope(
        to=f"{name}@{domain}",
        message_id=f"<{mark}.12@{'x' * len(name)}.example>",
        sent_at=at,
        unsubscribe_mail=f"bounces+leave.{leave}@example.org",
    ),
    NAMES,
    DOMAINS,
    st.text("abcdefg234567", min_size=34, max_size=34),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds are naive
    st.text("abcdefg234567", min_size=34, max_size=34),
)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_cast_is_byte_for_byte_the_mail_rendered_for_this_reader(data: st.DataObject) -> None:
    words = data.draw(NASTY)
    item = b.item(title=words, voices=(b.voice(so_what=data.draw(NASTY)),))
    issue = replace(b.issue(), items=(item,), network=words)
    length = data.draw(st.integers(min_value=16, max_value=200))
    model, reader = (data.draw(st.tuples(READERS, tokens(length))) for _ in range(2))
    assert cast(issue, model, reader) == rendered(issue, *reader).as_bytes()


@settings(deadline=None, max_examples=30)
@given(tokens(62), st.integers(min_value=0, max_value=80))
def test_wherever_a_line_breaks_the_bytes_are_the_same(own: Own, before: int) -> None:
    """A long address is broken by ``=`` in the encoded text; where, depends on what stands before it."""

    def render(to: Envelope, theirs: Own) -> EmailMessage:
        links = IssueLinks(web=b.WEB, unsubscribe=f"https://{'a' * (1 + before)}.example/{theirs.unsubscribe}")
        return mails.issue_mail(b.issue(), to, links)

    mould = moulds.made(render, envelope(), Own(**{field.name: "y" * 62 for field in fields(Own)}))
    assert mould.cast(envelope(), own) == render(envelope(), own).as_bytes()


def test_no_stand_in_is_left_in_what_is_cast() -> None:
    """Two moulds draw their stand-ins anew: what differs between them would have stayed."""
    assert cast(b.issue(), (envelope(), OWN), (envelope(), OWN)) == cast(
        b.issue(), (envelope(), OWN), (envelope(), OWN)
    )


def test_without_ways_to_leave_there_are_none() -> None:
    plain, nothing = envelope(unsubscribe_mail=None), Own()
    raw = cast(b.issue(), (plain, nothing), (plain, nothing))
    assert raw == rendered(b.issue(), plain, nothing).as_bytes()
    assert b"List-Unsubscribe" not in raw


def test_a_token_of_another_length_or_kind_needs_another_mould() -> None:
    mould = moulds.made(lambda *theirs: rendered(b.issue(), *theirs), envelope(), OWN)
    for wrong in (f"{OWN.unsubscribe}x", f"{OWN.unsubscribe[:-1]}&", f"{OWN.unsubscribe[:-2]}\r\n"):
        with pytest.raises(ValueError, match="unsubscribe"):
            mould.cast(envelope(), replace(OWN, unsubscribe=wrong))
    assert moulds.lengths(OWN) != moulds.lengths(replace(OWN, unsubscribe=f"{OWN.unsubscribe}x"))
    with pytest.raises(ValueError, match="too short"):
        moulds.made(lambda *theirs: rendered(b.issue(), *theirs), envelope(), Own(unsubscribe="abc"))


def test_an_address_that_mail_cannot_be_sent_to_is_refused() -> None:
    mould = moulds.made(lambda *theirs: rendered(b.issue(), *theirs), envelope(), OWN)
    with pytest.raises(MailRefusedError):
        mould.cast(envelope(to="é@example.org"), OWN)
