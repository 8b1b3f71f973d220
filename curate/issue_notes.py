"""Notes that put something right about a frozen issue: what one may say, and how it is checked."""

from dataclasses import dataclass

from curate import texts

NOTE_MAX = 600
"""Characters of a note."""
NOTE_LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class CheckedNote:
    """A note as it is kept; or the key of a sentence that says what is wrong with it."""

    text: str
    language: str
    problem: str = ""


def checked(text: str, language: str) -> CheckedNote:
    """Return a note without signs that nobody sees and with single spaces, and what is wrong with it if anything is."""
    tidy = "\n".join(" ".join(line.split()) for line in texts.clean(text).splitlines())
    if not tidy:
        return CheckedNote(tidy, language, "notes.problem.empty")
    if len(tidy) > NOTE_MAX:
        return CheckedNote(tidy, language, "notes.problem.long")
    return CheckedNote(tidy, language, "" if language in NOTE_LANGUAGES else "notes.problem.language")
