"""Nothing private is ever connected to, wherever a source names it: the canary counts connections and must count none.

Every form of address is tried as a subscribed source, as a redirect of a source, as the link of an entry, as a redirect
of that link, as an enclosure, and as whatever else in a document could make a program fetch something.
"""

import html
import json
from functools import partial
from pathlib import Path

import pytest

from curate import sources
from pipelines.fetching import Fetcher
from pipelines.home import Home
from pipelines.steps import ingest
from pipelines.steps.ingest import Ingested
from storage import sources as stored_sources
from tests.pipelines.at_home import Post, Story, moved, prose, rows, serve_feed, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.faulty_sites import Site, answer, emptied, redirect, told

pytestmark = pytest.mark.usefixtures("warm")

HOSTS = """127.0.0.1 127.1 127.0.1 127.000.000.001 2130706433 2130706433. 0x7f000001 0x7F000001
0x7f.0.0.1 0x7f.1 0x7F.0x0.0x0.0x1 0177.0.0.1 0177.1 00000177.0.0.1 017700000001 0 0.0.0.0 00 0x0
127.0.0.1. 127.0.0.1.. 127.255.255.254 %31%32%37.0.0.1 127.0.0.1%2e 127%2e0%2e0%2e1 １２７.0.0.1 127。0。0。1
127．0．0．1 127｡0｡0｡1 ①②⑦.⓪.⓪.① ۱۲۷.۰.۰.۱ localhost LOCALHOST localhost. ⓛocalhost x.localhost
a.b.localhost localhost.localdomain ip6-localhost user:pass@127.0.0.1 example.com@127.0.0.1
example.com%00@127.0.0.1 [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [::1%25lo] [fe80::1%25lo]
[::ffff:127.0.0.1] [::FFFF:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001] [::127.0.0.1] [::7f00:1]
[::ffff:0:127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
[2002:7f00:0001::1] [2001:0:7f00:1::80ff:fffe] [2001::5efe:127.0.0.1] [fe80::5efe:7f00:1] [fc00::1]
[fd00:ec2::254] [ff02::1] [fec0::1]""".split()
"""Ways to write this machine, or what lies behind the same door."""
ELSEWHERE = """10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 100.64.0.1
100.100.100.200 192.0.0.192 168.63.129.16 198.18.0.1 224.0.0.1 255.255.255.255 [::ffff:169.254.169.254]
[64:ff9b::a9fe:a9fe]""".split()
ODD = (
    "http://127.0.0.1\\@feeds.example:{port}/", "http:\\\\127.0.0.1:{port}/", "http:/127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://127.0.0.1:{port}#@feeds.example/",
    "http://127.0.0.1:{port}?@feeds.example/", "http://feeds.example#@127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/",
    "http://127.0.0.1:0{port}/", "https://127.0.0.1:{port}/", "http://127.0.0.1\t:{port}/", "http://127.0.\n0.1:{port}/",
    "feed://127.0.0.1:{port}/", "feed:http://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_x",
    "file:///etc/hostname", "unix:///var/run/docker.sock", "view-source:http://127.0.0.1:{port}/",
)  # fmt: skip
"""Ways to write an address that some readers take for this machine."""


def forms(port: int) -> list[str]:
    return [f"http://{host}:{port}/" for host in HOSTS + ELSEWHERE] + [form.format(port=port) for form in ODD]


@pytest.fixture
def site(servers: tuple[Site, Site]) -> Site:
    return emptied(servers[0], {"/robots.txt": answer(status="404 Not Found")})


def follow(home: Home, *urls: str) -> None:
    write(home, lambda db: stored_sources.add(db, [sources.feed(url) for url in urls], home.clock()))


def failures(done: Ingested) -> dict[str, str]:
    return {one.source.url: one.error_kind for one in done.failed}


def healthy(home: Home, site: Site) -> None:
    """A good source beside the bad ones; its article must arrive."""
    follow(home, serve_feed(site, [Post("/goed", "Goed", prose("goed"))], "/gezond"))


def arrived(home: Home) -> bool:
    return rows(home, "SELECT count(*) FROM articles WHERE url LIKE '%/goed'") == [(1,)]


def test_case03_no_form_of_a_private_address_is_asked_as_a_source(home: Home, site: Site, canary: Site) -> None:
    healthy(home, site)
    follow(home, *forms(canary.port))
    found = failures(ingest.ingest_due(home))
    assert set(found) == set(forms(canary.port))
    assert set(found.values()) <= {"blocked", "unreachable"}
    written = [f"http://{host}:{canary.port}/" for host in HOSTS + ELSEWHERE if host[0] in "0127[" and "%" not in host]
    assert {found[url] for url in written} == {"blocked"}
    assert canary.connections == 0
    assert arrived(home)


def test_case04_no_source_redirects_to_a_private_address(home: Home, site: Site, canary: Site) -> None:
    healthy(home, site)
    urls = []
    for number, form in enumerate(forms(canary.port)):
        hop = redirect(
            form.replace("\t", "").replace("\n", ""), ("301 X", "302 X", "303 X", "307 X", "308 X")[number % 5]
        )
        # Every fourth is reached over another redirect, which is harmless itself.
        ways = {f"/r{number}": hop} | ({f"/far{number}": redirect(f"/r{number}")} if number % 4 == 0 else {})
        site.replies |= ways
        urls.append(f"{site.url}{list(ways)[-1]}")
    follow(home, *urls)
    found = failures(ingest.ingest_due(home))
    assert set(found) == set(urls)
    assert "blocked" in found.values()
    assert canary.connections == 0
    assert arrived(home)


def test_case05_no_entry_brings_anybody_to_a_private_address(home: Home, site: Site, canary: Site) -> None:
    healthy(home, site)
    base = f"http://127.0.0.1:{canary.port}"
    said = []
    for number, form in enumerate(forms(canary.port)):
        written = html.escape(form)
        pictures = "".join(f'<media:{name} url="{written}"/>' for name in ("content", "thumbnail", "player"))
        elsewhere = "".join(f"<{name}>{written}</{name}>" for name in ("comments", "wfw:commentRss", "image"))
        said.append(
            f'<link>{written}</link><enclosure url="{written}" type="audio/mpeg" length="1"/>{pictures}{elsewhere}'
            f'<itunes:image href="{written}"/><source url="{written}">x</source><guid>{written}</guid>'
            f'<description>&lt;img src="{written}"&gt;&lt;iframe src="{written}"&gt;</description>'
        )
        if number % 4 == 0:
            site.replies[f"/hop{number}"] = redirect(form.replace("\t", "").replace("\n", ""))
            said += [
                f"<link>{site.url}/hop{number}</link>",
                f'<guid isPermaLink="true">{written}</guid>',
                f"<link>{site.url}/o{number}</link><feedburner:origLink>{written}</feedburner:origLink>",
            ]
    items = "".join(f"<item><title>T{number}</title>{one}</item>" for number, one in enumerate(said))
    channel = (
        f"<link>{base}/</link><image><url>{base}/i</url></image><icon>{base}/favicon.ico</icon><docs>{base}/</docs>"
        f'<atom:link rel="hub" href="{base}/hub"/><atom:link rel="self" href="{base}/self"/>'
        f'<cloud domain="127.0.0.1" port="{canary.port}" path="/"/><itunes:new-feed-url>{base}/n</itunes:new-feed-url>'
    )
    namespaces = " ".join(
        f'xmlns:{name}="{uri}"'
        for name, uri in {
            "media": "http://search.yahoo.com/mrss/", "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
            "wfw": "http://wellformedweb.org/commentAPI/", "atom": "http://www.w3.org/2005/Atom",
            "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        }.items()
    )  # fmt: skip
    body = f'<rss version="2.0" {namespaces}><channel><title>F</title>{channel}{items}</channel></rss>'
    site.replies["/feed"] = answer(body.encode(), Content_Type="application/rss+xml")
    follow(home, f"{site.url}/feed")
    done = ingest.ingest_due(home)
    assert failures(done) == {}
    assert rows(home, "SELECT count(*) FROM entries") == [(len(said) + 1,)], (
        "what cannot be fetched is kept all the same"
    )
    assert canary.connections == 0
    assert arrived(home)


def test_no_json_feed_brings_anybody_to_a_private_address(home: Home, site: Site, canary: Site) -> None:
    healthy(home, site)
    base = f"http://127.0.0.1:{canary.port}"
    members = ("url", "external_url", "image", "banner_image")
    listed = [{"id": name, "title": name, name: f"{base}/{name}"} for name in members]
    listed.append({"id": "a", "attachments": [{"url": f"{base}/a", "mime_type": "audio/mpeg"}]})
    feed = {name: f"{base}/{name}" for name in ("home_page_url", "feed_url", "next_url", "icon", "favicon")}
    feed |= {"hubs": [{"type": "rssCloud", "url": f"{base}/hub"}], "items": listed}
    site.replies["/feed"] = answer(json.dumps(feed).encode(), Content_Type="application/feed+json")
    follow(home, f"{site.url}/feed")
    assert failures(ingest.ingest_due(home)) == {}
    assert rows(home, "SELECT count(*) FROM entries") == [(len(listed) + 1,)]
    assert canary.connections == 0
    assert arrived(home)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (["127.0.0.1"], "blocked"),
        (["::1"], "blocked"),
        (["::ffff:127.0.0.1"], "blocked"),
        (["64:ff9b::7f00:1"], "blocked"),
        (["10.0.0.1"], "blocked"),
        (["169.254.169.254"], "blocked"),
        (["fe80::1%lo"], "blocked"),
        (["127.0.0.1%0"], "unreachable"),
        (["junk"], "unreachable"),
    ],
)
def test_case02_a_name_that_answers_with_a_private_address_is_not_asked(
    home: Home, site: Site, canary: Site, monkeypatch: pytest.MonkeyPatch, answers: list[str], kind: str
) -> None:
    monkeypatch.setattr(ingest, "Fetcher", partial(Fetcher, answers=told(*answers)))
    follow(home, f"http://feeds.example:{canary.port}/feed")
    assert failures(ingest.ingest_due(home)) == {f"http://feeds.example:{canary.port}/feed": kind}
    assert canary.connections == 0


@pytest.mark.parametrize("later", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_case02_a_name_that_changes_its_answer_between_look_ups_brings_nobody_elsewhere(
    home: Home, site: Site, canary: Site, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    with Site("127.0.0.1", {"/": answer(b"secret")}) as twin:
        monkeypatch.setattr(ingest, "Fetcher", partial(Fetcher, answers=told("127.0.1.1", later)))
        # The feed is read at the first answer; the page of its entry asks again, at the port of the canary.
        items = f"<item><title>T</title><link>http://feeds.example:{twin.port}/</link></item>"
        site.replies["/feed"] = answer(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
        follow(home, f"http://feeds.example:{site.port}/feed")
        assert failures(ingest.ingest_due(home)) == {}
        assert site.paths == ["/feed"]
        assert (twin.connections, canary.connections) == (0, 0)
    assert rows(home, "SELECT count(*) FROM entries") == [(1,)]


@pytest.mark.parametrize("order", [1, -1])
def test_one_private_answer_among_good_ones_refuses_the_name(
    home: Home, site: Site, canary: Site, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    async def several(_host: str, _port: int) -> list[str]:
        return ["127.0.1.1", "127.0.0.1", "127.0.1.1"][::order]

    monkeypatch.setattr(ingest, "Fetcher", partial(Fetcher, answers=several))
    follow(home, f"http://feeds.example:{site.port}/feed")
    assert list(failures(ingest.ingest_due(home)).values()) == ["blocked"]
    assert (site.connections, canary.connections) == (0, 0)


def test_an_allowance_opens_its_own_port_and_no_other(bare: Home, tmp_path: Path, story: Story, site: Site) -> None:
    home = moved(bare, tmp_path / "narrow", story)
    settings = home.settings.model_copy(update={"fetch_allow": f"127.0.1.0/24:{site.port}"})
    home = Home(home.path, settings, home.database, story)
    with Site("127.0.1.1") as neighbour:
        site.replies |= {"/away": redirect(f"{neighbour.url}/x"), "/page": redirect(f"{neighbour.url}/x")}
        said = [Post("/goed", "Goed", prose("a")), Post(f"{neighbour.url}/a", "A"), Post("/page", "B")]
        follow(home, serve_feed(site, said), f"{neighbour.url}/feed", f"{site.url}/away")
        found = failures(ingest.ingest_due(home))
        assert found == {f"{neighbour.url}/feed": "blocked", f"{site.url}/away": "blocked"}
        assert neighbour.connections == 0
    assert arrived(home)


def test_no_way_in_of_the_command_line_reaches_a_private_address(home: Home, duiding: Duiding, canary: Site) -> None:
    for form in forms(canary.port)[::6]:
        duiding("sources", "add", form)
    assert duiding("sources", "check", "--json").code in (0, 3)
    assert duiding("ingest", "--all", "--json").code in (0, 3)
    assert canary.connections == 0
