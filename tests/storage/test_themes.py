"""What lasts across weeks."""

from dataclasses import replace

from curate.themes import Match
from storage import clusters, themes
from storage.database import Session
from storage.themes import Theme
from tests.storage.builders import clustering, group


def _cluster(db: Session, week: str, theme: str, label: str) -> None:
    made = replace(clustering(group(week, theme), run_id=f"{week} {theme}"), week=week)
    clusters.add(db, made)
    themes.link(db, week, [Match(made.id_of(made.groups[0]), theme, label, "survive", 0.8)], run_id="run")


def test_a_theme_goes_on_with_the_label_of_its_latest_cluster(db: Session) -> None:
    _cluster(db, "2026-W46", "wonen", "huur, prijs")
    _cluster(db, "2026-W47", "wonen", "huur, boete")
    _cluster(db, "2026-W47", "zorg", "zorgrobot")
    assert themes.every(db) == (
        Theme("wonen", "huur, boete", False, "2026-W46", "2026-W47", 2),
        Theme("zorg", "zorgrobot", False, "2026-W47", "2026-W47", 1),
    )


def test_a_name_that_a_person_gave_is_never_touched(db: Session) -> None:
    _cluster(db, "2026-W46", "wonen", "huur, prijs")
    db.execute("UPDATE themes SET name = 'Wonen', named_by = 'anna'")
    _cluster(db, "2026-W47", "wonen", "huur, boete")
    assert themes.every(db) == (Theme("wonen", "Wonen", True, "2026-W46", "2026-W47", 2),)


def test_an_earlier_week_done_again_does_not_move_a_theme_back(db: Session) -> None:
    _cluster(db, "2026-W47", "wonen", "huur")
    _cluster(db, "2026-W45", "wonen", "huur")
    (theme,) = themes.every(db)
    assert theme.last_week == "2026-W47"


def test_linking_again_adds_nothing(db: Session) -> None:
    match = Match("cluster", "wonen", "huur", "new", 1.0)
    for _ in range(2):
        themes.link(db, "2026-W47", [match], run_id="run")
    themes.link(db, "2026-W47", [], run_id="run")
    assert db.execute("SELECT cluster_id, theme_id, kind, score FROM theme_links") == [("cluster", "wonen", "new", 1.0)]
