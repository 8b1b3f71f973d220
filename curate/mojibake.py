"""Text whose UTF-8 was once read in another encoding, repaired sequence by sequence.

Two readings are known. *Western*: the bytes read as windows-1252 (or Latin-1), ``ë`` as ``Ã«``, ``’`` as ``â€™``.
*Baltic*: 0x80-0x9F read as windows-1252 and 0xA0-0xFF as ISO-8859-13, ``ë`` as ``Ć«``, ``’`` as ``ā€™``. One page may
mix damaged and sound text, so nothing is decoded as a whole: only what is a well-formed UTF-8 sequence again, and only
when the outcome is a sign that Dutch or English text uses. Whoever keeps the text keeps the raw one too.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES = ("nl", "en")
"""Where a clean text holds none of the damaged sequences; in Latvian, Portuguese or German it could."""

_CODECS = {"western": "latin-1", "baltic": "iso-8859-13"}
_LEADS = {"western": "ÂÃâïðÄÅ", "baltic": "ĀĆāļš"}
_LEAD_BYTES = {
    "Â": 0xC2, "Ã": 0xC3, "Ä": 0xC4, "Å": 0xC5, "â": 0xE2, "ï": 0xEF, "ð": 0xF0,
    "Ā": 0xC2, "Ć": 0xC3, "ā": 0xE2, "ļ": 0xEF, "š": 0xF0,
}  # fmt: skip
_SHARED_LEADS = "ÄÅ"
"""Real letters of Dutch texts with German or Swedish names: believed only beside other damage."""

_SIGNS = re.compile(
    r"[\u00a0-\u017f\u2010-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff\u25a0-\u27bf\ufe0f\ufeff"
    r"\U0001f300-\U0001faff]"
)
"""What a sequence may turn into; anything else is taken for chance (``café”…`` is well-formed UTF-8 too)."""

_CLOSING_LOST = re.compile(r"[âā]€(?=[\s.,;:!?)\]]|$)")
"""A closing quote whose third byte, 0x9D, has no sign in windows-1252 and was dropped."""
_SPACE_FOLDED = re.compile(r"([ÂĀ])(?= )|([ÃĆ])(?= )")
"""A hard space (or ``à``) whose second byte, itself a hard space, was folded to a plain one."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The repaired text, and what was changed into what, in the order of the text."""

    text: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    damaged: str
    meant: str

    @property
    def is_certain(self) -> bool:
        return self.damaged[0] not in _SHARED_LEADS


def repair(text: str, language: str | None = None) -> Repair:
    """Return ``text`` with its damaged sequences repaired, and the list of changes.

    ``language`` is the document's (ISO 639, None when not known). In Dutch and English one certain sequence is
    enough; unknown, two are asked for, inside words or as quotes, and no other Baltic or Slavic letter may stand in
    the text; every other language is left as it is. Text damaged twice is repaired twice.
    """
    first = _once(text, language)
    if not first.changes:
        return first
    second = _once(first.text, language)
    return Repair(second.text, first.changes + second.changes)


def _once(text: str, language: str | None) -> Repair:
    hits = list(_hits(text))
    if not _are_believed(text, hits, language):
        return Repair(text, ())
    pieces: list[str] = []
    changes: list[tuple[str, str]] = []
    end = 0
    for hit in hits:
        pieces += [text[end : hit.start], hit.meant]
        changes.append((hit.damaged, hit.meant))
        end = hit.start + len(hit.damaged)
    return _with_lost_signs("".join(pieces) + text[end:], changes)


def _are_believed(text: str, hits: list[_Hit], language: str | None) -> bool:
    certain = [hit for hit in hits if hit.is_certain]
    if language is not None and language != "und":
        return bool(certain) and language.lower().split("-")[0] in LANGUAGES
    return sum(_stands_as_damage(text, hit) for hit in certain) >= 2 and not _has_other_letters(text, hits)


def _stands_as_damage(text: str, hit: _Hit) -> bool:
    """Say whether the place speaks for damage too: a three-byte sign, or a letter beside a small letter."""
    end = hit.start + len(hit.damaged)
    before, after = text[max(hit.start - 1, 0) : hit.start], text[end : end + 1]
    return len(hit.damaged) > 2 or (hit.meant.isalpha() and (before.islower() or after.islower()))


def _has_other_letters(text: str, hits: list[_Hit]) -> bool:
    inside = {place for hit in hits for place in range(hit.start, hit.start + len(hit.damaged))}
    return any(
        "\u0100" <= sign <= "\u024f" and sign not in "œŒšŠžŽŸƒ"
        for place, sign in enumerate(text)
        if place not in inside and not _is_lost_lead(text, place)
    )


def _is_lost_lead(text: str, place: int) -> bool:
    return bool(_CLOSING_LOST.match(text, place) or _SPACE_FOLDED.match(text, place))


def _hits(text: str) -> Iterator[_Hit]:
    end = 0
    for match in _LEAD.finditer(text):
        if match.start() < end:
            continue
        meant = _decoded(text, match.start())
        if meant is not None:
            size = _length(match[0])
            end = match.start() + size
            # A byte order mark and an empty variation stand for nothing that is read.
            yield _Hit(match.start(), text[match.start() : end], meant.replace("\ufeff", ""))


def _decoded(text: str, start: int) -> str | None:
    """Return the one sign meant by the sequence that starts here, or None when it is none."""
    lead = text[start]
    tail = text[start + 1 : start + _length(lead)]
    options = [_BYTES[_reading(lead)].get(sign, ()) for sign in tail]
    if len(tail) + 1 != _length(lead) or not all(options):
        return None
    candidates = [_utf8(bytes([_LEAD_BYTES[lead], *choice])) for choice in itertools.product(*options)]
    signs = [sign for sign in candidates if sign and _SIGNS.fullmatch(sign)]
    return _likeliest(signs, text, start) if signs else None


def _likeliest(signs: list[str], text: str, start: int) -> str:
    """Choose between the two bytes that one quote may stand for in the Baltic reading (``Ć“`` is ô or Ó).

    Punctuation has its byte from windows-1252. A letter is a capital among capitals and small otherwise; only Ä,
    against å, is taken at the start of a word.
    """
    if len(signs) == 1 or not signs[0].isalpha():
        return signs[0]
    before, after = text[max(start - 1, 0) : start], text[start + 2 : start + 3]
    neighbour = after if after.isalpha() and after not in _LEAD_BYTES else before
    at_start = not before.isalpha() and {"Ä", "å"} == set(signs)
    fits = str.isupper if neighbour.isupper() or at_start else str.islower
    return next((sign for sign in signs if fits(sign)), signs[0])


def _with_lost_signs(text: str, changes: list[tuple[str, str]]) -> Repair:
    """Repair what lost a byte on the way; only asked for beside sequences that are certain."""

    def closing(match: re.Match[str]) -> str:
        opened, closed = (max(match.string.rfind(sign, 0, match.start()) for sign in signs) for signs in ("“„", "”"))
        if opened <= closed:
            return match[0]
        changes.append((match[0], "”"))
        return "”"

    def folded(match: re.Match[str]) -> str:
        meant = "" if match[1] else "à"
        changes.append((match[0] + " ", meant + " "))
        return meant

    return Repair(_SPACE_FOLDED.sub(folded, _CLOSING_LOST.sub(closing, text)), tuple(changes))


def _length(lead: str) -> int:
    byte = _LEAD_BYTES[lead]
    return 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4


def _reading(lead: str) -> str:
    return "baltic" if lead in _LEADS["baltic"] else "western"


def _utf8(sequence: bytes) -> str:
    try:
        return sequence.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _bytes_by_sign(codec: str) -> dict[str, tuple[int, ...]]:
    """Return the continuation bytes (0x80-0xBF) each sign may stand for, the windows-1252 one first."""
    found: dict[str, list[int]] = {}
    for byte in range(0x80, 0xC0):
        signs = {chr(byte)} if byte < 0xA0 else {bytes([byte]).decode(codec)}
        if byte < 0xA0 and (sign := bytes([byte]).decode("cp1252", "ignore")):
            signs.add(sign)
        for sign in signs:
            found.setdefault(sign, []).append(byte)
    return {sign: tuple(options) for sign, options in found.items()}


_BYTES = {reading: _bytes_by_sign(codec) for reading, codec in _CODECS.items()}
_LEAD = re.compile(f"[{''.join(_LEAD_BYTES)}]")
