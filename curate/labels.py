"""Labels: the words that set a group of articles apart from the rest of its week. Machine-made, and shown as such.

How much a word tells is class-based TF-IDF (Grootendorst 2022, BERTopic): how many texts of the group hold it against
how many of all texts do. What reads like a subject comes first: names, and words of a title. Words that are nearly
always written together ("Hong Kong", "bubonic plague") are shown together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import NamedTuple

from curate import vocabulary

LONGEST = 3
"""Words in a keyword at most."""
TOGETHER = 0.6
"""Share of a word's uses beside another word from which the two are one expression."""
MOSTLY = 0.5
"""Share of a word's uses from which it is taken for a name, or for a part of a source's name."""
_CLOSE_ENDS = 3
"""Letters by which two forms of one word may differ at their ends: badge and badges, school and scholen."""
_OPENING = '.!?:\n“"‘('
"""Signs after which a capital says nothing."""
_NAME_WORTH, _OTHER_WORTH = 1.5, 0.4
"""Weight of a name, and of a word that is neither a name nor in a title, against that of a word in a title."""


_Pair = tuple[str, str]


class _Token(NamedTuple):
    key: str
    written: str
    opens: bool
    """Whether it begins a sentence, or stands in a title: a capital says nothing there."""
    adjoins: bool
    """Whether only a space lies between it and the word before."""
    titled: bool
    """Whether it stands in a title."""


@dataclass(slots=True)
class _Use:
    """How a group uses one word: counts over its texts."""

    texts: int = 0
    titles: int = 0
    written: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    """As written inside a sentence, where a capital means a name."""

    @property
    def count(self) -> int:
        return self.written.total()

    @property
    def is_name(self) -> bool:
        capitals = sum(count for form, count in self.inside.items() if form[0].isupper())
        return capitals > 0 and capitals >= MOSTLY * self.inside.total()

    @property
    def shown(self) -> str:
        """The usual form: of a name with its capital, of another word without one unless it has more (iPhone, EU)."""
        forms = self.inside or self.written
        usual = min(forms, key=lambda form: (form[0].isupper() is not self.is_name, -forms[form], form))
        return usual if self.is_name or not usual.istitle() else usual.lower()


def setting_apart(
    groups: Sequence[Sequence[str]],
    spread: Mapping[str, int],
    total: int,
    left_out: Collection[str] = (),
    most: int = 5,
) -> list[tuple[str, ...]]:
    """Return for each group of texts at most ``most`` keywords that set it apart from everything, most telling first.

    Texts are as ``vocabulary.beginning`` gives them: a title, a line break, and words. ``spread`` says in how many of
    all ``total`` texts a word stands. ``left_out`` are names of sources: they are never shown, nor a word that these
    texts mostly use as a part of such a name.
    """
    never = _parts_of_names([text for texts in groups for text in texts], left_out)
    rare = {word: log(1 + total / count) for word, count in spread.items() if word not in never and count}
    return [_label([_tokens(text) for text in texts], rare, most) for texts in groups]


def _label(texts: Sequence[Sequence[_Token]], rare: dict[str, float], most: int) -> tuple[str, ...]:
    uses = _uses(texts)
    weight = {
        word: _telling(use, len(texts)) * rare[word]
        for word, use in uses.items()
        if word in rare and use.texts >= min(2, len(texts))
    }
    ranked = sorted(weight, key=lambda word: (-round(weight[word], 6), -uses[word].count, word))
    beside = _beside(texts)
    return tuple(_written(phrase, uses, beside) for phrase in _phrases(ranked[: 3 * most], uses, beside, most))


def _telling(use: _Use, texts: int) -> float:
    subject = _NAME_WORTH if use.is_name else 1.0 if use.titles else _OTHER_WORTH
    return subject * (use.texts + use.titles) / texts * (1 + log(use.count / use.texts))


def _phrases(ranked: Sequence[str], uses: dict[str, _Use], beside: Counter[_Pair], most: int) -> list[list[str]]:
    """Take words in order; one that belongs beside a word already taken joins it."""
    phrases: list[list[str]] = []
    for word in ranked:
        whole = next((phrase for phrase in phrases if _extended(phrase, word, uses, beside)), None)
        taken = [other for phrase in phrases for other in phrase if other != word]
        if whole is None and len(phrases) < most and not any(_alike(word, other) for other in taken):
            phrases.append([word])
    return phrases


def _extended(phrase: list[str], word: str, uses: dict[str, _Use], beside: Counter[_Pair]) -> bool:
    """Put the word at the end or the beginning of the phrase if it belongs there, and say whether it does."""
    if len(phrase) >= LONGEST or any(_alike(word, other) for other in phrase):
        return False
    for pair, place in (((phrase[-1], word), len(phrase)), ((word, phrase[0]), 0)):
        one, other = (uses[name] for name in pair)
        if one.is_name is other.is_name and beside[pair] >= TOGETHER * min(one.count, other.count):
            phrase.insert(place, word)
            return True
    return False


def _written(phrase: list[str], uses: dict[str, _Use], beside: Counter[_Pair]) -> str:
    """Write the phrase as it is usually written, with the small word that belongs to a name: De Terp, New York."""
    first = phrase[0]
    small = sorted(
        one
        for one, word in beside
        if word == first
        and one in vocabulary.stop_words()
        and one != first
        and beside[one, first] >= TOGETHER * uses[first].count
    )
    return " ".join([one.capitalize() for one in small[:1]] + [uses[word].shown for word in phrase])


def _alike(one: str, other: str) -> bool:
    """Say whether two words are forms of one (badge, badges) or one begins the other (oogst, oogstvrijdag)."""
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    ends = max(len(one), len(other)) - same
    begins = same == min(len(one), len(other)) and same > _CLOSE_ENDS
    return begins or (ends <= _CLOSE_ENDS and same > max(_CLOSE_ENDS, ends))


def _uses(texts: Sequence[Sequence[_Token]]) -> dict[str, _Use]:
    uses: dict[str, _Use] = defaultdict(_Use)
    for tokens in texts:
        for token in tokens:
            use = uses[token.key]
            use.written[token.written] += 1
            if not token.opens:
                use.inside[token.written] += 1
        for word in {token.key for token in tokens}:
            uses[word].texts += 1
        for word in {token.key for token in tokens if token.titled}:
            uses[word].titles += 1
    return uses


def _beside(texts: Sequence[Sequence[_Token]]) -> Counter[_Pair]:
    """Count the pairs that stand beside each other in two texts or more."""
    count: Counter[_Pair] = Counter()
    holders: Counter[_Pair] = Counter()
    for tokens in texts:
        pairs = [(one.key, other.key) for one, other in pairwise(tokens) if other.adjoins]
        count.update(pairs)
        holders.update(set(pairs))
    return Counter({pair: count[pair] for pair, texts_with in holders.items() if texts_with > 1})


def _tokens(text: str) -> list[_Token]:
    """Return the words in order, of small words only those with a capital, which may belong to a name."""
    title, _, body = text.partition("\n")
    return [*_read(title, titled=True), *_read(body, titled=False)]


def _read(text: str, *, titled: bool) -> Iterator[_Token]:
    small, end, possessive = vocabulary.stop_words(), 0, True
    for match in vocabulary.WORD.finditer(text):
        between, whole = text[end : match.start()], match.group()
        written = whole.removesuffix("'s").removesuffix("’s")
        key = vocabulary.folded(written)
        if key in small and not written[0].isupper():
            continue  # half of all words; what stands between two others keeps them from adjoining
        opens = titled or not end or (between != " " and any(sign in between[-3:] for sign in _OPENING))
        yield _Token(key, written, opens, between == " " and not possessive, titled)
        end, possessive = match.end(), written != whole


def _parts_of_names(texts: Sequence[str], names: Collection[str]) -> frozenset[str]:
    """Return the words that are used mostly as a part of one of the names, written whole."""
    known = {tuple(map(vocabulary.folded, vocabulary.WORD.findall(name))) for name in names}
    starts: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(filter(None, known), key=len, reverse=True):
        starts.setdefault(name[0], []).append(name)
    parts = {word for name in known for word in name}
    used: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for text in texts:
        words = [vocabulary.folded(word) for word in vocabulary.WORD.findall(text)]
        used.update(filter(parts.__contains__, words))
        for place in () if starts.keys().isdisjoint(words) else range(len(words)):
            here = (name for name in starts.get(words[place], ()) if tuple(words[place : place + len(name)]) == name)
            whole.update(next(here, ()))
    return frozenset(word for word in parts if whole[word] >= MOSTLY * used[word])
