"""What a look at an installation finds, and the rules by which it is judged; looking itself is for the shell."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from curate import models
from curate.languages import UNKNOWN

Grade = Literal["fine", "note", "warning", "broken"]
"""A note is something to know; a warning could be better; what is broken does not do its work."""

MUCH = 0.2
"""Share of articles in languages that the model does not know, from which on it is worth changing the model."""
_ENOUGH = 10
"""Articles below which a share says little."""
_ROOM_BYTES = 200_000_000
"""What Duiding and Prefect write besides: logs, the database's own log, outgoing mail."""
_SWIFT_PER_S = 60
_SLOW_PER_S = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is about, how it stands, a sentence that says so, and what to do."""

    about: str
    grade: Grade
    sentence: str
    to_do: str = ""
    """Empty when there is nothing to do, or the sentence says it."""


def is_broken(found: Iterable[Finding]) -> bool:
    """Say whether something does not work, as against something that could be better."""
    return any(one.grade == "broken" for one in found)


def summed_up(found: Iterable[Finding]) -> str:
    """Return all of it in one sentence."""
    grades = Counter(one.grade for one in found)
    if grades["broken"]:
        return f"{_counted(grades['broken'], 'thing is', 'things are')} broken."
    if grades["warning"]:
        return f"It works; {_counted(grades['warning'], 'thing', 'things')} could be better."
    return "All is well."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def of_languages(counts: Mapping[str, int], model: str) -> Finding:
    """Judge how much of the text is in a language that the model knows; ``counts`` are articles by ISO 639-1 code.

    Articles of unknown language are left out of the share.
    """
    told = {language: count for language, count in counts.items() if language != UNKNOWN}
    total = sum(told.values())
    profile = models.profile(model)
    strange = {language: count for language, count in told.items() if not profile.reads(language)}
    share = sum(strange.values()) / total if total else 0.0
    if total < _ENOUGH:
        return Finding(
            "languages", "fine", "There are too few articles to say whether the model knows their languages."
        )
    if share < MUCH:
        return Finding("languages", "fine", _fits(model, profile))
    most = sorted(strange, key=lambda language: (-strange[language], language))[:3]
    named = ", ".join(f"{language} {strange[language] / total:.0%}" for language in most)
    return Finding(
        "languages",
        "warning",
        f"{share:.0%} of the articles of the last four weeks are in languages that the model {model} does not know "
        f"({named}{', and others' if len(strange) > len(most) else ''}): there, and across languages, articles are "
        f"grouped by their words and names alone. A multilingual model, such as {models.ADVISED}, sees more: put its "
        "folder on this machine (nothing is downloaded while we run), set `model` in duiding.toml to its path, and run "
        "`duiding embed --all`.",
    )


def of_room(free_bytes: int, database_bytes: int) -> Finding:
    """Judge whether a disk has room for one more copy of a database, and for it to grow."""
    need = 2 * database_bytes + _ROOM_BYTES
    told = f"{free_bytes / 1e9:.1f} GB are free beside the database of {database_bytes / 1e6:.0f} MB"
    advice = "Free space: old files in `backups` and `log` of the home may go."
    if free_bytes < database_bytes + _ROOM_BYTES / 2:
        return Finding("disk", "broken", f"{told}: not enough for a backup.", advice)
    if free_bytes < 3 * need:
        return Finding("disk", "warning", f"{told}: it will not be enough for long.", advice)
    return Finding("disk", "fine", f"{told}.")


def of_speed(backend: str, per_s: float) -> Finding:
    """Judge how fast texts of 200 words are encoded."""
    pace = "swift" if per_s >= _SWIFT_PER_S else "usual" if per_s >= _SLOW_PER_S else "slow"
    advice = (
        "" if backend.startswith(("openvino", "torch cuda")) else " `pip install 'duiding[fast]'` may make it faster."
    )
    grade: Grade = "warning" if pace == "slow" else "fine"
    return Finding("speed", grade, f"{backend} encodes about {per_s:.0f} texts a second ({pace}).{advice}")


def _fits(model: str, profile: models.Profile) -> str:
    if profile.languages is None and not profile.multilingual:
        return f"The name {model} does not tell which languages the model knows: see its card."
    known = "many languages" if profile.languages is None else ", ".join(sorted(profile.languages))
    return f"The model {model} knows {known}: that fits the articles."
