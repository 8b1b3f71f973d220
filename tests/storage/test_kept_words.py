"""Whatever people type and feeds send is kept, and comes back as it was but for what no file can hold."""

import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from curate import texts
from curate.annotations import Words
from storage import annotations, articles, entries, people, sources, subscribers
from storage.articles import Stored
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, KRANT, NOW, article, entry, later, speak, words

ANY = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("\x00\ud83d\ude00\udfff\ufeff\u202e\u200d\r\n\t\x1b'\"\\%$;{}[]👩‍🌾é"), max_size=30
)
TEXT_FIELDS = "so_what title relation_why question experiment".split()

_few = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def storable(text: str) -> str:
    """The rule as it is documented: half characters that belong together are joined, others and NUL are not kept."""
    joined = re.sub(
        "[\ud800-\udbff][\udc00-\udfff]", lambda two: two[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
    return re.sub("[\ud800-\udfff]", "\ufffd", joined).replace("\x00", "")


@_few
@given(st.lists(ANY, min_size=5, max_size=5))
@example(["\ud83d\x00\ude00", "\ud83d\ude00", "\x00", "\udfff" * 3, "a\ud800"])
def test_any_words_of_a_catalyst_come_back(db: Session, said: list[str]) -> None:
    first = _week(db)
    typed: Words = words(**dict(zip(TEXT_FIELDS, said, strict=True)))
    kept = speak(db, first, at=later(minutes=1), **dict(zip(TEXT_FIELDS, said, strict=True)))
    (found,) = (one for one in annotations.of_cluster(db, first) if one.id == kept.id)
    for name in TEXT_FIELDS:
        assert getattr(found.words, name) == storable(getattr(typed, name))


@_few
@given(ANY, ANY, ANY)
@example("\ud83d", "\x00", "👩🏽‍🌾")
def test_any_title_and_text_of_an_article_comes_back_and_is_no_new_version_the_second_time(
    db: Session, title: str, author: str, text: str
) -> None:
    key = f"a{db.execute('SELECT count(*) FROM articles')[0][0]}"
    one = article(key, title=title, author=author, text=text, raw_text=text, repairs=((title, text),))
    for _ in range(2):
        articles.keep(db, [Stored(one, (f"https://krant.example/{key}/{title}",), None)], NOW, "run")
    assert articles.titles(db, [key]) == {key: storable(title)}
    assert [found.text for found in articles.by_ids(db, [key])] == [storable(text)]
    assert db.execute("SELECT count(*) FROM article_texts WHERE article_id = $key", {"key": key}) == [(1,)]
    assert articles.by_addresses(db, [f"https://krant.example/{key}/{title}"])


@_few
@given(ANY, ANY)
def test_anything_a_feed_says_comes_back(db: Session, title: str, guid: str) -> None:
    sources.add(db, [KRANT], NOW)
    key = f"e{db.execute('SELECT count(*) FROM entries')[0][0]}"
    one = entry(key, guid=guid, title=title, text=title, raw_title=None, content_hash=texts.content_hash(title))
    entries.add(db, [one], "run")
    (about,) = entries.about(db, [f"https://krant.example/{key}"])[f"https://krant.example/{key}"]
    assert (about.entry.title, about.entry.text, about.entry.guid) == (storable(title), storable(title), storable(guid))
    assert one.id in {known.entry_id for known in entries.known(db, KRANT.id)}


@_few
@given(ANY)
def test_looking_for_anything_finds_nothing_and_never_fails(db: Session, text: str) -> None:
    assert people.by_email(db, text) is None
    assert subscribers.by_email(db, text) is None
    assert sources.by_url(db, text) is None
    assert annotations.of_cluster(db, text) == ()
    assert articles.by_addresses(db, [text, text]) == {}
    assert not subscribers.forget(db, text, NOW)


def _week(db: Session) -> str:
    """The cluster of a week that is made once per session."""
    if people.by_id(db, ANNA.id) is None:
        builders.week(db)
    ((first,),) = db.execute("SELECT cluster_id FROM clusters WHERE place = 1")
    return str(first)
