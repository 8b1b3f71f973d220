"""What feeds the network, as the command line shows it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from pipelines.cli.output import Output

if TYPE_CHECKING:
    from curate.coverage import Coverage, FedTheme, Group


def coverage(ctx: typer.Context) -> None:
    """Show what feeds the network: sources by folder, language and theme, with their share of the last four weeks."""
    from storage import coverage as stored

    output: Output = ctx.obj
    home = output.opened()
    now = home.clock()
    with home.database.reading() as db:
        found = stored.picture(db, now)
    if output.as_json:
        output.say(_sentence(found, now), **_record(found, now))
        return
    shares = {"articles": f"articles of {found.articles}"} if found.has_shares else {}
    counts = {"sources": "sources", "failing": "failing", "silent": "silent", "disabled": "disabled", **shares}
    folders, languages = (
        [{**_group(one), "name": one.name or "(none)"} for one in some] for some in (found.by_folder, found.by_language)
    )
    output.table(_sentence(found, now), folders, {"name": "folder", **counts}, "folders")
    output.table("", languages, {"name": "language", **counts}, "languages")
    fed = [{"name": one.name, "articles": one.articles, "fed": _fed(one)} for one in found.themes]
    output.table("", fed, {"name": "theme", "articles": "articles", "fed": "fed by"}, "themes")


def _sentence(found: "Coverage", now: datetime) -> str:
    failing, silent, new = found.counted("failing"), found.counted("silent"), len(found.new(now))
    said = f"{len(found.lines)} sources: {failing} failing, {silent} silent, {new} new."
    if not found.has_shares:
        return f"{said} Fewer than eight articles came in during four weeks: too few for shares."
    return f"{said} {found.articles} articles in four weeks; people of the network brought {found.by_people} of them."


def _record(found: "Coverage", now: datetime) -> dict[str, Any]:
    new = {one.heard.id for one in found.new(now)}
    return {
        "articles": found.articles,
        "by_people": found.by_people,
        "sources": [
            {
                "url": one.heard.url,
                "title": one.heard.title,
                "state": one.health.state,
                "articles": one.articles,
                "is_new": one.heard.id in new,
            }
            for one in found.lines
        ],
        "folders": [_group(one) for one in found.by_folder],
        "languages": [_group(one) for one in found.by_language],
        "themes": [
            {
                "name": one.name,
                "articles": one.articles,
                "by_people": one.by_people,
                "sources": [{"title": title, "articles": n} for title, n in one.sources],
            }
            for one in found.themes
        ],
    }


def _group(group: "Group") -> dict[str, Any]:
    states = [one.health.state for one in group.lines]
    counts = {state: states.count(state) for state in ("failing", "silent", "disabled")}
    urls = [one.heard.url for one in group.lines]
    return {"name": group.name, "sources": len(urls), **counts, "articles": group.articles, "urls": urls}


def _fed(theme: "FedTheme") -> str:
    """The sources of a theme, most first; how many each is said only where there are enough to say it."""
    people = [("people of the network", theme.by_people)] if theme.by_people else []
    fed = [*theme.sources[:6], *people]
    return ", ".join(f"{name} {n}" if theme.has_shares else name for name, n in fed)
