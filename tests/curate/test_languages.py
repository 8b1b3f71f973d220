import gzip
import json
from pathlib import Path

import pytest

from curate import languages

ROOT = Path(__file__).parents[2] / "../shared/realweek"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hoe kunnen we in een netwerk samen kennis ontwikkelen en delen?", "nl"),
        ("How can we develop and share knowledge together in a network?", "en"),
        ("Wie können wir im Netzwerk gemeinsam Wissen entwickeln?", "de"),
        ("先日、不正に改造したiPhoneを販売したとして、商標法違反の疑い", "ja"),
    ],
)
def test_a_sentence_speaks_for_itself(text: str, language: str) -> None:
    assert languages.detect(text) == language
    assert languages.detect(text, "fr") == language


def test_what_is_too_short_is_what_its_feed_says() -> None:
    assert languages.detect("Webinar leren") == "und"
    assert languages.detect("Webinar leren", "nl-NL") == "nl"
    assert languages.detect("", "EN_us") == "en"
    assert languages.detect("", "dutch") == "und"


def test_a_doubtful_title_is_what_its_feed_says_and_never_a_creole() -> None:
    assert languages.detect("4 Things to Do in October", "en") == "en"
    assert languages.detect("4 Things to Do in October") in ("en", "und")


DUTCH_THAT_LOOKS_ENGLISH = """
Social media in het team: do's en don'ts
Webinar: online leren en community building
Workshop design thinking voor teams
Online training: feedback geven op afstand
Update: nieuwe tool voor blended learning
Podcast over storytelling en leiderschap
Masterclass community management in Utrecht
Het nieuwe werken is dead, long live hybride
Start-up wint award voor learning app
Human resources: van control naar trust
Agile coach: hype of blijvertje?
Burn-out door sociale media
De week van social learning
Peer-to-peer learning in de zorg
Big data in het onderwijs
Open space: hoe werkt dat?
Best practice: peer coaching in Zwolle
Smart city Eindhoven test sensoren
Trend: lifelong learning bij kleine bedrijven
Serious gaming op de werkvloer
Call for papers: leren in netwerken
Design sprint met de gemeente Breda
""".strip().split("\n")


@pytest.mark.parametrize("title", DUTCH_THAT_LOOKS_ENGLISH)
def test_a_dutch_title_full_of_english_words_is_dutch_when_its_feed_is(title: str) -> None:
    assert languages.detect(title, "nl") == "nl"


def test_without_a_feed_to_ask_most_of_them_are_dutch_and_none_is_of_a_third_language() -> None:
    found = [languages.detect(title) for title in DUTCH_THAT_LOOKS_ENGLISH]
    assert set(found) <= {"nl", "en", "und"}
    assert found.count("nl") >= 15


def test_an_english_article_in_a_dutch_feed_is_english() -> None:
    assert languages.detect("The council met on Monday and decided to lower the rent of many homes.", "nl") == "en"


def test_a_mixed_text_has_the_language_of_most_of_it() -> None:
    dutch = "De raad vergaderde maandag over de huren in de stad en besloot die voor iedereen te verlagen. "
    english = "The council met on Monday about the rents in the city and decided to lower them for everyone. "
    assert languages.detect(dutch * 3 + english, "en") == "nl"
    assert languages.detect(english * 3 + dutch, "nl") == "en"


@pytest.mark.realweek
@pytest.mark.skipif(not ROOT.exists(), reason="the three weeks are not beside the project")
def test_the_language_of_every_real_article_is_right() -> None:
    with gzip.open(ROOT / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    wrong = [each["title"] for each in records if languages.detect(each["text"]) != each["language"]]
    assert (len(records), wrong) == (181, [])
