"""The editor's form: from what was ticked and pressed to a plan.

All buttons belong to one form, so that whatever is pressed nothing ticked elsewhere on the page is lost. Each part of
the form says what it showed (``was``): only what the editor changed becomes a decision, and what they left alone stays
with our rule, which also takes in voices that come later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from curate import plans as decided_on
from curate.annotations import MAX_VOICES_SHOWN
from curate.candidates import Candidate, Sorted
from curate.plans import MACHINE, MAX_LINKS, Choice, Plan

NONE = "none"
"""Stands in the form for no question and no experiment."""
MOST_OFFERED = 12
"""Articles of a cluster that are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the editor decided, and what is wrong with it: keys of sentences, by cluster id."""

    plan: Plan
    problems: Mapping[str, str]


def decided(form: Mapping[str, str], base: Plan, seen: Sorted) -> Decided:
    """Return the plan that the form makes of ``base``, the one whose version it was made from.

    ``seen`` is what ``base`` makes of the voices. A plan with problems is for showing again, not for keeping.
    """
    shown = [one for one in seen.items if f"offered {one.card.cluster_id}" in form]
    choices = {one.card.cluster_id: _choice(form, one) for one in shown}
    problems = {cluster_id: key for cluster_id, choice in choices.items() if (key := _problem(choice))}
    others = [one for one in base.choices if one.cluster_id not in choices]
    plan = replace(
        base,
        choices=(*others, *(one for one in choices.values() if one.chooses)),
        question=_asked(form, "question", base.question, seen),
        experiment=_asked(form, "experiment", base.experiment, seen),
    )
    return Decided(plan if problems else _acted(form.get("do", ""), plan, seen), problems)


def offered(candidate: Candidate) -> tuple[str, ...]:
    """Return the ids of the articles that can be chosen: the first ones, and those that are shown now."""
    first = [one.article_id for one in candidate.card.articles[:MOST_OFFERED]]
    return tuple(dict.fromkeys((*first, *(one.article_id for one in candidate.links))))


def of_title(candidate: Candidate) -> str:
    """Return what the form says when the title is the one that stands there now."""
    return candidate.named_by.id if candidate.named_by else MACHINE


def given(seen: Sorted, field: str) -> tuple[str, ...]:
    """Return the annotation ids of the questions or experiments that can be chosen."""
    return tuple(one.id for one in seen.heard if getattr(one.words, field))


def _acted(do: str, plan: Plan, seen: Sorted) -> Plan:
    """Do what the button says: ``up``, ``down``, ``in``, ``out``, ``hold`` or ``back``, and a cluster id."""
    act, _, cluster_id = do.partition(" ")
    line = [one.card.cluster_id for one in (*seen.items, *seen.no_room)]
    if act in ("up", "down") and cluster_id in line:
        return replace(plan, order=decided_on.moved(line, cluster_id, -1 if act == "up" else 1))
    if act == "in" and cluster_id in line:
        return replace(plan, order=decided_on.brought_in(line, cluster_id))
    if act in ("out", "hold", "back") and cluster_id in {one.card.cluster_id for one in seen.every}:
        out = tuple(one for one in plan.left_out if one != cluster_id)
        held = tuple(one for one in plan.held_over if one != cluster_id)
        here = (cluster_id,)
        return replace(
            plan, left_out=out + (here if act == "out" else ()), held_over=held + (here if act == "hold" else ())
        )
    return plan


def _choice(form: Mapping[str, str], one: Candidate) -> Choice:
    cluster_id, base = one.card.cluster_id, one.choice
    free = replace(one, choice=Choice(cluster_id))
    voices = [each.id for each in one.heard if f"voice {cluster_id} {each.id}" in form]
    links = [each for each in offered(one) if f"link {cluster_id} {each}" in form]
    choice = base
    if voices != form.get(f"was voices {cluster_id}", "").split():
        ours = voices == [each.id for each in free.shown]
        known = tuple(each for each in form[f"offered {cluster_id}"].split() if each in one.newest)
        choice = replace(choice, voices=None if ours else tuple(voices), offered=() if ours else known)
    if links != form.get(f"was links {cluster_id}", "").split():
        ours = links == [each.article_id for each in free.links]
        choice = replace(choice, links=None if ours else tuple(links))
    return replace(choice, title=_title(form, one, free))


def _title(form: Mapping[str, str], one: Candidate, free: Candidate) -> str:
    cluster_id = one.card.cluster_id
    wanted = form.get(f"title {cluster_id}", "")
    known = {MACHINE, *(each.id for each in one.names)}
    if wanted not in known or wanted == form.get(f"was title {cluster_id}", ""):
        return one.choice.title
    return "" if wanted == of_title(free) else wanted


def _problem(choice: Choice) -> str:
    if choice.voices is not None and not choice.voices:
        return "edit.problem.no_voice"
    if len(choice.voices or ()) > MAX_VOICES_SHOWN:
        return "edit.problem.many_voices"
    return "edit.problem.many_links" if len(choice.links or ()) > MAX_LINKS else ""


def _asked(form: Mapping[str, str], field: str, base: str | None, seen: Sorted) -> str | None:
    wanted, every = form.get(field, ""), given(seen, field)
    if wanted not in (NONE, *every) or wanted == form.get(f"was {field}", ""):
        return base
    if wanted == NONE:
        return ""
    return None if wanted == every[0] else wanted
