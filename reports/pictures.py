"""The themes of an issue week by week, drawn from the numbers that are frozen in it: SVG on the page, PNG in the mail.

The same issue always gives the same bytes. The PNG stands on paper of its own, so that it reads the same on a light and
on a dark screen; whoever sees no images reads the numbers in its description.
"""

import io
import logging
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from curate.issues import Issue, Item
from curate.people import Language
from curate.weeks import Week
from reports.templating import one_line, rendered
from reports.words import Words, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CID = "weeks@duiding"
"""The name of the picture within a mail."""
WIDTH = 400
"""In CSS pixels, a little more than a phone shows; the picture is drawn twice as fine."""
MOST_BYTES = 30_000

_ROW, _TOP, _FINE = 70, 8, 2
_TEXT_SIGNS, _TEXT_LINES, _LINE = 24, 3, 18
_TEXT_AT, _TEXT_WIDTH = 12, 184
_BARS_AT, _BAR, _GAP, _TALL = 204, 19, 4, 36
_LOWEST = 4
"""Articles of the tallest bar at least: one article more or less is no tower."""
_PAPER, _INK, _QUIET, _BEFORE, _NOW = "#f4eee4", "#1f2328", "#5c6470", "#8fb5b3", "#0b6e6e"
_TOLD = 4
"""Weeks that the description tells of each theme."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of a theme; lengths in the units of the picture, y growing downwards."""

    x: int
    y: float
    height: float
    articles: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One theme: the lines of its title and its weeks, oldest first."""

    y: int
    lines: tuple[str, ...]
    bars: tuple[Bar, ...]
    told: str
    """The row in words."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """The whole picture; width and height in CSS pixels."""

    rows: tuple[Row, ...]
    height: int
    description: str


def weeks(issue: Issue, language: Language) -> Weeks | None:
    """Return what is drawn; None when no theme of the issue was seen in two weeks that were clustered."""
    w = words(language)
    shown = [one for one in issue.items if one.standing and len(one.standing.weeks) > 1]
    if not shown:
        return None
    rows = tuple(
        _row(place, one_line(one.title) or w("machine.untitled"), _counts(one), w) for place, one in enumerate(shown)
    )
    description = " ".join((f"{w('issue.weeks')}.", *(one.told for one in rows)))
    return Weeks(rows, _TOP + _ROW * len(rows), description)


def svg(issue: Issue, language: Language) -> str:
    """Return the picture as an ``<svg>`` to put into a page, in the colours around it; empty when there is none."""
    drawn = weeks(issue, language)
    if drawn is None:
        return ""
    return rendered(
        "digest/weeks.svg",
        language,
        {"drawn": drawn, "width": WIDTH, "width_of_bar": _BAR, "line": _LINE, "width_of_text": _TEXT_WIDTH},
    )


def png(issue: Issue, language: Language) -> bytes:
    """Return the picture for a mail, at most 30 kB; empty when there is none."""
    drawn = weeks(issue, language)
    return _painted(drawn) if drawn else b""


def alt(issue: Issue, language: Language) -> str:
    """Return what the picture says, in words; empty when there is none."""
    drawn = weeks(issue, language)
    return drawn.description if drawn else ""


def _counts(one: Item) -> tuple[tuple[str, int], ...]:
    return tuple((week.week, week.articles) for week in one.standing.weeks) if one.standing else ()


def _row(place: int, title: str, counts: Sequence[tuple[str, int]], w: Words) -> Row:
    y = _TOP + _ROW * place
    foot, most = y + _ROW - 14, max(_LOWEST, *(articles for _, articles in counts))
    bars = tuple(
        Bar(
            x=_BARS_AT + number * (_BAR + _GAP),
            y=round(foot - max(1.5, _TALL * articles / most), 1),
            height=round(max(1.5, _TALL * articles / most), 1),
            articles=articles,
            is_now=number == len(counts) - 1,
        )
        for number, (_, articles) in enumerate(counts)
    )
    last = [(Week.parse(week).number, articles) for week, articles in counts[-_TOLD:]]
    numbers = w.listed(w("issue.weeks_alt_one", n=w.number(articles), week=week) for week, articles in last)
    return Row(y, _lines(title), bars, w("issue.weeks_alt", title=title, numbers=numbers))


def _lines(title: str) -> tuple[str, ...]:
    lines = textwrap.wrap(title, _TEXT_SIGNS, max_lines=_TEXT_LINES, placeholder="…") or [title[:_TEXT_SIGNS]]
    return tuple(line if len(line) <= _TEXT_SIGNS else f"{line[: _TEXT_SIGNS - 1]}…" for line in lines)


@lru_cache(maxsize=16)
def _painted(drawn: Weeks) -> bytes:
    """Draw the picture with a fixed font and few colours; a sign that the font lacks is left out."""
    from matplotlib.figure import Figure
    from PIL import Image

    # Matplotlib warns of every font it looks at on a machine without its favourite ones.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    figure = Figure(figsize=(WIDTH / 100, drawn.height / 100), dpi=100 * _FINE, facecolor=_PAPER)
    _draw(figure, drawn)
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba")
    image = Image.frombytes("RGBA", (WIDTH * _FINE, drawn.height * _FINE), raw.getvalue())
    kept = io.BytesIO()
    image.convert("RGB").quantize(16).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _draw(figure: "Figure", drawn: Weeks) -> None:
    from matplotlib.patches import Rectangle

    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH), ylim=(drawn.height, 0))
    room = axes.add_patch(Rectangle((_TEXT_AT, 0), _TEXT_WIDTH, drawn.height, color=_PAPER, lw=0))
    known = _signs()
    style: dict[str, Any] = {"family": "DejaVu Sans", "parse_math": False, "va": "center"}
    for row in drawn.rows:
        middle = row.y + _ROW / 2 - 2
        for number, line in enumerate(row.lines):
            at = middle + (number - (len(row.lines) - 1) / 2) * _LINE
            seen = "".join(sign for sign in line if ord(sign) in known)
            drawn_line = axes.text(_TEXT_AT, at, seen, size=10.2, color=_INK, **style)
            drawn_line.set(clip_path=room, clip_on=True)
        for bar in row.bars:
            axes.add_patch(Rectangle((bar.x, bar.y), _BAR, bar.height, color=_NOW if bar.is_now else _BEFORE, lw=0))
            colour = _INK if bar.is_now else _QUIET
            axes.text(bar.x + _BAR / 2, bar.y - 8, str(bar.articles), size=9, color=colour, ha="center", **style)


def _signs() -> frozenset[int]:
    """The signs that the font has which comes with matplotlib."""
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=True)
    return frozenset(ft2font.FT2Font(path).get_charmap())
