"""The Markdown of this project: its files, their blocks of code, spans of code, headings and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
"""Every page, as a path from the root of the project."""
_BLOCK = re.compile(r"(?:<!-- not run: (?P<why>[^>]+) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code. ``why_not_run`` is the reason in the comment above it, if there is one."""

    file: str
    line: int
    language: str
    text: str
    why_not_run: str | None

    @property
    def place(self) -> str:
        """Where it stands, and how it begins."""
        return f"{self.file}: {self.text.strip().splitlines()[0]}"


def text_of(file: str) -> str:
    """Return what stands in a page."""
    return (ROOT / file).read_text(encoding="utf-8")


def blocks(file: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = text_of(file)
    return [
        Block(file, text.count("\n", 0, found.start()) + 1, found["language"], found["text"], found["why"])
        for found in _BLOCK.finditer(text)
    ]


def prose(file: str) -> str:
    """Return a page without its blocks and comments."""
    return _COMMENT.sub("", _BLOCK.sub("", text_of(file)))


def spans(file: str) -> list[str]:
    """Return what stands between backticks within sentences, each on one line."""
    return [" ".join(span.split()) for span in _SPAN.findall(prose(file))]


def links(file: str) -> list[str]:
    """Return where the links and pictures of a page lead, as they are written."""
    return _LINK.findall(_SPAN.sub("", prose(file)))


def anchors(file: str) -> set[str]:
    """Return the names by which the headings of a page can be linked to."""
    return set(_anchors(file))


def _anchors(file: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for heading in _HEADING.findall(prose(file)):
        plain = re.sub(r"[^\w\- ]", "", _LINK.sub("", heading).lower()).replace(" ", "-")
        count = seen[plain] = seen.get(plain, -1) + 1
        yield f"{plain}-{count}" if count else plain
