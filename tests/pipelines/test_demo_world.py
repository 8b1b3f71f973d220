"""The bundled sample: what is in it, and that its little web behaves like the real one."""

import csv
import io
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import resources

import feedparser
import listparser
import pytest
import trafilatura

from curate import mojibake
from curate.errors import UsageError
from pipelines.demo import posts, sample
from pipelines.demo.world import World, served, week_ends_at

WEEKS = ("2026-W46", "2026-W47")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Got = tuple[int, dict[str, str], bytes]
Entry = tuple[str, str, str]
"""Link, title and text of a feed entry."""


@pytest.fixture(scope="module")
def whole() -> Iterator[World]:
    with served("2026-W47") as it:
        yield it


def get(url: str, **headers: str) -> Got:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with DIRECT.open(request, timeout=5) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def source_of(slug: str) -> sample.Source:
    return next(source for source in sample.sources() if source.slug == slug)


def whole_sources() -> list[sample.Source]:
    return [source for source in sample.sources() if source.breaks_at is None]


def feed_url(at: World, source: sample.Source) -> str:
    return at.bases[source.slug] + source.path


def entries(at: World, source: sample.Source) -> list[Entry]:
    _, headers, body = get(feed_url(at, source))
    if source.feed == "json":
        items = json.loads(body)["items"]
        return [(one["url"], one["title"], one.get("content_html") or one["summary"]) for one in items]
    parsed = feedparser.parse(body, response_headers={"content-type": headers["content-type"]})
    assert not parsed.bozo, parsed.bozo_exception
    return [(one.link, one.title, one.content[0].value if "content" in one else one.summary) for one in parsed.entries]


def published_in(week: str) -> list[sample.Article]:
    ends_at = week_ends_at(week)
    return [one for one in sample.articles() if ends_at - timedelta(weeks=1) <= one.published_at < ends_at]


def port_of(at: World, slug: str) -> int:
    return int(at.bases[slug].rpartition(":")[2])


def first_that_binds(first_ports: Iterable[int]) -> World:
    for first_port in first_ports:
        with suppress(UsageError):
            return World(week_ends_at("2026-W46"), first_port)
    raise AssertionError("no nine free ports in a row")


def words(article: sample.Article) -> int:
    return len(" ".join(article.paragraphs).split())


# ------------------------------------------------------------ what is in it


def test_there_are_about_sixty_articles_half_of_them_dutch_thirty_or_so_a_week() -> None:
    assert Counter(article.language for article in sample.articles()) == {"nl": 30, "en": 31}
    assert [len(published_in(week)) for week in WEEKS] == [31, 30]
    assert len({article.slug for article in sample.articles()}) == 61


def test_every_article_has_between_eighty_and_a_hundred_and_eighty_words() -> None:
    assert [article.slug for article in sample.articles() if not 80 <= words(article) <= 180] == []


def test_no_date_lies_so_near_the_edge_of_a_week_that_a_time_zone_could_move_it() -> None:
    moments = [article.published_at for article in sample.articles()]
    moments += [copy.published_at for article in sample.articles() for copy in article.copies]
    for moment in moments:
        monday = (moment - timedelta(days=moment.weekday())).replace(hour=6, minute=0)
        assert monday <= moment <= monday + timedelta(days=6, hours=12)


def test_eight_publishers_stay_whole_and_each_brings_something_every_week() -> None:
    assert len(whole_sources()) == 8
    for week in WEEKS:
        assert {source.slug for source in whole_sources()} <= {article.source for article in published_in(week)}


def test_feeds_come_as_rss_atom_and_json_feed_whole_and_as_teasers() -> None:
    kinds = {(source.feed, source.carries) for source in whole_sources()}
    assert {("rss", "full"), ("rss", "teaser"), ("atom", "full"), ("atom", "teaser"), ("json", "full")} == kinds
    assert [source.slug for source in sample.sources() if source.encoding != "utf-8"] == ["werkplaatsbericht"]


def test_two_articles_are_reprinted_and_three_are_passed_on_with_a_link_back() -> None:
    copies = [copy for article in sample.articles() for copy in article.copies]
    assert Counter(copy.slug is not None for copy in copies) == {True: 2, False: 3}


def test_a_copy_appears_after_the_original_at_another_publisher() -> None:
    for article in sample.articles():
        for copy in article.copies:
            assert copy.published_at > article.published_at
            assert copy.source in {source.slug for source in sample.sources()} - {article.source}


def test_a_copy_that_names_neither_its_page_nor_the_original_is_refused() -> None:
    with pytest.raises(ValueError, match="needs either a slug"):
        sample._copy({"source": "rondje-netwerk", "published_at": datetime(2026, 11, 9, tzinfo=UTC)})


def test_text_that_werkplaatsbericht_cannot_write_is_not_in_it() -> None:
    for article in sample.articles():
        if "werkplaatsbericht" in {article.source, *(copy.source for copy in article.copies)}:
            " ".join((article.title, *article.paragraphs)).encode("windows-1252")


def test_all_files_of_the_sample_are_in_the_package() -> None:
    package = resources.files("pipelines.demo")
    for name in (
        *("articles.toml", "sources.toml", "voices.toml"),
        *("linkedin/Shares.csv", "linkedin/Connections.csv", "linkedin/messages.csv"),
        *("templates/article-nl.html", "templates/article-en.html", "templates/front.html", "templates/broken.html"),
    ):
        assert package.joinpath(name).is_file(), name


def test_importing_the_world_starts_nothing_and_loads_nothing_heavy() -> None:
    asked = "import sys, threading, pipelines.demo.world; print(threading.active_count(), *sys.modules)"
    count, *loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    assert count == "1"
    assert not {"torch", "sklearn", "prefect", "feedparser", "trafilatura", "httpx2", "duckdb"} & set(loaded)


# ------------------------------------------------------------ the damaged one


def test_the_one_damaged_article_is_dutch_and_can_be_repaired_to_the_letter() -> None:
    (article,) = [article for article in sample.articles() if article.damaged]
    assert article.language == "nl"
    for text in (article.title, *article.paragraphs):
        assert posts.damaged(text) != text
        assert mojibake.repair(posts.damaged(text), "nl").text == text


def test_the_damage_shows_in_the_feed_and_on_the_page(whole: World) -> None:
    url = whole.addresses["geen-hierarchie-aan-tafel"]
    _, title, text = next(entry for entry in entries(whole, source_of("leie-en-leren")) if entry[0] == url)
    page = get(url)[2].decode()
    assert "hiĆ«rarchie" in title
    for mark in ("zorgcoĆ¶rdinatoren", "ā€˜Geen advies", "ā€œDat is alles?ā€<"):
        assert mark in text + "<"
        assert mark in page


# ------------------------------------------------------------ the little web


@pytest.mark.parametrize("source", whole_sources(), ids=lambda source: source.slug)
def test_each_feed_tells_exactly_of_what_its_publisher_brought(whole: World, source: sample.Source) -> None:
    own = [article for article in sample.articles() if article.source == source.slug and not article.unlisted]
    copies = [copy for article in sample.articles() for copy in article.copies if copy.source == source.slug]
    assert len(entries(whole, source)) == len(own) + len(copies)


@pytest.mark.parametrize("source", whole_sources(), ids=lambda source: source.slug)
def test_a_whole_feed_holds_the_last_words_and_a_teaser_does_not(whole: World, source: sample.Source) -> None:
    for article in sample.articles():
        if article.source == source.slug and not article.unlisted and not article.damaged:
            text = next(text for url, _, text in entries(whole, source) if url == whole.addresses[article.slug])
            assert (article.paragraphs[-1] in text.replace("&amp;", "&")) is (source.carries == "full")


def test_the_old_feed_is_windows_1252_and_says_so_in_its_prolog_only(whole: World) -> None:
    _, headers, body = get(feed_url(whole, source_of("werkplaatsbericht")))
    assert headers["content-type"] == "application/rss+xml"
    assert body.startswith(b"<?xml version='1.0' encoding='windows-1252'?>")
    assert "‘Het zijn zelden taalfouten,’".encode("windows-1252") in body


@pytest.mark.parametrize("source", sample.sources(), ids=lambda source: source.slug)
def test_each_article_page_holds_its_text_and_an_extractor_finds_exactly_that(
    whole: World, source: sample.Source
) -> None:
    for article in sample.articles():
        if article.source == source.slug and not article.damaged:
            status, headers, page = get(whole.addresses[article.slug])
            assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
            assert b"<nav" in page
            assert b"cookie" in page
            assert (trafilatura.extract(page) or "").split() == " ".join(article.paragraphs).split()


def test_a_reprint_stands_on_a_page_of_its_own_with_the_same_text(whole: World) -> None:
    base = whole.bases["rondje-netwerk"]
    first = trafilatura.extract(get(whole.addresses["intervisie-de-terp"])[2])
    assert trafilatura.extract(get(f"{base}/artikelen/overgenomen-intervisie-de-terp")[2]) == first


def test_what_is_passed_on_links_to_the_original_with_tracking_parameters(whole: World) -> None:
    links = {url: title for url, title, _ in entries(whole, source_of("rondje-netwerk"))}
    passed_on = whole.addresses["dike-engineers-chat-groups"] + "?utm_source=rondje-netwerk&utm_medium=rss"
    assert links[passed_on].startswith("Low Country Learning: ")
    assert get(passed_on)[0] == 200


def test_the_unlisted_article_is_on_a_page_and_in_no_feed(whole: World) -> None:
    url = whole.addresses["what-the-chat-forgets"]
    assert get(url)[0] == 200
    assert url not in {entry[0] for source in whole_sources() for entry in entries(whole, source)}


@pytest.mark.parametrize("source", sample.sources(), ids=lambda source: source.slug)
def test_each_front_page_tells_where_the_feed_is_and_robots_are_welcome(whole: World, source: sample.Source) -> None:
    base = whole.bases[source.slug]
    assert f'href="{base}{source.path}"'.encode() in get(f"{base}/")[2]
    assert get(f"{base}/robots.txt")[2].startswith(b"User-agent: *\nDisallow: /zoeken\n")
    assert get(f"{base}/nowhere")[0] == 404


# ------------------------------------------------------------ time


def test_nothing_can_be_seen_before_it_is_published() -> None:
    with served("2026-W46") as at:
        later = at.addresses["wat-in-de-kring-blijft"]
        source = source_of("kruispunt-leren")
        assert get(later)[0] == 404
        assert {url for url, _, _ in entries(at, source)} == {
            at.addresses[article.slug] for article in published_in("2026-W46") if article.source == source.slug
        }
        at.move_to(datetime(2026, 11, 16, 8, 10, tzinfo=UTC))
        assert get(later)[0] == 200
        assert later in {url for url, _, _ in entries(at, source)}


def test_before_the_first_article_every_feed_is_there_and_empty() -> None:
    with served("2026-W45") as at:
        assert [entries(at, source) for source in sample.sources()] == [[]] * 9


def test_the_ninth_feed_is_whole_in_the_first_week_and_a_web_page_in_the_second() -> None:
    source = source_of("leerprikbord")
    with served("2026-W46") as at:
        assert [url for url, _, _ in entries(at, source)] == [at.addresses["imkers-gezocht"]]
        at.move_to(week_ends_at("2026-W47"))
        status, headers, body = get(feed_url(at, source))
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b"We zijn aan het verhuizen" in body
        assert get(at.addresses["imkers-gezocht"])[0] == 200


def test_a_week_ends_on_the_monday_after_it() -> None:
    assert week_ends_at("2026-W46") == datetime(2026, 11, 16, tzinfo=UTC)
    assert week_ends_at("2026-W53") == datetime(2027, 1, 4, tzinfo=UTC)


# ------------------------------------------------------------ HTTP


@pytest.mark.parametrize("source", whole_sources(), ids=lambda source: source.slug)
def test_who_already_has_the_feed_gets_304_by_etag_and_by_date(whole: World, source: sample.Source) -> None:
    _, headers, _ = get(feed_url(whole, source))
    for asked in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, _, body = get(feed_url(whole, source), **asked)
        assert (status, body) == (304, b"")


def test_after_a_new_article_the_old_validators_no_longer_hold() -> None:
    source = source_of("unfinished-lesson")
    with served("2026-W46") as at:
        _, before, _ = get(feed_url(at, source))
        at.move_to(week_ends_at("2026-W47"))
        assert get(feed_url(at, source), If_None_Match=before["etag"])[0] == 200
        assert get(feed_url(at, source), If_Modified_Since=before["last-modified"])[0] == 200


def test_an_etag_outweighs_a_date_and_a_date_that_is_none_is_ignored(whole: World) -> None:
    url = feed_url(whole, source_of("around-the-table"))
    _, headers, _ = get(url)
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["last-modified"])[0] == 200
    for no_date in ("last Tuesday", "Mon, 30 Nov 2026 10:00:00 -0000"):
        assert get(url, If_Modified_Since=no_date)[0] == 200


def test_head_gives_the_headers_alone(whole: World) -> None:
    request = urllib.request.Request(feed_url(whole, source_of("kruispunt-leren")), method="HEAD")
    with DIRECT.open(request, timeout=5) as response:
        assert int(response.headers["Content-Length"]) > 1000
        assert response.read() == b""


def test_the_opml_names_all_nine_in_folders_with_their_feeds(whole: World) -> None:
    feeds = listparser.parse(whole.opml()).feeds
    assert {(feed.url, feed.title, *feed.categories[0]) for feed in feeds} == {
        (feed_url(whole, source), source.name, source.folder) for source in sample.sources()
    }


def test_the_allowance_names_each_port_on_the_one_loopback_address_and_nothing_else(whole: World) -> None:
    ports = [port_of(whole, source.slug) for source in sample.sources()]
    assert whole.allowance.split(",") == [f"127.0.0.1/32:{port}" for port in ports]
    assert len(set(ports)) == 9


def test_the_addresses_are_the_same_in_two_runs_from_the_same_first_port() -> None:
    once = first_that_binds(range(21000, 29000, 9))
    with once:
        addresses = once.addresses
    with served("2026-W46", port_of(once, "het-halve-woord")) as again:
        assert again.addresses == addresses


def test_a_taken_port_is_told_in_one_sentence(whole: World) -> None:
    taken = port_of(whole, "het-halve-woord")
    with pytest.raises(UsageError, match=f"Port {taken} on 127.0.0.1"):
        World(whole.now, taken)


# ------------------------------------------------------------ the LinkedIn export


def shares(at: World) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(at.linkedin_zip())) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("Shares.csv").decode())))


def test_the_export_holds_shares_and_two_files_that_nobody_may_open(whole: World) -> None:
    with zipfile.ZipFile(io.BytesIO(whole.linkedin_zip())) as archive:
        assert archive.namelist() == ["Shares.csv", "Connections.csv", "messages.csv"]
        assert archive.testzip() is None
        assert b"never-opened" in archive.read("messages.csv")
        assert b"never-opened" in archive.read("Connections.csv")


def test_the_export_is_the_same_bytes_each_time(whole: World) -> None:
    assert whole.linkedin_zip() == whole.linkedin_zip()


def test_shared_addresses_carry_tracking_parameters_and_lead_to_pages_of_the_world(whole: World) -> None:
    rows = shares(whole)
    urls = [row["SharedUrl"] for row in rows if row["SharedUrl"]]
    assert list(rows[0]) == ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]
    assert len(urls) == 5
    for url in urls:
        assert "utm_source=linkedin" in url
        assert get(url)[0] == 200
    assert any(url.startswith(whole.addresses["what-the-chat-forgets"]) for url in urls)


def test_each_share_comes_after_the_article_and_its_link_tells_the_same_moment(whole: World) -> None:
    published = {whole.addresses[article.slug]: article.published_at for article in sample.articles()}
    for row in shares(whole):
        shared_at = datetime.fromisoformat(row["Date"]).replace(tzinfo=UTC)
        number = int(re.findall(r"%3A(\d+)$", row["ShareLink"])[0])
        assert datetime.fromtimestamp((number >> 22) / 1000, tz=UTC).replace(microsecond=0) == shared_at
        assert shared_at < datetime(*sample.EXPORTED_ON, tzinfo=UTC)
        if row["SharedUrl"]:
            assert published[row["SharedUrl"].partition("?")[0]] < shared_at


# ------------------------------------------------------------ the voices


def test_three_catalysts_of_whom_one_edits_and_three_subscribers_in_two_languages() -> None:
    voices = sample.voices()
    assert [one.language for one in voices.catalysts] == ["nl", "nl", "en"]
    assert [one.slug for one in voices.catalysts if "editor" in one.roles] == ["marleen"]
    assert [one.language for one in voices.subscribers] == ["nl", "nl", "en"]
    emails = [one.email for one in voices.catalysts] + [one.email for one in voices.subscribers]
    assert all(email.endswith("@example.org") for email in emails)
    assert len(set(emails)) == 6


def test_annotations_name_articles_of_their_own_week_that_feeds_brought() -> None:
    for annotation in sample.voices().annotations:
        listed = {article.slug for article in published_in(annotation.week) if not article.unlisted}
        assert set(annotation.articles) <= listed


def test_so_whats_and_titles_keep_to_the_lengths_of_the_form() -> None:
    for annotation in sample.voices().annotations:
        assert 40 <= len(annotation.so_what) <= 600, (annotation.title, len(annotation.so_what))
        assert 0 < len(annotation.title) <= 80
        assert len(annotation.question or "") <= 200


def test_every_catalyst_speaks_in_each_week_at_most_once_about_a_cluster_and_on_five_at_most() -> None:
    for week in WEEKS:
        spoken = [(one.catalyst, one.articles) for one in sample.voices().annotations if one.week == week]
        assert len(set(spoken)) == len(spoken)
        assert set(Counter(catalyst for catalyst, _ in spoken)) == {"marleen", "tom", "orla"}
        assert max(Counter(catalyst for catalyst, _ in spoken).values()) <= 5


def test_they_disagree_once_and_say_why_about_a_cluster_on_which_the_other_spoke_before() -> None:
    said = sample.voices().annotations
    answers = [one for one in said if one.relation]
    assert Counter(one.relation for one in answers) == {"adds": 1, "questions": 1}
    (answer,) = [one for one in answers if one.relation == "questions"]
    assert answer.relation_why
    answered = [one for one in said[: said.index(answer)] if one.catalyst == answer.relation_to]
    assert any((one.week, one.articles) == (answer.week, answer.articles) for one in answered)


def test_each_week_has_one_question_for_the_readers_and_one_experiment() -> None:
    for week in WEEKS:
        said = [one for one in sample.voices().annotations if one.week == week]
        assert len([one for one in said if one.question]) == 1
        (experiment,) = [one for one in said if one.experiment]
        assert experiment.review_on is not None
        assert experiment.review_on > week_ends_at(week).date()


def test_a_moment_in_another_zone_is_kept_in_utc() -> None:
    with served("2026-W46") as at:
        at.move_to(datetime.fromisoformat("2026-11-17T01:00:00+01:00"))
        assert (at.now, at.now.tzinfo) == (datetime(2026, 11, 17, tzinfo=UTC), UTC)


def test_servers_are_gone_when_the_world_closes() -> None:
    with served("2026-W46") as at:
        url = at.bases["het-halve-woord"] + "/robots.txt"
        assert get(url)[0] == 200
    with pytest.raises(urllib.error.URLError):
        get(url)
