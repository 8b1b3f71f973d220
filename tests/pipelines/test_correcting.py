"""People say that the machine is wrong, and the next clustering obeys."""

import pytest

from curate.people import person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import clustering, correcting
from pipelines.steps.clustering import span_of
from storage import clusters, people
from tests.pipelines.at_home import WEEK, HashEncoder, Story, rows, write
from tests.pipelines.conftest import Duiding, refused

ANNA = "anna@example.org"
URL = "https://{}.example/artikel-{}"
HUUR, ZORG, LEREN = ([URL.format(f"{topic}{n}", n) for n in (1, 2, 3)] for topic in ("huur", "zorg", "leren"))


@pytest.fixture
def clustered(week: Home) -> Home:
    """Nine articles in three clusters, and Anna."""
    write(week, lambda db: people.add(db, person(ANNA, "Anna", "catalyst", "nl"), week.clock()))
    again(week)
    return week


def again(home: Home) -> list[set[str]]:
    """Cluster the week once more, and return the addresses in each cluster."""
    done = clustering.cluster(home, span_of(Week.parse(WEEK)), model=HashEncoder())
    with home.database.reading() as db:
        cards = [clusters.card(db, one) for one in clusters.of_run(db, done.run_id)]
    return [{article.url for article in card.articles} for card in cards if card]


def together(found: list[set[str]], *urls: str) -> bool:
    return any({*urls} <= group for group in found)


def test_joined_articles_are_in_one_cluster_from_the_next_clustering_on(clustered: Home) -> None:
    assert not together(again(clustered), HUUR[0], ZORG[0])
    done = correcting.join(clustered, [HUUR[0], ZORG[0]], ANNA, "Zelfde huis.")
    assert "2 articles belong together" in done.sentence
    assert f"duiding cluster --week {WEEK}" in done.sentence
    assert together(again(clustered), HUUR[0], ZORG[0])
    correcting.undo(clustered, done.act.id[:8], ANNA)
    assert not together(again(clustered), HUUR[0], ZORG[0])


def test_parted_articles_are_in_one_cluster_no_more(clustered: Home) -> None:
    assert together(again(clustered), *HUUR)
    correcting.part(clustered, [HUUR[0]], HUUR[1:], ANNA, "Ander huis.")
    found = again(clustered)
    assert not together(found, HUUR[0], HUUR[1])
    assert together(found, *HUUR[1:])


def test_an_article_is_parted_from_the_rest_of_its_cluster(clustered: Home) -> None:
    ((cluster,),) = rows(
        clustered,
        "SELECT cluster_id FROM cluster_articles JOIN articles USING (article_id)"
        f" WHERE url = '{LEREN[0]}' AND cluster_id IS NOT NULL",
    )
    done = correcting.part(clustered, [LEREN[0]], [cluster[:12]], ANNA, "Hoort er niet bij.")
    assert {len(side) for side in done.act.sides} == {1, 2}
    assert not together(again(clustered), LEREN[0], LEREN[1])


def test_a_correction_says_what_an_open_round_does_with_it(clustered: Home) -> None:
    write(
        clustered,
        lambda db: db.execute(
            "INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id)"
            " VALUES ('2026-W47', 'run', now()::TIMESTAMP, now()::TIMESTAMP, 'run')"
        ),
    )
    done = correcting.join(clustered, HUUR[:2], ANNA, "Zelfde huis.")
    assert "The round of 2026-W47 keeps the clusters it was opened with." in done.sentence


def test_reasons_and_places_are_kept_with_the_clusters(clustered: Home, story: Story) -> None:
    story.later(hours=1)
    correcting.join(clustered, [HUUR[0], ZORG[0]], ANNA, "Zelfde huis.")
    again(clustered)
    with clustered.database.reading() as db:
        cards = clusters.cards_of_round(db, WEEK)
    assert all(card.reasons and card.reasons.shared and card.reasons.size == card.size for card in cards)
    assert {len(card.reasons.joined) for card in cards if card.reasons} == {0, 2}
    assert all(
        one.position and 0 <= min(one.position) <= max(one.position) <= 1 for card in cards for one in card.articles
    )


# --- the commands ----------------------------------------------------------------------------------------------------


def test_the_commands_join_list_and_undo(clustered: Home, duiding: Duiding) -> None:
    said = duiding("clusters", "join", HUUR[0], ZORG[0], "--by", ANNA, "--why", "Zelfde huis.", "--json").json
    told = duiding("clusters", "corrections")
    assert said["act"][:8] in told.out
    assert "Zelfde huis." in told.out
    assert "Anna" in told.out
    assert duiding("clusters", "undo", said["act"][:8], "--by", ANNA).code == 0
    (record,) = duiding("clusters", "corrections", "--json").json["corrections"]
    assert (record["undone"], len(record["articles"][0])) == ("undone by Anna", 2)
    assert "was undone before, by Anna" in refused(duiding("clusters", "undo", said["act"], "--by", ANNA))


def test_the_command_parts_articles_from_others_and_from_each_other(clustered: Home, duiding: Duiding) -> None:
    of = ("--by", ANNA, "--why", "Anders.", "--json")
    first = duiding("clusters", "part", HUUR[0], "--from", HUUR[1], "--from", HUUR[2], *of).json
    second = duiding("clusters", "part", *ZORG, *of).json
    with clustered.database.reading() as db:
        assert db.execute("SELECT count(*), min(kind), max(kind) FROM corrections") == [(5, "apart", "apart")]
    assert (len(first["articles"]), len(second["articles"])) == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("join", HUUR[0]), "name at least two different ones"),
        (("join", HUUR[0], HUUR[0]), "name at least two different ones"),
        (("join", HUUR[0], "https://nergens.example/x"), "There is no article 'https://nergens.example/x'"),
        (("join", HUUR[0], ""), "There is no article ''"),
        (("part", HUUR[0], "--from", HUUR[0]), "stands on both sides"),
        (("part", HUUR[0]), "or others to part them from"),
    ],
)
def test_what_says_nothing_is_refused_in_one_sentence(
    clustered: Home, duiding: Duiding, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(duiding("clusters", *arguments, "--by", ANNA, "--why", "Zelfde huis."))


def test_only_people_who_give_meaning_or_run_the_machine_correct_it_and_they_say_why(
    clustered: Home, duiding: Duiding
) -> None:
    write(clustered, lambda db: people.add(db, person("mia@example.org", "Mia", "member", "nl"), clustered.clock()))
    two = ("clusters", "join", *HUUR[:2])
    assert "Mia is a member" in refused(duiding(*two, "--by", "mia@example.org", "--why", "Zelfde."))
    assert "Nobody has the address" in refused(duiding(*two, "--by", "nobody@example.org", "--why", "Zelfde."))
    assert "Say why" in refused(duiding(*two, "--by", ANNA, "--why", "  "))
    assert rows(clustered, "SELECT * FROM corrections") == []


def test_the_command_shows_why_clusters_are_one(clustered: Home, duiding: Duiding) -> None:
    found = duiding("clusters", "show", WEEK, "--json").json["clusters"]
    assert len(found) == 3
    assert all(one["size"] == 3 and one["cohesion"] > 0 and one["shared"] for one in found)
    shown = duiding("clusters", "show", found[0]["cluster"][:12])
    assert shown.code == 0
    assert "1 cluster." in shown.out
    assert next(iter(found[0]["shared"])).split()[0] in shown.out
    assert "was not clustered yet" in refused(duiding("clusters", "show", "2026-W40"))
    assert "There is no cluster 'zzz'" in refused(duiding("clusters", "show", "zzz"))
