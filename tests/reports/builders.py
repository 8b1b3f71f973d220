"""A good sample issue, and small builders that hide what does not matter in a test."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from curate.cards import Card, CardArticle
from curate.issue_parts import Correction, LookedBack, Missing, SaidBefore, Standing, WeekCount, WhoToAsk
from curate.issues import Asked, Issue, Item, Link, Voice

HOSTILE = (
    "</title><script>alert(1)</script> \"'> ]]> <!-- --> {{ 7*7 }} {% raw %} "
    "\x00\x0b\x1b\ufffe\u202e\U0001f469\u200d\U0001f33e &amp;"
)
"""Markup, quotes, MJML's own dangers, template code, signs that no XML may hold, a turned reading direction."""
WEB = "https://duiding.example.org/issues/12"
ANSWER = "https://duiding.example.org/issues/12/answer"
LEAVE = "https://duiding.example.org/leave/abc"


def voice(id: str = "v1", **changes: Any) -> Voice:
    """Anna's working view, in Dutch, answering nobody."""
    sample = Voice(
        annotation_id=id,
        byline="Anna de Vries",
        shown_as="name",
        so_what="Als de gemeente de huurprijs gaat bewaken, verschuift ons werk van bemiddelen naar bewijzen: "
        "wie geen dossier heeft, staat straks zonder verhaal.",
        language="nl",
        ripeness="working_view",
        relation=None,
        answers="",
        answers_id="",
        relation_why="",
        written_at="2026-11-17T09:12:00+00:00",
    )
    return replace(sample, **changes)


def contrast(**changes: Any) -> Voice:
    """Joost, who sees it differently from Anna, in English."""
    return voice(
        "v2",
        **{
            "byline": "Joost Bakker",
            "so_what": "I read this the other way round. Tenants do not need better files, they need a landlord who "
            "answers the phone; more enforcement makes that conversation harder.",
            "language": "en",
            "ripeness": "half_baked",
            "relation": "contrasts",
            "answers": "Anna de Vries",
            "answers_id": "v1",
            "relation_why": "in our city the fines came first and the repairs never did",
            **changes,
        },
    )


def link(id: str = "a1", **changes: Any) -> Link:
    """An article of a Dutch newspaper with three copies."""
    sample = Link(
        id, "https://krant.example/huur?a=1&b=2", "Gemeenten mogen te hoge huur beboeten", "De Krant", "nl", 3
    )
    return replace(sample, **changes)


def english_link(id: str, **changes: Any) -> Link:
    """An article in English without copies."""
    return link(
        id, **{"url": f"https://city.example/{id}", "source": "City Monitor", "language": "en", "copies": 0, **changes}
    )


def item(id: str = "c1", **changes: Any) -> Item:
    """An item with Anna's voice alone."""
    sample = Item(
        cluster_id=id,
        theme_id="t" + id,
        title="Huren wordt een kwestie van bewijs",
        titled_by="catalyst",
        label="huurprijs · gemeenten · boete",
        voices=(voice(),),
        differ=False,
        links=(link(), english_link("a2", title="What rent control did to Berlin")),
        articles=7,
        sources=("De Krant", "City Monitor", "Woonbond", "Stadsblog"),
        languages=("nl", "en"),
    )
    return replace(sample, **changes)


def disagreement(id: str = "c1", **changes: Any) -> Item:
    """Anna and Joost differ, and a catalyst without a name adds something."""
    third = voice(
        "v3",
        byline="",
        shown_as="role",
        so_what="Bij ons in de wijk werkt een spreekuur met beide partijen aan tafel. Dat dossier komt dan vanzelf.",
        ripeness="well_tested",
        relation="adds",
        answers="Anna de Vries",
        answers_id="v1",
    )
    return item(id, **{"voices": (voice(), contrast(), third), "differ": True, **changes})


def machine_titled(id: str = "c3", **changes: Any) -> Item:
    """Two voices who agree, under a title that nobody changed."""
    first = voice(
        "v5",
        byline="",
        shown_as="anonymous",
        so_what="We praten over zorgrobots alsof ze handen vervangen. In de praktijk kosten ze eerst handen.",
        ripeness="half_baked",
    )
    second = voice(
        "v6",
        byline="Fatma Yılmaz",
        so_what="Dat zien wij ook: het eerste jaar kostte ons twee uur per week extra.",
        relation="supports",
    )
    return item(
        id,
        **{
            "title": "zorgrobot · verpleeghuis · werkdruk",
            "titled_by": "machine",
            "label": "zorgrobot · verpleeghuis · werkdruk",
            "voices": (first, second),
            "links": (link("a5", title="Zorgrobot Sjef krijgt een proeftijd", source="Zorgvisie", copies=1),),
            "articles": 4,
            "sources": ("Zorgvisie", "Skipr"),
            "languages": ("nl",),
            **changes,
        },
    )


def single(id: str = "c2", **changes: Any) -> Item:
    """One voice, in English, and a hostile title among the links."""
    return item(
        id,
        **{
            "title": "Open source is a care relationship",
            "label": "open source · maintainers · funding",
            "voices": (
                voice(
                    "v4",
                    byline="Priya Nair",
                    language="en",
                    so_what="We treat libraries as infrastructure and their makers as weather. If we want them next "
                    "year, somebody here has to own the relation, not only the licence.",
                ),
            ),
            "links": (
                link("a3", title="Maintainers zijn moe, en dat merk je aan de updates", source="Tweakers", copies=0),
                english_link("a4", url="javascript:alert(1)", title=HOSTILE, source="Evil <b>Feed</b>", copies=1),
            ),
            "articles": 5,
            "sources": ("Tweakers", "LWN", "Evil <b>Feed</b>"),
            "languages": ("en", "nl"),
            **changes,
        },
    )


def standing(**changes: Any) -> Standing:
    """A theme that grows: five articles, two the week before."""
    weeks = tuple(WeekCount(f"2026-W{week}", n) for week, n in ((44, 0), (45, 1), (46, 2), (47, 5)))
    return replace(Standing("growing", weeks, 2), **changes)


def look(**changes: Any) -> LookedBack:
    """Anna, who said something in week 43 and sees it more sharply now."""
    sample = LookedBack(
        annotation_id="v9",
        earlier_id="v8",
        number=9,
        week="2026-W43",
        title="Huren was een gunst",
        then="Ik denk dat huurders vooral een luisterend oor zoeken en geen procedure.",
        now="Ze zoeken een luisterend oor dat de procedure kent.",
        outcome="sharpened",
        why="drie gesprekken aan de balie",
        language="nl",
        byline="Anna de Vries",
        shown_as="name",
    )
    return replace(sample, **changes)


def said_before(**changes: Any) -> SaidBefore:
    """Joost, five weeks ago."""
    sample = SaidBefore(
        annotation_id="v7",
        cluster_id="c1",
        number=7,
        week="2026-W42",
        title="Wie bewaakt de huur",
        so_what="A rule nobody checks is a wish, and tenants know it first.",
        language="en",
        byline="Joost Bakker",
        shown_as="name",
    )
    return replace(sample, **changes)


def full_item(id: str = "c1", **changes: Any) -> Item:
    """A disagreement with everything that can stand around it."""
    return disagreement(
        id,
        **{
            "standing": standing(),
            "brought_by": 2,
            "missing": (
                Missing(
                    "v1", "De verhuurder met twee panden.", "https://klein.example/verhuurder", "nl", "Anna de Vries"
                ),
                Missing("v2", "Somebody who lost the case.", "", "en", ""),
            ),
            "ask": (WhoToAsk("k1", "Fatma Yılmaz", "dossiers opbouwen"), WhoToAsk("k2", "Ben Okafor", "rent law")),
            "looked_back": (look(),),
            **changes,
        },
    )


def full_issue(**changes: Any) -> Issue:
    """Number 12 with everything that an issue can hold."""
    sample = issue(items=(full_item(), single(standing=standing(status="", before=None)), machine_titled()))
    assert sample.experiment
    full = replace(
        sample,
        experiment=replace(sample.experiment, review_on="2026-12-18"),
        said_before=said_before(),
        tried=look(
            annotation_id="v11", then="Bel een oud-deelnemer en vraag wat bleef.", now="", outcome="still_holds"
        ),
        looked_back=(look(annotation_id="v10", byline="", shown_as="role", outcome="disproved", now=""),),
        corrections=(correction(),),
    )
    return replace(full, **changes)


def correction(**changes: Any) -> Correction:
    """What was wrong in number 11."""
    sample = Correction("Nummer 11 noemde het verkeerde jaar.", "nl", 11, "2026-W46", "2026-11-17T10:00:00+00:00")
    return replace(sample, **changes)


def issue(**changes: Any) -> Issue:
    """Number 12: three items, two languages, a disagreement, a single voice, a question and an experiment."""
    sample = Issue(
        number=12,
        week="2026-W47",
        network="Netwerk Stad & Zorg",
        frozen_at="2026-11-20T15:00:00+00:00",
        run_id="run",
        articles=1124,
        clusters=14,
        sources=18,
        languages=("nl", "en"),
        items=(disagreement(), single(), machine_titled()),
        question=Asked(
            "v1",
            "Wie in jouw buurt weet hoe je een huurdossier opbouwt, en mag die persoon dat delen?",
            "nl",
            "Anna de Vries",
            "c1",
        ),
        experiment=Asked(
            "v4",
            "Write one maintainer of a tool you use every day a thank-you note. Ask what they need, and tell us what "
            "you heard.",
            "en",
            "",
            "c2",
        ),
        unannotated=(
            link("a6", url="https://krant.example/water", title="Waterschappen testen een wisselbeker", copies=0),
            english_link("a7", title="A quieter way to run town meetings", source="Town Hall Review"),
        ),
    )
    return replace(sample, **changes)


def article(id: str = "a1", **changes: Any) -> CardArticle:
    """An article on a card."""
    sample = CardArticle(
        article_id=id,
        url=f"https://krant.example/{id}",
        title="Gemeenten mogen te hoge huur beboeten",
        source="De Krant",
        language="nl",
        copies=0,
        excerpt="Vanaf januari mag het.",
        published_at=datetime(2026, 11, 17, tzinfo=UTC),
        brought_by=("De Krant",),
    )
    return replace(sample, **changes)


def card(id: str = "c1", articles: int = 4, **changes: Any) -> Card:
    """A card with that many articles, Dutch and English in turn."""
    sample = Card(
        cluster_id=id,
        theme_id="t" + id,
        label="huurprijs · gemeenten",
        keywords=("huurprijs", "gemeenten"),
        title="",
        articles=tuple(article(f"{id}-{n}", language=("nl", "en")[n % 2]) for n in range(articles)),
        position=(0.5, 0.5),
    )
    return replace(sample, **changes)
