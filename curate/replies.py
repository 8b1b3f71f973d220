"""A mail that somebody wrote in answer to ours: which of its words are theirs, and which of our messages it answers.

No library does this for Dutch; the one there is for English has not changed for years. So these are our own rules,
careful ones: a line is left out only when its form says that it was quoted or added by a program. What stands between
or below quoted lines stays.
"""

import re
from collections.abc import Sequence

from curate import texts

LONGEST = 200_000
"""Characters of a mail that are looked at."""

_QUOTED = re.compile(r"\s{0,3}[>|]")
_ATTRIBUTION = re.compile(
    r"(?:On\b.{4,300}\bwrote|Op\b.{4,300}\bschreef\b.{0,200}|Op\b.{4,300}\bheeft\b.{1,200}\bgeschreven"
    r"|.{3,200}<[^<>\s]+@[^<>\s]+>\s*(?:schreef|wrote)\b.{0,80})\s*:\s*",
    re.IGNORECASE | re.DOTALL,
)
_DIVIDER = re.compile(
    r"\s*(?:[-_]{2,}\s*(?:original message|oorspronkelijk bericht|forwarded message|doorgestuurd bericht)\s*[-_]{2,}"
    r"|_{10,})\s*",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\s*\*?(?:from|van)\s*:\*?\s*\S.*", re.IGNORECASE)
_MORE_HEADERS = re.compile(
    r"\s*\*?(?:sent|verzonden|date|datum|to|aan|subject|onderwerp|cc)\s*:\*?\s*\S.*", re.IGNORECASE
)
_SIGNATURE = re.compile(r"--\s?")
_BY_PROGRAM = re.compile(
    r"\s*(?:sent from my\b.{0,60}|verstuurd vanaf mijn\b.{0,60}|verzonden vanaf mijn\b.{0,60}"
    r"|(?:get|download) outlook for\b.{0,60}|outlook voor \w+ downloaden.{0,60}|sent from outlook.{0,60}"
    r"|verzonden (?:met|vanuit|via) (?:outlook|mail|gmail|yahoo|proton)\b.{0,40})\s*",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}@[!-;=?-~]{1,250}>")
_MOST_IDS = 50


def words_of(text: str) -> str:
    """Return what a person wrote in the text of a mail, without what they quote, their signature and program lines."""
    lines = texts.clean(text[:LONGEST]).split("\n")
    kept: list[str] = []
    place = 0
    while place < len(lines):
        if _ends(lines, place):
            break
        length = _attribution(lines, place)
        if length:
            # Some programs quote without marks: then all below is ours. With marks, their own words may follow.
            if not _is_quoted_after(lines, place + length):
                break
            place += length
            continue
        if not _QUOTED.match(lines[place]):
            kept.append(lines[place])
        place += 1
    return texts.clean("\n".join(kept))


def message_ids(headers: Sequence[str]) -> tuple[str, ...]:
    """Return the Message-IDs in some headers (In-Reply-To, References), each once, as they stand there."""
    found = (match for header in headers for match in _MESSAGE_ID.findall(header[:20_000]))
    return tuple(dict.fromkeys(found))[:_MOST_IDS]


def _ends(lines: Sequence[str], place: int) -> bool:
    """Whether nothing of theirs follows: a signature, a line of a program, or the headers of a message below."""
    line = lines[place]
    if _SIGNATURE.fullmatch(line) or _DIVIDER.fullmatch(line):
        return True
    if _BY_PROGRAM.fullmatch(line):
        return not any(_is_theirs(one) for one in lines[place + 1 :][:1])
    if not _HEADER.fullmatch(line):
        return False
    return sum(bool(_MORE_HEADERS.fullmatch(one)) for one in lines[place + 1 : place + 6]) >= 2


def _is_theirs(line: str) -> bool:
    return bool(line) and not _QUOTED.match(line) and not _DIVIDER.fullmatch(line)


def _attribution(lines: Sequence[str], place: int) -> int:
    """Return of how many lines the attribution that begins here consists ("Op … schreef …:"); 0 when none does."""
    for length in (1, 2, 3):
        together = lines[place : place + length]
        if len(together) < length or any(not line or _QUOTED.match(line) for line in together):
            return 0
        if _ATTRIBUTION.fullmatch(" ".join(together)):
            return length
    return 0


def _is_quoted_after(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line), "")
    return bool(_QUOTED.match(following))
