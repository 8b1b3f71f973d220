"""Commands about lasting themes: how they stand, what they are called, and what came late."""

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from curate.errors import UsageError
from pipelines.cli.output import Commands, Output, add_group

if TYPE_CHECKING:
    from curate.statuses import Standing
    from storage.themes import Suggestion, Theme

By = Annotated[str, typer.Option("--by", metavar="EMAIL", help="Who says so.")]
ThemeId = Annotated[str, typer.Argument(metavar="THEME", help="Its id, or as much of it as no other begins with.")]
SuggestionId = Annotated[str, typer.Argument(metavar="ID", help="As `duiding themes suggestions` shows it.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {
        "list": list_themes,
        "show": show,
        "name": name,
        "suggestions": suggestions,
        "accept": accept,
        "refuse": refuse,
    }
    add_group(app, "themes", "Lasting themes.", commands)


def list_themes(
    ctx: typer.Context,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="Only those, like growing.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="With those that sleep or went up in another.")] = False,
) -> None:
    """List the lasting themes and how they stand; those that sleep or went up in another with --all."""
    from curate.statuses import Status
    from storage import themes

    output: Output = ctx.obj
    if status is not None and status not in get_args(Status):
        raise UsageError(f"{status!r} is not a status. Choose one of {', '.join(get_args(Status))}.")
    with output.opened().database.reading() as db:
        known = themes.every(db)
    names = {one.id: one.name for one in known}
    found = [one for one in known if _is_wanted(one, status, everything)]
    records = [_record(one, names) for one in found]
    shown = records if output.as_json else [_row(record) for record in records]
    columns = {
        "id": "id",
        "shown": "theme",
        "stands": "stands",
        "weeks": "weeks",
        "first": "first",
        "last": "last",
        "articles": "articles",
    }
    left = len(known) - len(found)
    more = f" {left} more with --all." if left and not everything and status is None else ""
    output.table(f"{_count(len(found), 'theme')}.{more}", shown, columns, "themes")


def show(ctx: typer.Context, theme: ThemeId) -> None:
    """Show one theme: its weeks, clusters and articles, what happened to it, and what may belong to it."""
    from storage import articles, themes

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        theme_id = themes.named(db, theme)
        known = themes.every(db)
        weeks = list(themes.export(db, None, theme_id))
        titles = articles.titles(db, sorted({one for week in weeks for one in week["articles"]}))
        waiting = [one for one in themes.suggestions(db) if one.theme_id == theme_id and not one.decided]
    names = {one.id: one.name for one in known}
    record = _record(next(one for one in known if one.id == theme_id), names)
    record["measured"] = [_week(week, titles) for week in weeks]
    record["suggestions"] = [_suggestion(one, shortened=False) for one in waiting]
    if output.as_json:
        output.say(_heading(record), **record)
        return
    for line in _lines(record, names):
        output.say(line)


def name(
    ctx: typer.Context,
    theme: ThemeId,
    words: Annotated[str, typer.Argument(metavar="NAME", help="At most 80 letters.")],
    by: By,
) -> None:
    """Give a theme its name: the machine never changes it, who names it last does."""
    from pipelines.steps import theme_acts

    output: Output = ctx.obj
    theme_id, kept = theme_acts.name(output.opened(), theme, words, by)
    output.say(f"The theme is called {kept!r} from now on.", id=theme_id, name=kept)


def suggestions(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="With those that were decided.")] = False,
) -> None:
    """List articles that came late or stand alone and seem to belong to a theme; nothing is moved until accepted."""
    from storage import themes

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        found = [one for one in themes.suggestions(db) if everything or not one.decided]
    records = [_suggestion(one, shortened=not output.as_json) for one in found]
    columns = {"id": "id", "title": "article", "theme": "seems to belong to", "score": "likeness", "decided": ""}
    waiting = sum(not one.decided for one in found)
    output.table(f"{_count(waiting, 'suggestion')} to decide.", records, columns, "suggestions")


def accept(ctx: typer.Context, suggestion: SuggestionId, by: By) -> None:
    """Let an article count as one of the theme's."""
    from pipelines.steps import theme_acts

    output: Output = ctx.obj
    found = theme_acts.decide(output.opened(), suggestion, "accepted", by)
    output.say(f"{found.title!r} belongs to {found.theme!r}.", id=found.id, decided="accepted")


def refuse(ctx: typer.Context, suggestion: SuggestionId, by: By) -> None:
    """Let an article stay out of the theme; it is not suggested for it again."""
    from pipelines.steps import theme_acts

    output: Output = ctx.obj
    found = theme_acts.decide(output.opened(), suggestion, "refused", by)
    output.say(f"{found.title!r} does not belong to {found.theme!r}.", id=found.id, decided="refused")


def _is_wanted(theme: "Theme", status: str | None, everything: bool) -> bool:
    now = theme.standing.status if theme.standing else None
    if status is not None:
        return now == status
    return everything or (theme.went_up_in is None and now != "dormant" and theme.weeks > 0)


def _record(theme: "Theme", names: dict[str, str]) -> dict[str, Any]:
    standing = theme.standing
    return {
        "id": theme.id,
        "name": theme.name,
        "label": theme.label,
        "named": theme.named,
        "status": standing.status if standing else None,
        "sources": standing.sources if standing else None,
        "of_sources": standing.of_sources if standing else None,
        "expected": standing.expected if standing else None,
        "z": standing.z if standing else None,
        "frozen": standing.frozen if standing else None,
        "first": theme.first_week,
        "last": theme.last_week,
        "weeks": theme.weeks,
        "articles": theme.articles,
        "went_up_in": theme.went_up_in,
        "stands": _stands(theme, standing, names),
    }


def _stands(theme: "Theme", standing: "Standing | None", names: dict[str, str]) -> str:
    """Say how a theme stands, with the numbers."""
    if theme.went_up_in:
        return f"went up in {names.get(theme.went_up_in, theme.went_up_in)}"
    if standing is None:
        return "not measured yet"
    word = {"too_early": "too early to say"}.get(standing.status, standing.status)
    expected = "" if standing.expected is None else f", {standing.expected:.1f} expected"
    frozen = f" ({standing.frozen})" if standing.frozen else ""
    return f"{word}: {_count(standing.sources, 'source')}{expected}{frozen}"


def _row(record: dict[str, Any]) -> dict[str, Any]:
    """A record as people read it: what the machine made is marked so."""
    from storage.themes import SHOWN

    shown = record["name"] if record["named"] else f"{record['label']} (machine-made)"
    return record | {"id": record["id"][:SHOWN], "shown": shown}


def _week(week: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    wanted = "week status sources of_sources expected z frozen clusters changes accepted".split()
    articles = [{"article": one, "title": titles.get(one, "")} for one in week["articles"]]
    return {field: week[field] for field in wanted} | {"articles": articles}


def _suggestion(one: "Suggestion", *, shortened: bool) -> dict[str, Any]:
    from storage.themes import SHOWN

    return {
        "id": one.id[:SHOWN] if shortened else one.id,
        "article": one.article_id,
        "title": one.title,
        "url": one.url,
        "theme_id": one.theme_id,
        "theme": one.theme,
        "week": one.week,
        "score": round(one.score, 2),
        "decided": f"{one.decided} by {one.decided_by}" if one.decided and shortened else one.decided,
    }


def _heading(record: dict[str, Any]) -> str:
    called = record["name"] if record["named"] else f"{record['label']} (machine-made)"
    return f"{called}: {record['stands']}. {_count(record['weeks'], 'week')}, {_count(record['articles'], 'article')}."


def _lines(record: dict[str, Any], names: dict[str, str]) -> list[str]:
    from pipelines.cli.output import printable
    from storage.themes import SHOWN

    lines = [_heading(record)]
    if record["named"]:
        lines.append(f"The machine calls it: {record['label']}")
    for week in record["measured"]:
        told = f": {week['status']}, {_count(week['sources'], 'source')}" if week["status"] else ""
        lines.append(f"{week['week']}{told}")
        lines += [f"  cluster {one['cluster'][:12]}: {one['label']}" for one in week["clusters"]]
        lines += [f"  {_CHANGES[one['kind']]} {names.get(one['theme'], one['theme'])}" for one in week["changes"]]
        lines += [
            f"  - {one['title']}{' (accepted)' if one['article'] in week['accepted'] else ''}"
            for one in week["articles"]
        ]
    lines += [f"may belong to it: {one['title']} ({one['id'][:SHOWN]})" for one in record["suggestions"]]
    return [printable(line) for line in lines]


_CHANGES = {
    "split_from": "split off from",
    "split_off": "from it split off",
    "merged_into": "went up in",
    "took_in": "took in",
}


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
