"""Representatives: in which order the articles of a cluster are shown, so that the first few stand for all."""

from collections import Counter
from collections.abc import Sequence

SHARE = 0.2
"""Share of a cluster's articles from which a language belongs among the first ones shown."""
FIRST = 3
"""How many are shown before one asks for more."""


def order(central: Sequence[int], sources: Sequence[str], languages: Sequence[str]) -> list[int]:
    """Return the rows of ``central`` (the most central first) in the order in which they are shown.

    ``sources[row]`` and ``languages[row]`` belong to the rows. The most central article comes first; then every source
    gets its best one in before any gets a second; and a language with a fair share of the articles stands among the
    first three. Copies were folded before: they are no rows.
    """
    turns = _by_turns(central, sources)
    said = Counter(languages[row] for row in central)
    due = {language for language, count in said.items() if count >= SHARE * len(central)}
    front = turns[:1]
    while len(front) < min(FIRST, len(turns)):
        rest = [row for row in turns if row not in front]
        missing = due - {languages[row] for row in front}
        # A place is given to a language only when no more places are left than languages wait for one.
        waiting = [row for row in rest if languages[row] in missing] if len(missing) >= FIRST - len(front) else []
        front.append((waiting or rest)[0])
    shown = set(front)
    return [*front, *(row for row in turns if row not in shown)]


def _by_turns(central: Sequence[int], sources: Sequence[str]) -> list[int]:
    turn: Counter[str] = Counter()
    turns = []
    for place, row in enumerate(central):
        turns.append((turn[sources[row]], place, row))
        turn[sources[row]] += 1
    return [row for _, _, row in sorted(turns)]
