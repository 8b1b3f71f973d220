"""Which publisher shows what, and since when: the articles of the sample seen from each publisher's own site."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.demo import sample


@dataclass(frozen=True, slots=True)
class Post:
    """One article as one publisher brings it, at ``published_at`` (aware UTC).

    ``path`` is the page on the publisher's own site, or None where the post only links to the original.
    """

    source: sample.Source
    article: sample.Article
    guid: str
    title: str
    paragraphs: tuple[str, ...]
    address: str
    path: str | None
    published_at: datetime

    @property
    def in_feed(self) -> bool:
        """Whether the publisher's feed tells of it."""
        return not self.article.unlisted


def of_all(bases: Mapping[str, str]) -> tuple[Post, ...]:
    """Return every post of every publisher, newest first; ``bases`` gives each publisher's root URL by slug."""
    publishers = {source.slug: source for source in sample.sources()}
    posts = [post for article in sample.articles() for post in _of_article(article, publishers, bases)]
    return tuple(sorted(posts, key=lambda post: (post.published_at, post.guid), reverse=True))


def damaged(text: str) -> str:
    """Return UTF-8 read as another encoding, as old sites do: cp1252 below 0xA0, ISO-8859-13 from there.

    Bytes that cp1252 does not know (the last of a closing curly quote) are lost.
    """
    read = (bytes([byte]).decode("iso8859-13" if byte >= 0xA0 else "cp1252", "ignore") for byte in text.encode())
    return "".join(read)


def _of_article(
    article: sample.Article, publishers: Mapping[str, sample.Source], bases: Mapping[str, str]
) -> list[Post]:
    original = _post(article, publishers[article.source], article.slug, bases)
    return [original, *(_of_copy(copy, original, publishers, bases) for copy in article.copies)]


def _of_copy(
    copy: sample.Copy, original: Post, publishers: Mapping[str, sample.Source], bases: Mapping[str, str]
) -> Post:
    publisher = publishers[copy.source]
    if copy.slug is None:
        return Post(
            source=publisher,
            article=original.article,
            guid=f"tag:{publisher.slug}.example,2026:doorgegeven/{original.article.slug}",
            title=f"{original.source.name}: {original.title}",
            paragraphs=original.paragraphs,
            address=f"{original.address}?utm_source={publisher.slug}&utm_medium=rss",
            path=None,
            published_at=copy.published_at,
        )
    return _post(original.article, publisher, copy.slug, bases, copy.published_at)


def _post(
    article: sample.Article,
    publisher: sample.Source,
    slug: str,
    bases: Mapping[str, str],
    published_at: datetime | None = None,
) -> Post:
    path = f"/{'artikelen' if publisher.language == 'nl' else 'articles'}/{slug}"
    shown = damaged if article.damaged else str
    return Post(
        source=publisher,
        article=article,
        guid=f"tag:{publisher.slug}.example,2026:{slug}",
        title=shown(article.title),
        paragraphs=tuple(shown(paragraph) for paragraph in article.paragraphs),
        address=bases[publisher.slug] + path,
        path=path,
        published_at=published_at or article.published_at,
    )
