"""Themes from week to week: through real clusterings in a real home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from curate import arrangements
from curate.arrangements import Wish
from curate.people import person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import clustering, correcting, imports, rounds, theme_acts
from storage import arrangements as stored_arrangements
from storage import clusters, people, themes
from tests.pipelines.at_home import HashEncoder, Story, jsonl, moved, one, prose, rows, write

W44, W45, W46, W47 = (f"2026-W{number}" for number in range(44, 48))
MATTERS = {
    "huur": "huurprijs verhuurder huurcommissie woningwet boete huurder puntenstelsel woonbond huurverhoging",
    "zorg": "zorgrobot verpleeghuis verpleegkundige patiënt ziekenhuis medicijn bewegingssensor alarmknop zorgplan",
    "leren": "docent leerlijn studieteam onderwijsinspectie lesrooster curriculum toetsing leerling schoolleider",
    "dijk": "dijkgraaf waterschap polder gemaal zeewering hoogwater dijkbewaking stormvloed uiterwaard",
}
ANNA = person("anna@b.example", "Anna", "catalyst", "nl")


def article(matter: str, week: str, number: int, words: str = "", other: int = 20) -> dict[str, Any]:
    """One record on a matter, or on any other words, with so many other words in it."""
    said = words or MATTERS[matter]
    key = f"{matter}-{week}-{number}"
    published = Week.parse(week).starts_at + timedelta(days=number % 5, hours=9)
    return {
        "id": key,
        "url": f"https://{matter}{number}.example/{key}",
        "title": f"{' '.join(said.split()[:3])} deel {number}",
        "text": f"{said} {prose(key, other)} {' '.join(reversed(said.split()))}. {said}",
        "published_at": published.isoformat(),
        "language": "nl",
        "source": f"Krant {number}",
    }


def told(week: str, **counts: int) -> list[dict[str, Any]]:
    """So many articles on each matter in a week."""
    return [article(matter, week, number) for matter, count in counts.items() for number in range(count)]


@dataclass
class Net:
    """A home whose weeks are told and clustered."""

    home: Home
    story: Story
    encoder: Any

    def tell(self, records: Iterable[dict[str, Any]]) -> None:
        imports.import_articles(self.home, jsonl(self.home.path / "told.jsonl", records))

    def cluster(self, *weeks: str) -> str:
        for week in weeks:
            self.story.later(minutes=1)
            said = clustering.cluster(self.home, clustering.span_of(Week.parse(week)), model=self.encoder).themes
        return said

    def found(self, week: str) -> dict[str, str]:
        """The themes of a week by the matter that their clusters are on."""
        with self.home.database.reading() as db:
            found = list(themes.export(db, week))
        matter = dict(rows(self.home, "SELECT article_id, external_id FROM articles"))
        return {matter[one["articles"][0]].split("-")[0]: one["theme"] for one in found if one["clusters"]}

    def kinds(self, week: str) -> dict[str, str]:
        found = rows(self.home, f"SELECT theme_id, kind FROM standing_clusters WHERE week = '{week}'")
        return {matter: dict(found)[theme] for matter, theme in self.found(week).items()}

    def every(self) -> tuple[themes.Theme, ...]:
        with self.home.database.reading() as db:
            return themes.every(db)

    def waiting(self) -> list[themes.Suggestion]:
        with self.home.database.reading() as db:
            return [one for one in themes.suggestions(db) if not one.decided]

    def article_id(self, key: str) -> str:
        return str(one(self.home, f"SELECT article_id FROM articles WHERE external_id = '{key}'"))


@pytest.fixture
def net(home: Home, story: Story) -> Net:
    write(home, lambda db: people.add(db, ANNA, story.now))
    return Net(home, story, HashEncoder())


@pytest.fixture(scope="module")
def three_once(bare: Home, tmp_path_factory: pytest.TempPathFactory) -> Net:
    story = Story()
    net = Net(moved(bare, tmp_path_factory.mktemp("three") / "home", story), story, HashEncoder())
    write(net.home, lambda db: people.add(db, ANNA, story.now))
    net.tell([*told(W44, huur=3, zorg=3), *told(W45, huur=3, zorg=3, leren=3), *told(W46, huur=3, leren=3)])
    net.cluster(W44, W45, W46)
    return net


@pytest.fixture
def three(three_once: Net, tmp_path: Path, story: Story) -> Net:
    """Three weeks: rent all the time, care in the first two, learning from the second on."""
    story.now = three_once.story.now
    return Net(moved(three_once.home, tmp_path / "home", story), story, HashEncoder())


def counted(net: Net) -> list[tuple[Any, ...]]:
    """Everything about themes that counts, without who made it when."""
    return [
        (each.id, each.label, each.first_week, each.last_week, each.weeks, each.articles, each.standing)
        for each in net.every()
    ]


def test_themes_go_on_from_week_to_week(three: Net) -> None:
    first, second, third = (three.found(week) for week in (W44, W45, W46))
    assert set(first) == {"huur", "zorg"}
    assert first["huur"] == second["huur"] == third["huur"]
    assert first["zorg"] == second["zorg"]
    assert second["leren"] == third["leren"]
    assert three.kinds(W45) == {"huur": "survive", "zorg": "survive", "leren": "new"}
    assert [(each.weeks, each.articles) for each in three.every()] == [(3, 9), (2, 6), (2, 6)]


def test_clustering_says_what_became_of_the_themes(three: Net) -> None:
    assert three.cluster(W46) == "Themes: 2 go on."
    assert three.cluster(W45) == "Themes: 2 go on, 1 new."


@pytest.mark.parametrize("again", [[W46, W46], [W45], [W44, W46, W45]])
def test_weeks_clustered_again_change_nothing(three: Net, again: list[str]) -> None:
    before = counted(three), [three.found(week) for week in (W44, W45, W46)]
    three.cluster(*again)
    assert (counted(three), [three.found(week) for week in (W44, W45, W46)]) == before


def test_a_theme_that_only_a_clustering_done_over_began_is_neither_shown_nor_matched(net: Net) -> None:
    net.tell(told(W45, huur=3, zorg=3))
    net.cluster(W45)
    ghost = net.found(W45)["zorg"]
    gone = [net.article_id(f"zorg-{W45}-{number}") for number in range(3)]
    write(net.home, lambda db: [db.execute(f"DELETE FROM articles WHERE article_id = '{each}'") for each in gone])
    net.cluster(W45)
    assert [each.id for each in net.every()] == [net.found(W45)["huur"]]
    net.tell(told(W46, zorg=3))
    assert net.cluster(W46) == "Themes: 1 new."
    assert net.found(W46)["zorg"] != ghost


def test_the_clusters_of_a_round_in_which_people_spoke_stay_the_ones_that_count(three: Net) -> None:
    rounds.run_week(three.home, Week.parse(W46), model=three.encoder)
    before = counted(three)
    three.tell(told(W46, dijk=3))
    three.cluster(W46)
    assert counted(three) == before
    assert "dijk" not in three.found(W46)


def test_a_name_that_a_person_gave_survives_every_clustering(three: Net) -> None:
    theme = three.found(W46)["leren"]
    theme_acts.name(three.home, theme[:8], "Leren op het werk", "anna@b.example")
    three.cluster(W45, W46)
    (named,) = [each for each in three.every() if each.named]
    assert (named.id, named.name, named.first_week) == (theme, "Leren op het werk", W45)
    assert named.label != named.name
    assert three.found(W46)["leren"] == theme


def test_a_named_theme_that_a_clustering_lost_is_itself_again_when_its_articles_are_back(net: Net) -> None:
    net.tell(told(W46, huur=3))
    net.cluster(W46)
    theme = net.found(W46)["huur"]
    theme_acts.name(net.home, theme, "Huren", "anna@b.example")
    write(net.home, lambda db: db.execute("UPDATE articles SET copy_of = 'elsewhere'"))
    net.cluster(W46)
    assert [(each.name, each.weeks, each.articles) for each in net.every()] == [("Huren", 0, 0)]
    write(net.home, lambda db: db.execute("UPDATE articles SET copy_of = NULL"))
    net.cluster(W46)
    assert net.found(W46) == {"huur": theme}


def test_a_theme_is_remembered_for_half_a_year(net: Net) -> None:
    half, year = "2026-W21", "2026-W20"
    net.tell([*told(year, zorg=3), *told(half, huur=3), *told(W47, huur=3, zorg=3)])
    net.cluster(year, half, W47)
    assert net.kinds(W47) == {"huur": "survive", "zorg": "new"}


# --- splits and merges -----------------------------------------------------------------------------------------------

BOTH = f"{MATTERS['huur']} {MATTERS['zorg']}"


def test_a_theme_that_falls_into_two_clusters_split(net: Net) -> None:
    net.tell([*(article("beide", W45, number, BOTH) for number in range(4)), *told(W46, huur=4, zorg=4)])
    net.cluster(W45)
    assert net.cluster(W46) == "Themes: 1 go on, 1 split off."
    kinds, parent = net.kinds(W46), net.found(W45)["beide"]
    (split,) = [net.found(W46)[matter] for matter, kind in kinds.items() if kind == "split_from"]
    with net.home.database.reading() as db:
        (record,) = [each for each in themes.export(db, W46) if each["theme"] == split]
        (other,) = [each for each in themes.export(db, W46) if each["theme"] == parent]
    assert [(each["kind"], each["theme"]) for each in record["changes"]] == [("split_from", parent)]
    assert [(each["kind"], each["theme"]) for each in other["changes"]] == [("split_off", split)]
    assert net.cluster(W46) == "Themes: 1 go on, 1 split off."
    assert set(net.found(W46).values()) == {split, parent}


def test_themes_that_come_together_in_one_cluster_become_one(net: Net) -> None:
    parts = [(matter, week, "") for week in (W45, W47) for matter in ("huur", "zorg")]
    both = [("beide", week, BOTH) for week in (W44, W46)]
    net.tell(article(matter, week, number, words, 40) for matter, week, words in parts + both for number in range(4))
    net.cluster(W44, W45)
    assert net.cluster(W46) == "Themes: 1 go on, 1 went up in another."
    stayed = net.found(W46)["beide"]
    (gone,) = [each for each in net.every() if each.id != stayed]
    assert gone.went_up_in == stayed
    assert stayed in net.found(W44).values()
    net.cluster(W47)
    assert gone.id not in net.found(W47).values()
    assert not rows(net.home, f"SELECT * FROM theme_weeks WHERE theme_id = '{gone.id}' AND week >= '{W46}'")


# --- the model changes -----------------------------------------------------------------------------------------------


class WiderEncoder(HashEncoder):
    """Another model, whose vectors are longer."""

    def encode(self, texts: Any, done: Any = lambda _: None) -> NDArray[np.float32]:
        narrow = super().encode(texts, done)
        return np.asarray(np.concatenate([narrow, narrow], axis=1) / 2**0.5, dtype=np.float32)


def test_another_model_reads_the_articles_that_stand_for_a_theme_and_no_more(net: Net) -> None:
    net.tell([*told(W44, huur=4), *told(W45, huur=12), *told(W46, huur=3)])
    net.cluster(W44, W45)
    net.encoder = WiderEncoder("wider", "2")
    assert net.cluster(W46) == "Themes: 1 go on."
    assert net.found(W46) == net.found(W44)
    assert len(net.encoder.encoded) == 3 + 10
    widths = rows(
        net.home, "SELECT DISTINCT e.model, len(v.vector) FROM embeddings e JOIN vectors v USING (embedding_id)"
    )
    assert sorted(widths) == [("hashes", 64), ("wider", 128)]


# --- late arrivals ---------------------------------------------------------------------------------------------------


def test_an_article_that_comes_after_its_week_is_suggested_and_never_moved(three: Net) -> None:
    three.tell([article("huur", W45, 9), article("dijk", W45, 9)])
    before = rows(three.home, "SELECT * FROM cluster_articles ORDER BY ALL")
    three.tell(told(W47, leren=3))
    three.cluster(W47)
    (found,) = three.waiting()
    assert (found.article_id, found.theme_id) == (three.article_id(f"huur-{W45}-9"), three.found(W46)["huur"])
    assert 0.2 < found.score <= 1
    assert set(before) <= set(rows(three.home, "SELECT * FROM cluster_articles"))


def test_a_single_article_of_the_week_is_suggested_to_the_theme_it_is_near(three: Net) -> None:
    three.tell([*told(W47, leren=3), article("zorg", W47, 0)])
    three.cluster(W47)
    assert [each.theme_id for each in three.waiting()] == [three.found(W45)["zorg"]]


def test_an_accepted_article_is_one_of_the_theme_and_a_refused_one_is_not_asked_again(three: Net) -> None:
    three.tell([article("huur", W45, 8), article("huur", W45, 9), *told(W47, leren=3)])
    three.cluster(W47)
    first, second = three.waiting()
    theme_acts.decide(three.home, first.id[:8], "accepted", "anna@b.example")
    theme_acts.decide(three.home, second.id[:8], "refused", "anna@b.example")
    assert three.waiting() == []
    three.cluster(W47)
    assert three.waiting() == []
    with three.home.database.reading() as db:
        (record,) = [each for each in themes.export(db, W45) if each["theme"] == first.theme_id]
    assert record["accepted"] == [first.article_id]
    assert len(record["articles"]) == 4
    assert next(each for each in three.every() if each.id == first.theme_id).articles == 10


def test_an_accepted_article_counts_when_themes_are_matched(net: Net) -> None:
    net.tell([*told(W45, zorg=3), article("dijk", W45, 0)])
    net.cluster(W45)
    theme, lone = net.found(W45)["zorg"], net.article_id(f"dijk-{W45}-0")
    run_id = one(net.home, f"SELECT run_id FROM counting_runs WHERE week = '{W45}'")
    write(net.home, lambda db: themes.suggest(db, W45, [themes.Proposed(lone, theme, 0.3)], run_id=run_id))
    (waiting,) = net.waiting()
    theme_acts.decide(net.home, waiting.id, "accepted", "anna@b.example")
    with net.home.database.reading() as db:
        week, since = Week.parse(W46), Week.parse(W44)
        inside = themes.exemplars(db, themes.known(db, week, since, since), week, since, 10)
    assert lone in inside[theme]


def test_what_people_parted_is_not_suggested(three: Net) -> None:
    three.tell([article("huur", W45, 9), *told(W47, leren=3)])
    late, kept = sorted([three.article_id(f"huur-{W45}-9"), three.article_id(f"huur-{W46}-0")])
    said = f"'c', 'a', 'apart', '{late}', '{kept}', 'p', 'why', now()::TIMESTAMP, NULL, NULL"
    write(three.home, lambda db: db.execute(f"INSERT INTO corrections VALUES ({said})"))
    three.cluster(W47)
    assert three.waiting() == []


def test_a_late_article_that_its_week_takes_in_when_it_is_done_again_waits_no_more(three: Net) -> None:
    three.tell([article("huur", W45, 9), *told(W47, leren=3)])
    three.cluster(W47)
    assert three.waiting()
    three.cluster(W45)
    assert three.waiting() == []


# --- statuses --------------------------------------------------------------------------------------------------------


def test_statuses_are_kept_with_their_numbers_for_themes_seen_and_unseen(net: Net) -> None:
    weeks = [f"2026-W{number}" for number in range(39, 48)]
    before = [each for week in weeks[:8] for each in told(week, huur=2, zorg=5, dijk=2 if week == weeks[0] else 0)]
    net.tell([*before, *told(weeks[8], huur=5, leren=3)])
    net.cluster(*weeks)
    stands = {each.id: each.standing for each in net.every()}
    first, last = net.found(weeks[0]), net.found(weeks[8])
    rent, care, dike, learning = (stands[each] for each in (last["huur"], first["zorg"], first["dijk"], last["leren"]))
    assert rent
    assert (rent.status, rent.sources, rent.of_sources, rent.expected) == ("growing", 5, 5, 2.0)
    assert care
    assert (care.status, care.sources) == ("fading", 0)
    assert dike
    assert dike.status == "dormant"
    assert learning
    assert learning.status == "emerging"
    early = rows(net.home, f"SELECT DISTINCT status FROM theme_weeks WHERE week < '{weeks[4]}'")
    assert early == [("too_early",)]


def test_the_sources_of_a_copy_count_too(net: Net) -> None:
    net.tell(told(W46, huur=2))
    copy = article("huur", W46, 0) | {"id": "copy", "url": "https://elders.example/copy", "source": "Krant elders"}
    net.tell([copy])
    net.cluster(W46)
    (theme,) = net.every()
    assert theme.standing
    assert (theme.articles, theme.standing.sources) == (2, 3)


def test_nothing_at_all_is_a_week_too(net: Net) -> None:
    assert net.cluster(W46) == "Themes: none."
    assert net.every() == ()


def test_a_clustering_that_is_killed_before_its_end_leaves_no_theme(
    three: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counted(three)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.steps.theming.judge", killed)
    three.tell(told(W47, dijk=3))
    with pytest.raises(KeyboardInterrupt):
        three.cluster(W47)
    assert counted(three) == before
    monkeypatch.undo()
    three.cluster(W47)
    assert len(three.every()) == len(before) + 1


def test_what_people_said_of_articles_of_two_weeks_ties_or_parts_their_themes(three: Net) -> None:
    rent, care = (three.article_id(f"{matter}-{W44}-0") for matter in ("huur", "zorg"))
    learning = three.article_id(f"leren-{W46}-0")
    correcting.join(three.home, [learning, care], ANNA.email, "leren hoort bij zorg")
    correcting.part(three.home, [three.article_id(f"huur-{W46}-0")], [rent], ANNA.email, "dit is iets anders")
    three.cluster(W46)
    assert three.found(W46)["leren"] == three.found(W44)["zorg"]
    assert three.found(W46)["huur"] != three.found(W44)["huur"]


def test_what_was_done_by_hand_counts_when_the_next_week_is_matched(three: Net) -> None:
    """Learning was put with rent by hand: its theme has no articles of its own any more, and next week's is another."""
    with three.home.database.reading() as db:
        cards = {card.cluster_id: card for card in clusters.cards_of_round(db, W45)}
    by_matter = {three.found(W45)[matter]: matter for matter in ("huur", "leren")}
    into, merged = sorted(
        (card for card in cards.values() if card.theme_id in by_matter), key=lambda card: by_matter[card.theme_id]
    )
    wish = Wish("merge", merged.cluster_id, (), into.cluster_id, "een verhaal")
    done = arrangements.checked(wish, cards, ANNA.id, three.story.now).arrangement
    assert done
    write(three.home, lambda db: stored_arrangements.add(db, done, merged, ANNA.id, three.story.now))
    three.cluster(W46)
    assert three.found(W46)["huur"] == into.theme_id
    assert three.found(W46)["leren"] != merged.theme_id


def test_what_was_done_by_hand_survives_a_second_clustering_of_the_same_week(three: Net) -> None:
    with three.home.database.reading() as db:
        cards = {card.cluster_id: card for card in clusters.cards_of_round(db, W46)}
    one, other = cards.values()
    moved_id = one.articles[-1].article_id
    wish = Wish("move", one.cluster_id, (moved_id,), other.cluster_id, "hoort daar")
    done = arrangements.checked(wish, cards, ANNA.id, three.story.now).arrangement
    assert done
    write(three.home, lambda db: stored_arrangements.add(db, done, one, ANNA.id, three.story.now))
    three.cluster(W46)
    with three.home.database.reading() as db:
        again = {card.theme_id: {a.article_id for a in card.articles} for card in clusters.cards_of_round(db, W46)}
    assert moved_id in again[other.theme_id]
    assert moved_id not in again[one.theme_id]
