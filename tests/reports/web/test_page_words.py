"""The words of the pages: complete in both languages, and none that no page says."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import reports
from curate import mixes
from curate.annotations import CHECKS, DISTANCES, MOVES, OUTCOMES, STYLES
from curate.arrangements import DEEDS
from curate.echoes import REASONS as ECHOES
from curate.health import Reason, State
from curate.linkedin import ALLOWED_BY_DEFAULT, KINDS, OPT_IN
from curate.linkedin_activity import REASONS
from curate.people import LANGUAGES, Role
from curate.plans import ChangeKind
from curate.stages import Stage
from reports.web import editing, rounds
from reports.words import words
from storage.rounds import ActKind

ROOM = Path(reports.__file__).parent
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (ROOM / "templates" / "web").glob("*.html"))
CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in [
        *(ROOM / "web").glob("*.py"),
        ROOM / "reasons.py",
        *(ROOM.parent / "curate" / f"{name}.py" for name in ("annotations", "arrangements", "links", "own")),
    ]
)

CODES = {
    "checked": CHECKS,
    "checked_said": [one for one in CHECKS if one != "not_checked"],
    "distance": DISTANCES,
    "move": MOVES,
    "style": STYLES,
    "outcome": OUTCOMES,
    "deed": DEEDS,
    "changes": DEEDS,
    "echo.because": ECHOES,
    "asked": ("interest", "outside"),
}


def keys(language: str) -> set[str]:
    """The keys of the pages' own words, ``key.one`` and ``key.other`` as ``key``."""
    text = (ROOM / "words" / f"web.{language}.toml").read_text(encoding="utf-8")
    return {re.sub(r"\.(one|other)$", "", line.split(" = ")[0]) for line in text.splitlines() if " = " in line}


def said() -> set[str]:
    """Every key that a template or the code names."""
    named = re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', TEMPLATES) + re.findall(
        r'"((?:problem|sign_in|why|form)\.(?!html")[a-z_]+)"', CODE
    )
    faults = {
        f"fault.{name}.{part}"
        for name in re.findall(r'"([a-z_]+)", \d{3}|\d{3}: "([a-z_]+)"', CODE)
        for name in name
        if name
        for part in ("title", "text")
    }
    return set(named) | faults


def test_both_languages_say_the_same_things() -> None:
    assert keys("nl") == keys("en")


def test_every_word_that_a_page_says_exists() -> None:
    missing = {key for key in said() if not {key, f"{key}.one"} & words("nl").sentences.keys()}
    assert missing == set()


def test_no_word_is_kept_that_no_page_says() -> None:
    built = {f"problem.{name}_long" for name in ("title", "question", "experiment", "relation_why")}
    built |= {f"problem.{name}_long" for name in ("missing", "ask_else")}
    built |= {
        f"problem.{name}" for name in ("verdict", "ripeness", "byline", "relation", "checked", "distance", "style")
    }
    built |= {f"problem.{name}" for name in ("moves", "key_articles", "ask_who", "links_to", "all_drop", "all_split")}
    built |= {f"{word}.{code}" for word, codes in CODES.items() for code in codes}
    built |= {f"mix.{leaning}" for leaning in get_args(mixes.Leaning) if leaning}
    built |= {f"done.{what}" for what in rounds._DONE}
    built |= {f"drop.tick.{kind}" for kind in ALLOWED_BY_DEFAULT | OPT_IN}
    built |= {f"drop.{part}.{kind}" for part in ("row", "count") for kind in KINDS.values()}
    built |= {f"drop.why.{why}" for why in REASONS} - {"drop.why.not_ticked"}
    built |= {f"drop.audience.{word}" for word in ("public", "member_network", "connections", "unsaid")}
    built |= {f"drop.problem.{name}" for name in ("empty", "too_large", "unreadable", "for_now")}
    built |= {f"edit.stage.{one}" for one in get_args(Stage)} | {f"edit.told.{one}" for one in editing.TOLD}
    built |= {f"edit.change.{one}" for one in get_args(ChangeKind)} | {f"edit.log.{one}" for one in get_args(ActKind)}
    built |= {f"edit.problem.{one}" for one in ("no_voice", "many_voices", "many_links")}
    built |= {"edit.log.closed_deadline", "edit.log.approved_deadline"}
    built |= {f"preview.told.{one}" for one in ("sent", "failed", "many")}
    built |= {"fault.broken.title", "fault.broken.text"}
    built |= {f"sources.state.{state}" for state in get_args(State)}
    wrong = {*get_args(Reason), "silent", "disabled"}
    built |= {f"sources.{told}.{each}" for told in ("reason", "advice") for each in wrong}
    built |= {f"people.role_means.{role}" for role in get_args(Role)}
    assert keys("nl") - said() - built == set()


def test_the_files_are_sound_and_shout_at_nobody() -> None:
    for language in LANGUAGES:
        text = (ROOM / "words" / f"web.{language}.toml").read_text(encoding="utf-8")
        assert tomllib.loads(text)
        assert "!" not in text
