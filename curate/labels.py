"""Labels: the words that set a group of articles apart from the rest of its week. Machine-made, and shown as such.

How much a word tells is class-based TF-IDF (Grootendorst 2022, BERTopic): how many texts of the group hold it against
how many of all texts do. What reads like a subject comes first: names, and words of a title. Words that are nearly
always written together ("Hong Kong", "bubonic plague") are shown together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise
from math import log
from typing import NamedTuple, TypeVar

from curate import vocabulary

LONGEST = 3
"""Words in a keyword at most."""
TOGETHER = 0.6
"""Share of a word's uses beside another word from which the two are one expression."""
MOSTLY = 0.5
"""Share of a word's uses from which it is taken for a name, or for a part of a source's name."""
_CLOSE_ENDS = 3
"""Letters by which two forms of one word may differ at their ends: badge and badges, school and scholen."""
_TEXTS_READ, _WORDS_READ, _FEWEST_READ, _ALL_READ = 8, 150, 30, 250_000
"""What is read: texts of a group at most; words of a text after its title at most, and, since so many groups must not
take minutes, fewer when there would be more than so many of them in all, but never less than these few."""
_NAMES_READ = 1000
"""Texts that are read to see how the names of sources are used."""
_PARTS = re.compile(f"({vocabulary.WORD.pattern})")
_POSSESSIVE = ("'s", "’s")
_T = TypeVar("_T")
_OPENING = (*vocabulary.OPENING, "\n")
"""Signs after which a capital says nothing."""
_NAME_WORTH, _OTHER_WORTH = 1.5, 0.4
"""Weight of a name, and of a word that is neither a name nor in a title, against that of a word in a title."""


_Pair = tuple[str, str]


class _Token(NamedTuple):
    key: str
    written: str
    opens: bool
    """Whether it begins a sentence, or stands in a title: a capital says nothing there."""
    before: int
    """Place of the word before, when only a space lies between; else -1."""
    at: int
    """Its own place in the text."""
    titled: bool
    """Whether it stands in a title."""
    within: bool
    """Whether a word with a capital stands right before or after it: it may be a part of a longer name."""


class _Cut(NamedTuple):
    """A text cut at its words."""

    pieces: list[str]
    """What lies before the first word, that word, what lies between it and the next, and so on."""
    titled: int
    """How many pieces belong to the title."""
    keys: list[str]
    """The words as they are compared."""


@dataclass(slots=True)
class _Use:
    """How a group uses one word: counts over its texts."""

    texts: int = 0
    titles: int = 0
    written: list[str] = field(default_factory=list)
    """As it stands each time."""
    inside: list[str] = field(default_factory=list)
    """As it stands inside a sentence, where a capital means a name."""
    capitals: int = 0
    """How often it has one there."""
    body: int = 0
    body_capitals: int = 0
    """The same outside titles: what never stands there without a capital is a name too (Gov. Kristi Noem)."""
    within: int = 0
    """How often inside a sentence it stands beside another word with a capital."""
    languages: set[str] = field(default_factory=set)
    """Of the texts that hold it."""

    def met(self, token: _Token) -> None:
        """Count it once more."""
        is_capital = token.written[0].isupper()
        self.written.append(token.written)
        if not token.titled:
            self.body += 1
            self.body_capitals += is_capital
        if not token.opens:
            self.inside.append(token.written)
            self.capitals += is_capital
            self.within += token.within

    @property
    def count(self) -> int:
        return len(self.written)

    @property
    def is_name(self) -> bool:
        if self.inside:
            return self.capitals > 0 and self.capitals >= MOSTLY * len(self.inside)
        return self.body_capitals > 1 and self.body_capitals == self.body

    @property
    def is_fragment(self) -> bool:
        """Whether it is always a part of longer names and in no title: the Agency of the European Space Agency."""
        return self.is_name and not self.titles and self.within == len(self.inside) > 0

    @property
    def shown(self) -> str:
        """The usual form: of a name with its capital, of another word without one unless it has more (iPhone, EU)."""
        forms = Counter(self.inside or self.written)
        usual = min(
            forms, key=lambda form: (form[0].isupper() is not self.is_name, _is_shouted(form), -forms[form], form)
        )
        return usual if self.is_name or not usual.istitle() else usual.lower()


def _is_shouted(form: str) -> bool:
    return form.isupper() and len(form) > len("NASA")


def setting_apart(
    groups: Sequence[Sequence[str]],
    spread: Mapping[str, int],
    total: int,
    left_out: Collection[str] = (),
    most: int = 5,
    languages: Sequence[Sequence[str]] = (),
) -> list[tuple[str, ...]]:
    """Return for each group of texts at most ``most`` keywords that set it apart from everything, most telling first.

    Texts are as ``vocabulary.beginning`` gives them: a title, a line break, and words. ``spread`` says in how many of
    all ``total`` texts a word stands. ``left_out`` are names of sources: they are never shown, nor a word that these
    texts mostly use as a part of such a name. ``languages`` has the language of each text of each group: with it, no
    word is shown that only articles in a lesser language of the group have.

    Of each text the title and the first words are read, and of a large group a sample of its texts.
    """
    said = languages or [[""] * len(texts) for texts in groups]
    chosen = [_sampled(texts, codes) for texts, codes in zip(groups, said, strict=True)]
    words = max(_FEWEST_READ, min(_WORDS_READ, _ALL_READ // max(1, sum(len(texts) for texts, _ in chosen))))
    every = _sample([text for texts in groups for text in texts], _NAMES_READ)
    never = _parts_of_names((_cut(text, _WORDS_READ) for text in every), left_out)
    worth = _Worth(spread, total, never, 6 if words > _FEWEST_READ else 3)
    return [_label([_cut(text, words) for text in texts], codes, worth, most) for texts, codes in chosen]


@dataclass(frozen=True, slots=True)
class _Worth:
    """How rare words are among all texts, and which are never shown."""

    spread: Mapping[str, int]
    total: int
    never: frozenset[str]
    candidates: int
    """Words looked at closely for each that may be shown."""

    def rare(self, word: str) -> float:
        """The higher the fewer texts hold the word; 0 for a word that is never shown."""
        count = self.spread.get(word, 0)
        return log(1 + self.total / count) if count and word not in self.never else 0.0


def _label(texts: Sequence[_Cut], languages: Sequence[str], worth: _Worth, most: int) -> tuple[str, ...]:
    wanted = _candidates(texts, worth, worth.candidates * most)
    tokens = [_tokens(one, wanted) for one in texts]
    uses = _uses(tokens, languages)
    foreign = _foreign(uses, languages)
    weight = {
        word: _telling(use, len(texts)) * worth.rare(word)
        for word, use in uses.items()
        if word in wanted and word not in foreign and (use.is_name or not _is_unlabelling(word))
    }
    ranked = sorted(weight, key=lambda word: (-round(weight[word], 6), -uses[word].count, word))
    beside = _beside(tokens)
    phrases = _phrases(ranked[: 4 * most], uses, beside, most + 2)
    whole = [phrase for phrase in phrases if len(phrase) > 1 or not _says_nothing(phrase[0], uses[phrase[0]])]
    return tuple(_written(phrase, uses, beside) for phrase in (whole if len(whole) > 1 else phrases)[:most])


def _candidates(texts: Sequence[_Cut], worth: _Worth, most: int) -> frozenset[str]:
    """Return the words that more than one text holds and that promise most; only these are looked at closely."""
    holders = Counter(key for text in texts for key in set(text.keys))
    titles = Counter(key for text in texts for key in set(text.keys[: text.titled // 2]))
    least, small = min(2, len(texts)), vocabulary.stop_words()
    shared = (key for key, n in holders.items() if n >= least and len(key) > 2 and key not in small)
    promise = {key: (holders[key] + titles[key]) * worth.rare(key) for key in shared}
    ranked = sorted((key for key in promise if promise[key]), key=lambda key: (-round(promise[key], 6), key))
    return frozenset(ranked[:most])


def _foreign(uses: Mapping[str, _Use], languages: Sequence[str]) -> set[str]:
    """Return the words, other than names, that only texts hold whose language is a lesser one of the group.

    Where no language leads, none is a lesser one.
    """
    ranked = Counter(languages).most_common()
    if len(ranked) < 2 or ranked[0][1] == ranked[1][1]:
        return set()
    lead = ranked[0][0]
    return {word for word, use in uses.items() if not use.is_name and lead not in use.languages}


def _says_nothing(word: str, use: _Use) -> bool:
    return use.is_fragment or _is_unlabelling(word)


@cache
def _unlabelling() -> frozenset[str]:
    text = resources.files("curate").joinpath("unlabelling.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(vocabulary.folded(word) for line in lines for word in line.split())


def _is_unlabelling(word: str) -> bool:
    """Say whether a word that is no name says nothing by itself: a verb, an adverb, or furniture of a site."""
    return word in _unlabelling() or (word.endswith("ly") and len(word) > len("early"))


def _sampled(texts: Sequence[str], languages: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return some of the texts with their languages, the same ones in whatever order they came."""
    chosen = _sample(sorted(zip(texts, languages, strict=True)), _TEXTS_READ)
    return [text for text, _ in chosen], [language for _, language in chosen]


def _sample(every: list[_T], most: int) -> list[_T]:
    """Return at most ``most``, evenly spaced."""
    return every if len(every) <= most else [every[place * len(every) // most] for place in range(most)]


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
    for pair, place in (((phrase[-1], word), len(phrase)), ((word, phrase[0]), 0)):
        if not (times := beside.get(pair)) or len(phrase) >= LONGEST or any(_alike(word, other) for other in phrase):
            continue
        one, other = (uses[name] for name in pair)
        if one.is_name is other.is_name and times >= TOGETHER * min(one.count, other.count):
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
    if one[: _CLOSE_ENDS + 1] != other[: _CLOSE_ENDS + 1]:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    ends = max(len(one), len(other)) - same
    return same == min(len(one), len(other)) or (ends <= _CLOSE_ENDS and same > max(_CLOSE_ENDS, ends))


def _uses(texts: Sequence[Sequence[_Token]], languages: Sequence[str]) -> dict[str, _Use]:
    uses: dict[str, _Use] = defaultdict(_Use)
    for tokens, language in zip(texts, languages, strict=True):
        for token in tokens:
            uses[token.key].met(token)
        for word in {token.key for token in tokens}:
            uses[word].texts += 1
            uses[word].languages.add(language)
        for word in {token.key for token in tokens if token.titled}:
            uses[word].titles += 1
    return uses


def _beside(texts: Sequence[Sequence[_Token]]) -> Counter[_Pair]:
    """Count the pairs that stand beside each other in two texts or more.

    A small word must do so elsewhere than at the beginning of sentences, where it has its capital from: "In Delft" is
    no name, "De Terp" is one.
    """
    count: Counter[_Pair] = Counter()
    holders: Counter[_Pair] = Counter()
    sure: set[_Pair] = set()
    for tokens in texts:
        adjoining = [(one, other) for one, other in pairwise(tokens) if other.before == one.at]
        pairs = [(one.key, other.key) for one, other in adjoining]
        count.update(pairs)
        holders.update(set(pairs))
        sure.update((one.key, other.key) for one, other in adjoining if one.titled or not one.opens)
    small = vocabulary.stop_words()
    kept = (pair for pair, n in holders.items() if n > 1 and (pair in sure or pair[0] not in small))
    return Counter({pair: count[pair] for pair in kept})


def _cut(text: str, words: int) -> _Cut:
    """Cut the title and so many words of the text."""
    title, _, body = text.partition("\n")
    # Twelve letters are more than words have in the mean: what is cut off within the last one costs nothing.
    head, rest = _PARTS.split(title), _PARTS.split(body[: 12 * words], words)
    pieces = [*head[:-1], f"{head[-1]}\n{rest[0]}", *rest[1:]]
    return _Cut(pieces, len(head) - 1, list(map(vocabulary.folded, pieces[1::2])))


def _tokens(text: _Cut, wanted: Collection[str]) -> list[_Token]:
    """Return the wanted words in order, and of the small words those with a capital, which may belong to a name."""
    small, pieces = vocabulary.stop_words(), text.pieces
    places = [
        place
        for place, key in enumerate(text.keys)
        if key in wanted or (key in small and pieces[2 * place + 1][0].isupper())
    ]
    return [_token(text, place) for place in places]


def _token(text: _Cut, place: int) -> _Token:
    pieces, at = text.pieces, 2 * place + 1
    whole, between = pieces[at], pieces[at - 1]
    is_possessive = whole.endswith(_POSSESSIVE)
    before = pieces[at - 2] if at > 1 else ""
    adjoins = between == " " and not before.endswith(_POSSESSIVE)
    is_last = at + 2 >= len(pieces)
    followed = not is_last and not is_possessive and pieces[at + 1] == " " and pieces[at + 2][0].isupper()
    is_titled = at < text.titled
    opens = is_titled or not before or (between != " " and any(sign in between[-3:] for sign in _OPENING))
    within = followed or (adjoins and before[:1].isupper())
    written = whole[:-2] if is_possessive else whole
    return _Token(text.keys[place], written, opens, at - 2 if adjoins else -1, at, is_titled, within)


def _parts_of_names(texts: Iterable[_Cut], names: Collection[str]) -> frozenset[str]:
    """Return the words that are used mostly as a part of one of the names, written whole."""
    known = {tuple(map(vocabulary.folded, vocabulary.WORD.findall(name))) for name in names}
    starts: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(filter(None, known), key=len, reverse=True):
        starts.setdefault(name[0], []).append(name)
    parts = {word for name in known for word in name}
    used: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for text in texts if parts else ():
        words = text.keys
        used.update(filter(parts.__contains__, words))
        for place in () if starts.keys().isdisjoint(words) else range(len(words)):
            here = (name for name in starts.get(words[place], ()) if tuple(words[place : place + len(name)]) == name)
            whole.update(next(here, ()))
    return frozenset(word for word in parts if whole[word] >= MOSTLY * used[word])
