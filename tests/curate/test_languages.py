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


@pytest.mark.realweek
@pytest.mark.skipif(not ROOT.exists(), reason="the three weeks are not beside the project")
def test_the_language_of_every_real_article_is_right() -> None:
    with gzip.open(ROOT / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    wrong = [each["title"] for each in records if languages.detect(each["text"]) != each["language"]]
    assert (len(records), wrong) == (181, [])
