import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate import ids, urls

SAME = [
    ("HTTP://Example.COM:80/a?b=1", "http://example.com/a?b=1"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a/", "https://example.com/a"),
    ("https://example.com/a/b/../c/./d", "https://example.com/a/c/d"),
    ("https://example.com/a#comments", "https://example.com/a"),
    ("https://user:secret@example.com/a", "https://example.com/a"),
    ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
    ("https://example.com/%7eme/%e2%82%ac", "https://example.com/~me/%E2%82%AC"),
    ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ("https://example.com/a?x=1&amp;y=2", "https://example.com/a?x=1&y=2"),
    ("https://example.com/a?utm_source=x&UTM_Medium=y&id=3", "https://example.com/a?id=3"),
    ("https://example.com/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4", "https://example.com/a"),
    ("https://www.linkedin.com/pulse/x?trk=a&trackingId=b&lipi=c", "https://www.linkedin.com/pulse/x"),
    ("https://youtu.be/abc?si=xyz", "https://youtu.be/abc"),
    ("https://example.com/a?ref=newsletter&source=rss&via=blog.example", "https://example.com/a"),
    ("https://example.com/a;jsessionid=12AB?x=1", "https://example.com/a?x=1"),
    ("https://example.com/2026/11/a-post/amp/", "https://example.com/2026/11/a-post"),
    ("https://example.com/a-post?amp=1", "https://example.com/a-post"),
    ("https://example.com/news/a-post.amp.html", "https://example.com/news/a-post.html"),
    ("https://amp.example.com/news/a-post", "https://example.com/news/a-post"),
    ("https://www.google.com/amp/s/www.example.com/a-post?utm_source=x", "https://www.example.com/a-post"),
    ("https://example-com.cdn.ampproject.org/c/s/example.com/a-post/amp", "https://example.com/a-post"),
    (" https://example.com/a\n", "https://example.com/a"),
    ("https://example.com./a", "https://example.com/a"),
    ("http://example.com\\@evil.example/", "http://example.com/@evil.example"),
    ("https://[0:0::1]:8443/a", "https://[::1]:8443/a"),
]

DIFFERENT = [
    ("https://example.com/?p=1", "https://example.com/?p=2"),
    ("https://example.com/view?123", "https://example.com/view?124"),
    ("https://example.com/view?id=1", "https://example.com/view?id=2"),
    ("https://example.com/view?cid=1", "https://example.com/view?cid=2"),
    ("https://example.com/photos?gallery=1", "https://example.com/photos?gallery=2"),
    ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b"),
    ("https://wiki.example/index.php?title=A", "https://wiki.example/index.php?title=B"),
    ("https://code.example/tree?ref=main", "https://code.example/tree?ref=next"),
    ("https://example.com:8801/a", "https://example.com:8802/a"),
    ("https://example.com/A", "https://example.com/a"),
    ("https://app.example/#!/a", "https://app.example/#!/b"),
    ("https://example.com/products/amp", "https://example.com/products"),
    ("https://example.com/amp", "https://example.com/"),
    ("https://amp.example.com/", "https://example.com/"),
    ("https://a.example/?url=https://b.example/1", "https://b.example/1"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://m.example.com/a", "https://example.com/a"),
]

NO_ADDRESS = [
    "", "a", "//example.com/a", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example",
    "http://", "http:///a", "http://:80/", "https://example.com:99999/", "https://exa mple.com/", "https://a..b/",
    "https://example.com/a\x00b", "https://example.com/\x85", "https://example.com/\ud800", "http://[::1", "http://-/",
    "https://example.com/" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize(("given_as", "known_as"), SAME)
def test_one_article_has_one_address(given_as: str, known_as: str) -> None:
    assert urls.canonical(given_as) == known_as


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_articles_keep_different_identities(one: str, other: str) -> None:
    assert urls.article_id(one) != urls.article_id(other)


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_has_no_identity_and_no_link(url: str) -> None:
    assert urls.canonical(url) is None
    assert urls.identity(url) is None
    assert urls.safe_link(url) is None
    assert urls.host_of(url) == ""


def test_scheme_and_www_make_no_other_article() -> None:
    spellings = ("http://example.com/a", "https://example.com/a/", "https://www.example.com/a?utm_source=x")
    assert {urls.article_id(spelling) for spelling in spellings} == {ids.of("example.com/a")}
    assert urls.canonical(spellings[0]) == "http://example.com/a"


def test_an_article_without_address_has_no_id() -> None:
    with pytest.raises(ValueError, match="http"):
        urls.article_id("javascript:alert(1)")


@pytest.mark.parametrize(
    "url",
    [
        "https://linkedin.com/feed", "https://www.LinkedIn.com/pulse/x", "http://nl.linkedin.com:8080/in/x",
        "https://linkedin.com./x", "https://lnkd.in/abc", "https://media.licdn.com/x.png", "linkedin.com/in/x",
        "https://someone@www.linkedin.com/x", "http://linkedin.com\\@example.com/", "//www.linkedin.com/x",
        "https://ｌｉｎｋｅｄｉｎ.com/x", "https://www.google.com/amp/s/www.linkedin.com/pulse/a-post",
    ],
)  # fmt: skip
def test_linkedin_is_never_fetched_however_it_is_written(url: str) -> None:
    assert urls.is_never_fetched(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/linkedin.com", "https://notlinkedin.com/", "https://linkedin.com.example/",
     "https://linkedin.com@example.com/", "https://example.com/?u=https://linkedin.com/"],
)  # fmt: skip
def test_what_only_mentions_linkedin_may_be_fetched(url: str) -> None:
    assert not urls.is_never_fetched(url)


def test_a_link_for_people_keeps_its_parameters_and_shows_nobody_another_host() -> None:
    assert urls.safe_link("https://example.com/a?utm_source=x#part") == "https://example.com/a?utm_source=x#part"
    assert urls.safe_link("https://bank.example@evil.example/") is None
    assert urls.safe_link('https://example.com/"><script>') == "https://example.com/%22%3E%3Cscript%3E"
    assert urls.safe_link("https://example.com/\u202egnp.exe") == "https://example.com/%E2%80%AEgnp.exe"


def test_addresses_typed_in_text_are_found_without_the_punctuation_after_them() -> None:
    text = (
        "Zie https://a.example/x. En (https://b.example/y_(z)), «https://c.example/q?r=1&s=2»! "
        "Of HTTPS://D.example? Nog eens https://a.example/x… http:// en https://e.example/*"
    )
    assert urls.found_in(text) == (
        "https://a.example/x", "https://b.example/y_(z)", "https://c.example/q?r=1&s=2", "HTTPS://D.example",
        "https://e.example/",
    )  # fmt: skip


pieces = st.sampled_from(
    """a b-1 amp / // .. . ? & = amp; % %25 %2f %41 %e9 # #! : @ utm_x=1 amp=1 ref=rss www. amp. example.com .html .amp
    ;jsessionid=1 é ß \\ https:// www.google.com/amp/s/ x.cdn.ampproject.org/c/ [ ] :80 :443 + ' \u202e""".split()
)


@settings(deadline=None, max_examples=1500)
@given(st.lists(pieces, max_size=14).map("".join))
@example("example.com/a-b/amp/amp/.amp.html")
@example("example.com/?amp;amp=1&amp;b")
def test_the_canonical_address_is_its_own_canonical_address(rest: str) -> None:
    for scheme in ("http://", "https://", ""):
        once = urls.canonical(scheme + rest)
        if once is not None:
            assert urls.canonical(once) == once
            assert once.isascii()
            assert urls.safe_link(once) == once


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60))
def test_no_text_makes_reading_addresses_fail(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        link = urls.safe_link(url)
        assert link is None or (link.isascii() and link.startswith(("http://", "https://")))
        urls.is_never_fetched(url)
    urls.found_in(text)
