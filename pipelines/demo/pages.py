"""The web pages of the sample publishers, with the furniture that surrounds a text on a real site."""

from collections.abc import Sequence
from html import escape
from string import Template

from pipelines.demo import feeds, sample
from pipelines.demo.posts import Post

RELATED = 4


def article(post: Post, base: str, others: Sequence[Post]) -> bytes:
    """Return the page of a post; ``others`` are what the same publisher has brought, offered to read next."""
    words = {
        "title": post.title,
        "author": post.article.author,
        "teaser": feeds.teaser(post),
        "address": post.address,
        "published_at": post.published_at.isoformat(),
        "published_on": f"{post.published_at:%d-%m-%Y}",
    }
    return _filled(
        f"templates/article-{post.source.language}.html",
        {name: escape(text) for name, text in words.items()}
        | _site(post.source, base)
        | {
            "language": post.article.language,
            "body": feeds.body(post),
            "related": _links([other for other in others if other.guid != post.guid][:RELATED]),
        },
    )


def front(source: sample.Source, base: str, posts: Sequence[Post]) -> bytes:
    """Return the front page of a publisher, which also tells where its feed is."""
    return _filled(
        "templates/front.html", _site(source, base) | {"language": source.language, "related": _links(posts)}
    )


def broken() -> bytes:
    """Return what a publisher answers instead of a feed while its site is out of order."""
    return sample.text_of("templates/broken.html").encode()


def _site(source: sample.Source, base: str) -> dict[str, str]:
    return {
        "site": escape(source.name),
        "tagline": escape(source.tagline),
        "nav": "".join(
            f'<li><a href="/menu/{number}">{escape(word)}</a></li>' for number, word in enumerate(source.nav)
        ),
        "feed": base + source.path,
        "feed_type": feeds.CONTENT_TYPES[source.feed],
    }


def _links(posts: Sequence[Post]) -> str:
    return "".join(f'<li><a href="{escape(post.address)}">{escape(post.title)}</a></li>' for post in posts)


def _filled(name: str, words: dict[str, str]) -> bytes:
    return Template(sample.text_of(name)).substitute(words).encode()
