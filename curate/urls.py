"""Addresses from outside: what an address is the identity of, and which may be followed or shown.

``courlan`` is not used for identity, though it cleans well: it drops whole families of parameters by a part of their
name (``gallery``, ``reference``, ``uid``, ``cid``), every parameter without a value (``/view?123``), and takes an
address standing in a parameter for the address itself. Each of these makes one article of two different ones, which
loses one for ever; a tracking parameter too many only makes one row too many, which the comparison of texts finds.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

import idna

from curate import ids

LONGEST = 4096
"""Characters; anything longer is no address that people share."""

_REMEMBERED = 8192
"""Addresses whose reading is remembered: comparing a feed with what is known reads each a dozen times."""

NEVER_FETCHED = ("linkedin.com", "lnkd.in", "licdn.com")

_TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "mtm_", "piwik_", "matomo_", "_hs", "__hs", "ga_", "vero_", "oly_", "itm_")
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id mkt_tok xtor "
    "trk trkinfo trkemail trkcampaign trackingid lipi licu rcm midtoken midsig si _ga _gl _openstat "
    "fb_action_ids fb_action_types fb_ref fb_source hsctatracking wt_mc wt.mc_id cmpid ncid ocid smid icid s_cid "
    "sr_share guccounter guce_referrer guce_referrer_sig phpsessid jsessionid action_object_map "
    "action_ref_map action_type_map ns_campaign ns_mchannel ns_source ns_linkname at_medium at_campaign".split()
)
_WHERE_FROM = frozenset({"ref", "referrer", "source", "src", "via"})
"""Tracking by some, meaning by others (a branch, a collection): dropped only with a value that says where from."""
_ORIGIN = re.compile(
    r"(?:rss|feed|atom|newsletter|nieuwsbrief|e?-?mail|twitter|twitter_?share|facebook|linkedin|mastodon|bluesky|"
    r"whatsapp|social|share|homepage|(?:[a-z0-9-]+\.)+[a-z]{2,12})",
    re.IGNORECASE,
)
_ESCAPED_AMP = re.compile(r"^(?:amp;)+")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ASCII_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_SLUG = re.compile(r"[-_.\d]")
_AMP_TAIL = re.compile(r"/amp/*$", re.IGNORECASE)
_AMP_NAME = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
_GOOGLE_AMP = re.compile(r"/amp/(s/)?([^/]+\.[^/]+/.+)")
_AMP_CDN = re.compile(r"/[cv]/(s/)?([^/]+\.[^/]+/.+)")
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "gob", "or", "ne", "go"})
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_TYPED = re.compile(r"https?://[^\s<>\"“”„«»‹›`|\\^{}\x00-\x1f\x7f-\x9f]+", re.IGNORECASE)
_CLOSING = ".,;:!?…'’‘*_~"
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class _Parts:
    """An http(s) address taken apart; the host is ASCII and lower case, the port is None when it is the usual one."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    has_user: bool

    @property
    def netloc(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port is None else f"{shown}:{self.port}"


@lru_cache(maxsize=_REMEMBERED)
def canonical(url: str) -> str | None:
    """Return the address an article is known by, or None when ``url`` is not an http(s) address with a host.

    Scheme and host in lower case (host in its ASCII form), usual port, user, fragment (except ``#!`` routes), tracking
    parameters, AMP forms and trailing slash dropped, parameters sorted by name. It keeps the scheme it was given, and
    applying it twice changes nothing. It is there to compare and to show; fetch the address as its source gave it.
    """
    parts = _parts(url)
    if parts is None:
        return None
    address = _written(parts)
    within = _cached_by_amp(address)
    return (canonical(within) if within else None) or address


@lru_cache(maxsize=_REMEMBERED)
def identity(url: str) -> str | None:
    """Return what two addresses of one article share: the canonical address without scheme and ``www.``."""
    address = canonical(url)
    if address is None:
        return None
    rest = address.split("://", 1)[1]
    bare = rest.removeprefix("www.")
    return bare if "." in bare.split("/", 1)[0] else rest


def article_id(url: str) -> str:
    """Return the id of the article at this address; http and https, with and without ``www.``, give the same.

    Raises ValueError when ``url`` is not an http(s) address with a host.
    """
    address = identity(url)
    if address is None:
        raise ValueError("an article needs an http(s) address")
    return ids.of(address)


def host_of(url: str) -> str:
    """Return the host in lower-case ASCII without port and trailing dot, or "" when there is none."""
    parts = _parts(url)
    return parts.host if parts else ""


def is_never_fetched(url: str) -> bool:
    """Say whether this address belongs to LinkedIn, however it is written; those are never asked for anything."""
    spellings = (url, f"https://{url.strip().lstrip('/')}", canonical(url) or "")
    hosts = {host_of(spelling) for spelling in spellings}
    return any(host == name or host.endswith(f".{name}") for host in hosts for name in NEVER_FETCHED)


def safe_link(url: str) -> str | None:
    """Return the address in a form that may stand in a page or message, or None when people should not follow it.

    Only http(s) with a host, no user or password, no control characters; everything else than ASCII is escaped.
    """
    parts = _parts(url)
    if parts is None or parts.has_user:
        return None
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    fragment = f"#{_escaped(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{parts.netloc}{_escaped(parts.path) or '/'}{query}{fragment}"


def without_feed_scheme(url: str) -> str:
    """Return ``https://…`` for ``feed:https://…`` and ``http://…`` for ``feed://…``; other addresses stay as given."""
    bare = url.strip()
    if bare[:5].lower() != "feed:":
        return url
    rest = bare[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def found_in(text: str) -> tuple[str, ...]:
    """Return the http(s) addresses typed in running text, each once, in order, without the punctuation after them."""
    runs = (match.group() for match in _TYPED.finditer(text))
    typed = (_without_closing(run) for run in runs if len(run) <= LONGEST)
    return tuple(dict.fromkeys(address for address in typed if host_of(address)))


@lru_cache(maxsize=_REMEMBERED)
def _parts(url: str) -> _Parts | None:
    stripped = url.strip("".join(map(chr, range(33))) + "\u00a0\u200b\ufeff")
    if len(stripped) > LONGEST or (not stripped.isprintable() and any(map(_is_control, stripped))):
        return None
    # Browsers read a backslash before the query as a slash; anything else would show one host and follow another.
    head, mark, tail = stripped.partition("?")
    try:
        split = urlsplit(head.replace("\\", "/") + mark + tail)
        port = split.port
        host = _ascii_host(split.hostname or "")
    except ValueError:  # a port that is no number, a host that is no name
        return None
    scheme = split.scheme.lower()
    if scheme not in ("http", "https") or not host:
        return None
    usual = 80 if scheme == "http" else 443
    return _Parts(
        scheme, host, None if port == usual else port, split.path, split.query, split.fragment, "@" in split.netloc
    )


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs")


def _ascii_host(host: str) -> str:
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.lower().rstrip(".")
    return host if len(host) <= 253 and _ASCII_HOST.fullmatch(host) and ".." not in host else ""


def _cached_by_amp(address: str) -> str | None:
    """Return the publisher's own address when this is a copy in one of the two public AMP caches."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in ("www.google.com", "google.com"):
        match = _GOOGLE_AMP.fullmatch(parts.path)
    elif host.endswith(".cdn.ampproject.org"):
        match = _AMP_CDN.fullmatch(parts.path)
    else:
        return None
    if match is None:
        return None
    scheme = "https" if match[1] else "http"
    return f"{scheme}://{match[2]}" + (f"?{parts.query}" if parts.query else "")


def _written(parts: _Parts) -> str:
    path = _without_amp(_without_dots(_escaped(_SESSION_IN_PATH.sub("", parts.path)))).rstrip("/") or "/"
    host = _without_amp_host(parts.host) if _is_slug(path) else parts.host
    netloc = parts.netloc.replace(parts.host, host, 1)
    query = _meaningful(parts.query)
    route = _escaped(parts.fragment) if parts.fragment.startswith("!") else ""
    return f"{parts.scheme}://{netloc}{path}" + (f"?{query}" if query else "") + (f"#{route}" if route else "")


def _escaped(text: str) -> str:
    """Return one spelling of a part: unreserved characters plain, all others as ``%XX``, existing escapes kept."""
    spelled = _STRAY_PERCENT.sub("%25", text)
    spelled = _PERCENT.sub(_plainest, spelled)
    return quote(spelled, safe="/%!$&'()*+,;=:@-._~?")


def _plainest(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if char in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    return "/".join(kept)


def _is_slug(path: str) -> bool:
    """Say whether the last segment looks like an article's name and not like a section's or a home page."""
    return bool(_SLUG.search(path.rstrip("/").rsplit("/", 1)[-1]))


def _without_amp(path: str) -> str:
    while (tail := _AMP_TAIL.search(path)) and _is_slug(path[: tail.start()]):
        path = path[: tail.start()]
    folder, slash, name = path.rstrip("/").rpartition("/")
    while (shorter := _AMP_NAME.sub("", name)) != name and len(shorter) > 5:
        path, name = folder + slash + shorter, shorter
    return path


def _without_amp_host(host: str) -> str:
    while host.startswith("amp."):
        first, dot, _ = host[4:].partition(".")
        if not dot or first in _SECOND_LEVEL:
            break
        host = host[4:]
    return host


def _meaningful(query: str) -> str:
    pieces = (_escaped(_ESCAPED_AMP.sub("", piece)) for piece in query.split("&"))
    kept = [piece for piece in pieces if piece and not _is_tracking(piece)]
    return "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))


def _is_tracking(piece: str) -> bool:
    name, _, value = piece.partition("=")
    name = name.lower()
    if name in _WHERE_FROM:
        return bool(_ORIGIN.fullmatch(value))
    if name in ("amp", "outputtype"):
        return value.lower() in ("", "1", "true", "amp")
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _without_closing(address: str) -> str:
    while True:
        last = address[-1:]
        unmatched = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if not unmatched and (not last or last not in _CLOSING):
            return address
        address = address[:-1]
