"""How the voices of an item are told: one after the other, and side by side where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from curate.annotations import DIFFERING
from curate.issues import Item, Voice
from reports import digest_parts
from reports.templating import one_line
from reports.words import Words


@dataclass(frozen=True, slots=True)
class Said:
    """A voice with the words around it, in the reader's language."""

    byline: str
    role: str
    """Stands beside a name; empty when the byline says it already."""
    stands: str
    """How it relates to another voice, like "ziet het anders dan Anna"; empty when it does not."""
    why: str
    so_what: str
    language: str
    ripeness: str
    ripeness_means: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Voices that are shown together: one, or all that differ from each other."""

    voices: tuple[Said, ...]
    differ: bool
    intro: str


def passages(item: Item, w: Words) -> tuple[Passage, ...]:
    """Return an item's voices in the issue's order; those that differ stand together where the first of them stands."""
    apart = _apart(item.voices) if item.differ else frozenset()
    if not apart:
        return tuple(Passage((_said(voice, w),), False, "") for voice in item.voices)
    together = tuple(voice for voice in item.voices if voice.annotation_id in apart)
    passages = []
    for voice in item.voices:
        if voice is together[0]:
            passages.append(Passage(tuple(_said(one, w) for one in together), True, _intro(together, w)))
        elif voice not in together:
            passages.append(Passage((_said(voice, w),), False, ""))
    return tuple(passages)


def _apart(voices: Sequence[Voice]) -> frozenset[str]:
    """The annotation ids of the voices that question, contrast or reframe, and of those they speak about."""
    apart: set[str] = set()
    for voice in voices:
        if voice.relation in DIFFERING:
            apart |= {voice.annotation_id} | {one.annotation_id for one in _answered(voice, voices)}
    return frozenset(apart)


def _answered(voice: Voice, voices: Sequence[Voice]) -> list[Voice]:
    return [one for one in voices if one.annotation_id == voice.answers_id]


def _intro(together: Sequence[Voice], w: Words) -> str:
    """Who stands where towards whom, said above the positions so that each of them begins with its own words."""
    stands = [
        w("issue.differ_stands", name=byline_of(voice, w), relation=_stands(voice, w))
        for voice in together
        if voice.relation
    ]
    return " ".join((*stands, w("issue.differ_equal")))


def _said(voice: Voice, w: Words) -> Said:
    return Said(
        byline=byline_of(voice, w),
        role=w("role.catalyst") if _is_named(voice) else "",
        stands=_stands(voice, w),
        why=one_line(voice.relation_why),
        so_what=voice.so_what,
        language=voice.language,
        ripeness=w(f"ripeness.{voice.ripeness}"),
        ripeness_means=w(f"ripeness_means.{voice.ripeness}"),
    )


def _is_named(voice: Voice) -> bool:
    return voice.shown_as == "name" and bool(voice.byline)


def byline_of(voice: Voice, w: Words) -> str:
    """Return under which name a voice stands: its own, or a word for who wants none."""
    return digest_parts.byline(voice.byline, voice.shown_as, w)


def _stands(voice: Voice, w: Words) -> str:
    if not voice.relation:
        return ""
    return w(f"relation_to.{voice.relation}", name=voice.answers or w("voice.other"))
