"""The map of a week: clusters as soft areas with their names, articles as points that are links.

The picture keeps the positions it is given as far as areas and names can be read: the largest stands where it belongs,
each next one at the nearest place where it covers no other, and within an area each article takes the spot nearest to
its own. The same week always gives the same map.
"""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, hypot, pi, sin, sqrt

from curate.cards import Card, CardArticle
from curate.people import Language
from reports.templating import lang, link, one_line, rendered
from reports.words import Words, words

WIDTH = 400.0
"""Of the viewBox: about a phone's, so that names are as large there as they are meant."""
MARGIN = 8.0
MAX_AREAS = 24
"""More areas make no picture; the smaller clusters stand in the list only."""
MAX_POINTS = 80
THEMES = ("#0072b2", "#c65600", "#008a65", "#b25a88", "#a87300", "#2b86b8", "#867c00", "#78808b")
"""Okabe and Ito's palette, each at least 3:1 on the light and on the dark paper (for shapes, never for text)."""

_LETTER = 7.2
"""Width of a letter of a name at its size of 12, a little more than system fonts need."""
_LINE = 15.0
_GAP = 9.0
_LABEL_SIGNS, _LABEL_LINES = 18, 3
_LARGEST, _SMALLEST, _PER_ROOT = 60.0, 17.0, 14.0
_GOLDEN = pi * (3 - sqrt(5))
_FILLED = 0.62
"""The part of the map that areas and names fill; with more, the last ones stand far from their positions."""


@dataclass(frozen=True, slots=True)
class Point:
    """An article; x and y in units of the viewBox."""

    x: float
    y: float
    href: str
    title: str
    language: str
    shape: str
    """``circle`` for Dutch, ``diamond`` for English, ``square`` for other languages."""


@dataclass(frozen=True, slots=True)
class Area:
    """A cluster; the circle's centre and radius, the lines of its name and the baseline of the first of them."""

    x: float
    y: float
    radius: float
    lines: tuple[str, ...]
    baseline: float
    by_machine: bool
    theme: int
    """Index into :data:`THEMES`."""
    href: str
    title: str
    points: tuple[Point, ...]
    point_size: float


@dataclass(frozen=True, slots=True)
class _Box:
    """The room that a circle and its name take: centre and size."""

    x: float
    y: float
    width: float
    height: float


def svg(cards: Sequence[Card], language: Language, hrefs: Mapping[str, str]) -> str:
    """Return the map as an ``<svg class="map">`` to put into a page.

    ``hrefs`` leads from a cluster id to where it can be read: http(s), or a path or anchor of our own. It needs no
    style sheet: names have the colour of the text around them. Hooks for one: ``.area``, ``.name``, ``.point``.
    """
    return rendered("map/map.svg", language, _values(cards, language, hrefs))


def standalone(cards: Sequence[Card], language: Language, hrefs: Mapping[str, str]) -> str:
    """Return the map as a file of its own, on light or dark paper as the reader's system asks."""
    return rendered("map/standalone.svg", language, _values(cards, language, hrefs))


def placed(cards: Sequence[Card], language: Language, hrefs: Mapping[str, str]) -> tuple[tuple[Area, ...], float]:
    """Return the areas of the largest clusters, none covering another, and the height that they need."""
    w = words(language)
    shown = sorted(cards, key=lambda card: -card.size)[:MAX_AREAS]
    per_root = min(_PER_ROOT, _LARGEST / sqrt(max((card.size for card in shown), default=1)))
    radii = [max(_SMALLEST, per_root * sqrt(card.size)) for card in shown]
    names = [_lines(one_line(card.title) or one_line(card.label) or w("machine.untitled")) for card in shown]
    rooms = tuple(_room(*pair) for pair in zip(radii, names, strict=True))
    boxes, height = _apart(tuple(card.position for card in shown), rooms)
    areas = [
        _area(card, (theme % len(THEMES), radius, lines, box), w, hrefs)
        for theme, (card, radius, lines, box) in enumerate(zip(shown, radii, names, boxes, strict=True))
    ]
    return tuple(areas), height


def _values(cards: Sequence[Card], language: Language, hrefs: Mapping[str, str]) -> Mapping[str, object]:
    w = words(language)
    areas, height = placed(cards, language, hrefs)
    used = {point.shape: point for area in areas for point in area.points}
    notes = [w("map.machine")] if any(area.by_machine for area in areas) else []
    if left_out := len(cards) - len(areas):
        notes.append(w.count("map.left_out", left_out))
    return {
        "areas": areas,
        "themes": THEMES,
        "width": WIDTH,
        "height": height,
        "description": _description(cards, w),
        "legend": [(shape, _shape_name(shape, w)) for shape in ("circle", "diamond", "square") if shape in used],
        "notes": [line for note in notes for line in textwrap.wrap(note, 58)],
    }


def _description(cards: Sequence[Card], w: Words) -> str:
    clusters = w.count("card.clusters", len(cards))
    return w("map.description", clusters=clusters, articles=w.count("card.articles", sum(card.size for card in cards)))


def _shape_name(shape: str, w: Words) -> str:
    return {"circle": w("language.nl"), "diamond": w("language.en")}.get(shape, w("map.other_language"))


def _area(card: Card, drawn: tuple[int, float, tuple[str, ...], _Box], w: Words, hrefs: Mapping[str, str]) -> Area:
    theme, radius, lines, box = drawn
    top = box.y - box.height / 2 + _GAP / 2
    y = top + len(lines) * _LINE + radius + 2
    points = card.articles[:MAX_POINTS]
    spots = _spots(card, points, radius)
    return Area(
        x=round(box.x, 1),
        y=round(y, 1),
        radius=round(radius, 1),
        lines=lines,
        baseline=round(top + _LINE - 4, 1),
        by_machine=not one_line(card.title),
        theme=theme,
        href=_own(hrefs.get(card.cluster_id, "")),
        title=_title(card, w),
        points=tuple(_point(one, box.x + dx, y + dy, w) for one, (dx, dy) in zip(points, spots, strict=True)),
        point_size=round(min(4.0, max(1.8, 0.62 * radius / sqrt(max(1, len(points))))), 1),
    )


def _title(card: Card, w: Words) -> str:
    name = one_line(card.title) or one_line(card.label) or w("machine.untitled")
    mix = w(
        "card.mix",
        articles=w.count("card.articles", card.size),
        sources=w.count("card.sources", len(card.sources)),
        languages=w.count("card.languages", len(card.languages)),
    )
    return f"{name}: {mix}" if one_line(card.title) else f"{name} ({w('machine.suggestion')}): {mix}"


def _point(article: CardArticle, x: float, y: float, w: Words) -> Point:
    return Point(
        x=round(x, 1),
        y=round(y, 1),
        href=link(article.url),
        title=w("map.point", title=one_line(article.title), source=one_line(article.source)),
        language=lang(article.language),
        shape={"nl": "circle", "en": "diamond"}.get(article.language, "square"),
    )


def _spots(card: Card, points: Sequence[CardArticle], radius: float) -> list[tuple[float, float]]:
    """Give each article the free spot of the disc nearest to where it lies on the map, as steps from the centre."""
    free = [_seed(n, len(points), radius) for n in range(len(points))]
    away = [_away(card, article) for article in points]
    widest = max((hypot(*step) for step in away), default=0.0)
    if widest == 0:
        return free
    scale = (radius - 6) / widest
    found = []
    for dx, dy in away:
        spot = min(free, key=lambda one: (round(hypot(one[0] - dx * scale, one[1] - dy * scale), 3), one))
        free.remove(spot)
        found.append(spot)
    return found


def _away(card: Card, article: CardArticle) -> tuple[float, float]:
    x, y = article.position or card.position
    return x - card.position[0], y - card.position[1]


def _seed(n: int, of: int, radius: float) -> tuple[float, float]:
    """Spread spots evenly over a disc, as the seeds of a sunflower are (Vogel 1979)."""
    distance = (radius - 6) * sqrt(n + 0.5) / sqrt(of) if of > 1 else 0.0
    return distance * cos(n * _GOLDEN), distance * sin(n * _GOLDEN)


def _own(href: str) -> str:
    """A path or an anchor of our own site, or an http(s) address; anything else leads nowhere."""
    if href.startswith("#") or (href.startswith("/") and not href.startswith(("//", "/\\"))):
        return href
    return link(href)


def _lines(name: str) -> tuple[str, ...]:
    """The machine's words stand with dots between them; a dot at the edge of a line would say nothing."""
    wrapped = textwrap.wrap(name, _LABEL_SIGNS, max_lines=_LABEL_LINES, placeholder="…")
    lines = (line.strip(" ·") or line for line in wrapped)
    return tuple(line if _wide(line) <= _LABEL_SIGNS else line[: _LABEL_SIGNS // 2 - 1] + "…" for line in lines)


def _wide(text: str) -> int:
    """Width in letters; the signs of Chinese, Japanese and Korean and most emoji take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _room(radius: float, lines: tuple[str, ...]) -> tuple[float, float]:
    widest = max(_wide(line) for line in lines) * _LETTER
    return max(2 * radius, widest) + _GAP, 2 * radius + len(lines) * _LINE + 2 + _GAP


@lru_cache(maxsize=64)
def _apart(
    positions: tuple[tuple[float, float], ...], rooms: tuple[tuple[float, float], ...]
) -> tuple[tuple[_Box, ...], float]:
    """Give each box, in the order given, the free place nearest to its position; below all others if there is none.

    Remembered, since everybody who opens a week's board sees the same map.
    """
    height = max(sum(width * tall for width, tall in rooms) / (_FILLED * WIDTH), *(room[1] for room in rooms), 160.0)
    boxes: list[_Box] = []
    for (x, y), (width, tall) in zip(positions, rooms, strict=True):
        wanted = _inside(_Box(x * WIDTH, y * height, width, tall), height)
        free = (_Box(at_x, at_y, width, tall) for _, at_y, at_x in _places(wanted, boxes, height))
        boxes.append(next((place for place in free if _is_free(place, boxes)), None) or _below(wanted, boxes))
    top = min((box.y - box.height / 2 for box in boxes), default=0.0) - MARGIN
    lowest = max((box.y + box.height / 2 for box in boxes), default=height)
    return tuple(replace(box, y=box.y - top) for box in boxes), round(lowest - top + MARGIN, 1)


def _places(wanted: _Box, boxes: Sequence[_Box], height: float) -> list[tuple[float, float, float]]:
    """The wanted place and those inside the map that line up with the sides of boxes that stand already, nearest first.

    As (distance, y, x).
    """
    across = {wanted.x} | {box.x + way * (box.width + wanted.width) / 2 for box in boxes for way in (-1, 1)}
    along = {wanted.y} | {box.y + way * (box.height + wanted.height) / 2 for box in boxes for way in (-1, 1)}
    columns = [x for x in across if MARGIN + wanted.width / 2 <= x <= WIDTH - MARGIN - wanted.width / 2]
    rows = [y for y in along if wanted.height / 2 <= y <= height - wanted.height / 2]
    return sorted((round(hypot(x - wanted.x, y - wanted.y), 3), y, x) for x in columns for y in rows)


def _is_free(place: _Box, boxes: Sequence[_Box]) -> bool:
    return not any(_cover(place, box) for box in boxes)


def _cover(one: _Box, other: _Box) -> bool:
    across = (one.width + other.width) / 2 - abs(one.x - other.x)
    return across > 0.01 and (one.height + other.height) / 2 - abs(one.y - other.y) > 0.01


def _below(wanted: _Box, boxes: Sequence[_Box]) -> _Box:
    return replace(wanted, y=max(box.y + box.height / 2 for box in boxes) + wanted.height / 2)


def _inside(box: _Box, height: float) -> _Box:
    x = min(max(box.x, MARGIN + box.width / 2), WIDTH - MARGIN - box.width / 2)
    return replace(box, x=x, y=min(max(box.y, box.height / 2), height - box.height / 2))
