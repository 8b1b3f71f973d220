"""Commands about clusters: why they are one, and what people say against them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.output import Commands, Output, add_group

if TYPE_CHECKING:
    from curate.cards import Card
    from storage.corrections import Said
    from storage.database import Session

Articles = Annotated[
    list[str], typer.Argument(metavar="ARTICLE...", help="Ids, unique beginnings of ids, or addresses.")
]
By = Annotated[str, typer.Option("--by", metavar="EMAIL", help="Who says so.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, in a sentence.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {"show": show, "join": join, "part": part, "corrections": corrections, "undo": undo}
    add_group(app, "clusters", "Why clusters are one, and what people say against the machine.", commands)


def show(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(metavar="CLUSTER|WEEK", help="A cluster's id, or a week like 2026-W47.")],
) -> None:
    """Show why the articles of a cluster, or of each cluster of a week, stand together, and where it is weakest."""
    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        cards = _cards(db, which)
    columns = {
        "cluster": "cluster",
        "label": "label",
        "size": "articles",
        "sources": "sources",
        "languages": "languages",
        "cohesion": "cohesion",
        "weakest": "weakest",
        "shared": "shared",
    }
    records = [_record(card) for card in cards]
    shown = records if output.as_json else [_row(record) for record in records]
    output.table(f"{len(cards)} cluster{'' if len(cards) == 1 else 's'}.", shown, columns, "clusters")


def join(ctx: typer.Context, articles: Articles, by: By, why: Why) -> None:
    """Say that articles belong together; the next clustering of their week obeys."""
    from pipelines.steps import correcting

    output: Output = ctx.obj
    done = correcting.join(output.opened(), articles, by, why)
    output.say(done.sentence, act=done.act.id, articles=done.act.articles, weeks=done.weeks)


def part(
    ctx: typer.Context,
    articles: Articles,
    by: By,
    why: Why,
    others: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="ARTICLE|CLUSTER", help="Give it once for each; else from each other."),
    ] = None,
) -> None:
    """Say that articles do not belong with others, with the rest of a cluster, or with each other."""
    from pipelines.steps import correcting

    output: Output = ctx.obj
    done = correcting.part(output.opened(), articles, others or [], by, why)
    output.say(done.sentence, act=done.act.id, articles=done.act.articles, weeks=done.weeks)


def corrections(ctx: typer.Context) -> None:
    """List what people said against the machine, the latest first."""
    from pipelines.steps.correcting import SHOWN
    from storage import articles
    from storage import corrections as stored

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        said = stored.every(db)
        titles = articles.titles(db, sorted({one for each in said for one in each.act.articles}))
    records = [_correction(one, titles, one.act.id if output.as_json else one.act.id[:SHOWN]) for one in said]
    columns = {"act": "act", "kind": "kind", "what": "articles", "by": "by", "why": "why", "made": "when", "undone": ""}
    output.table(f"{len(said)} correction{'' if len(said) == 1 else 's'}.", records, columns, "corrections")


def undo(
    ctx: typer.Context,
    act: Annotated[str, typer.Argument(metavar="ACT", help="As `duiding clusters corrections` shows it.")],
    by: By,
) -> None:
    """Take a correction back; it stays in the list."""
    from pipelines.steps import correcting

    output: Output = ctx.obj
    undone = correcting.undo(output.opened(), act, by)
    output.say(
        f"Act {undone.act.id[: correcting.SHOWN]} of {undone.name} holds no more. "
        "The next clustering of its week goes without it.",
        act=undone.act.id,
    )


def _cards(db: "Session", which: str) -> "tuple[Card, ...]":
    from curate.errors import NotFoundError
    from curate.weeks import Week
    from storage import clusters

    if "-W" in which:
        week = str(Week.parse(which))
        if clusters.current_run(db, week) is None:
            raise NotFoundError(f"{week} was not clustered yet. Do it with `duiding cluster --week {week}`.")
        return clusters.cards_of_round(db, week)
    cluster_id = clusters.named(db, which)
    card = clusters.card(db, cluster_id) if cluster_id else None
    if card is None:
        raise NotFoundError(f"There is no cluster {which!r}. `duiding clusters show WEEK` lists those of a week.")
    return (card,)


def _record(card: "Card") -> dict[str, Any]:
    why = card.reasons
    titles = {one.article_id: one.title for one in card.articles}
    weakest = titles.get(why.weakest.article) if why and why.weakest else None
    return {
        "cluster": card.cluster_id,
        "label": card.label,
        "size": card.size,
        "sources": len(card.sources),
        "languages": card.languages,
        "cohesion": why.cohesion if why else None,
        "weakest": weakest,
        "weakest_below": why.weakest.below if why and why.weakest else None,
        "shared": {one.word: one.articles for one in why.shared} if why else {},
        "halves": [list(half) for half in why.halves] if why and why.halves else None,
        "joined": why.joined if why else (),
        "parted": why.parted if why else (),
    }


def _row(record: dict[str, Any]) -> dict[str, Any]:
    """A record as people read it."""
    halves = [f"two halves of {len(record['halves'][0])} and {len(record['halves'][1])}"] if record["halves"] else []
    below = f" (-{record['weakest_below']:.2f})" if record["weakest"] else ""
    return record | {
        "cluster": record["cluster"][:12],
        "languages": ", ".join(record["languages"]),
        "cohesion": "" if record["cohesion"] is None else f"{record['cohesion']:.2f}",
        "weakest": "; ".join([*([record["weakest"] + below] if record["weakest"] else []), *halves]),
        "shared": ", ".join(f"{word} {count}" for word, count in record["shared"].items()),
    }


def _correction(said: "Said", titles: dict[str, str], act: str) -> dict[str, Any]:
    sides = [[titles.get(one, one) for one in side] for side in said.act.sides]
    return {
        "act": act,
        "kind": said.act.kind,
        "what": " | ".join("; ".join(side) for side in sides),
        "articles": [list(side) for side in said.act.sides],
        "by": said.name,
        "why": said.why,
        "made": said.made_at,
        "undone": f"undone by {said.undone_by}" if said.undone_at else "",
    }
