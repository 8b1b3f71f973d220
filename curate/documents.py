"""A feed's bytes as one whole document in UTF-8, without what servers, programs and accidents put around it."""

import codecs
import re
from dataclasses import dataclass

UTF8_BOM = b"\xef\xbb\xbf"
_AS_WINDOWS = "duiding.windows-1252"
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"

_START = re.compile(rb"<\?xml[\s?]|<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_PROPER_START = re.compile(rb"<[?!]|<html", re.IGNORECASE)
_JUNK_BYTES = 4096
"""How far into a document a feed may start: warnings of the server's own programs come before it."""
_END = re.compile(rb"</(?:[\w.-]{1,60}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_TAIL_BYTES = 64 * 1024
"""How much may follow the end of a feed: scripts that count visitors, and notes of caches."""
_WRAPPING = re.compile(rb"(?>\s+|</[^<>]*>|<!--.*?-->)*+", re.DOTALL)
_CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 13))
_BARE = re.compile(
    rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{0,30});)"
    rb"|<(?![a-zA-Z_\x80-\xff][\w:.\x80-\xff-]{0,200}[\s/>]|/[a-zA-Z_\x80-\xff][\w:.\x80-\xff-]{0,200}\s*>|[!?])",
    re.DOTALL,
)
"""An ampersand that begins no entity, and a bracket that begins no tag; sections of plain text are left as they are."""
_ESCAPED = {b"&": b"&amp;", b"<": b"&lt;"}
_DECLARATION = re.compile(rb"<\?xml(?=[\s?])[^>]*>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*['\"]([\w.:-]{1,40})")
_SERVED = re.compile(r"charset\s*=\s*['\"]?([\w.:-]{1,40})", re.IGNORECASE)
_NOT_FOR_BYTES = re.compile(
    r"idna|punycode|undefined|(?:raw_)?unicode_escape|oem|mbcs|u(?:tf)?[-_]?(?:16|32).*|iso-10646.*|.*ucs.*|csunicode",
    re.IGNORECASE,
)
"""Codecs that write no documents, and those whose documents show what they are by their zeros."""
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "shift_jis": "cp932"}
"""Names that are used for the larger set of which they are a part."""
_DEFAULTS = frozenset({"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
"""What servers say of everything: the document's own word counts for more."""
_IN_ASCII = ("iso-2022", "iso2022", "hz", "utf-7", "utf7")
"""Encodings that write all letters in ASCII, so that they can be read as UTF-8 although they are not."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def is_empty(body: bytes) -> bool:
    """Say whether there is nothing in it."""
    return not body.strip(b" \t\r\n\x00" + UTF8_BOM)


def in_utf8(body: bytes, content_type: str) -> bytes:
    """Return the body in UTF-8 without a mark.

    What can be read as UTF-8 is UTF-8, whatever is declared: other encodings do not look like it by accident. Else it
    is what it was served as or declares itself. Else UTF-8 with bytes of windows-1252 in it, as when texts of several
    makers were put together, or when a letter was cut in two.
    """
    wide = _wide_encoding(body)
    if wide:
        return body.decode(wide, "ignore").lstrip("\ufeff").encode("utf-8", "ignore")
    bare = body.removeprefix(UTF8_BOM)
    said = _said(bare, content_type)
    in_ascii = any(name.startswith(_IN_ASCII) for name in said)
    if not in_ascii and _is_utf8(bare):
        return bare
    name = next((name for name in said if _can_be(bare, name)), "utf-8")
    return bare.decode(name, _AS_WINDOWS).encode("utf-8", "ignore")


def _said(document: bytes, content_type: str) -> list[str]:
    """Return the names of the encodings that this is said to be in, the most credible first."""
    served = _SERVED.search(content_type[:1000])
    declared = _DECLARED.search(document[:_JUNK_BYTES])
    names = [served[1].lower()] if served else []
    names += [declared[1].decode("ascii", "ignore").lower()] if declared else []
    names.sort(key=lambda name: name in _DEFAULTS)
    return [_WIDER.get(name, name) for name in names]


@dataclass(frozen=True, slots=True)
class Document:
    """A document in UTF-8 without its XML declaration; one without an end was cut off."""

    body: bytes
    is_declared: bool
    has_end: bool


def whole(document: bytes) -> Document:
    """Return the document from its start to its end, in UTF-8 as before.

    Common faults against XML are mended on the way: control characters, single ampersands (of ``R&D`` a feed reader
    would make ``R&D;``) and brackets (it would take ``a <b, c`` for a tag that goes on to the next bracket).
    """
    bare = document.lstrip()
    start = _START.search(bare[:_JUNK_BYTES])
    if start is not None and not _PROPER_START.match(bare):
        bare = bare[start.start() :]
    bare, has_end = _to_its_end(bare)
    declaration = _DECLARATION.match(bare)
    bare = bare[declaration.end() :] if declaration else bare
    mended = _BARE.sub(lambda found: found[1] or _ESCAPED[found[0]], bare.translate(None, _CONTROLS))
    return Document(mended, bool(declaration), has_end)


def _to_its_end(document: bytes) -> tuple[bytes, bool]:
    ends = [found.end() for found in _END.finditer(document, max(0, len(document) - _TAIL_BYTES))]
    if not ends:
        return document, False
    rest = document[ends[-1] :]
    return (document if _WRAPPING.fullmatch(rest) else document[: ends[-1]]), True


def _wide_encoding(body: bytes) -> str | None:
    """Return the encoding of a document that is written in units of two or four bytes, by its mark or its zeros."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    if body.startswith(_EBCDIC):
        return "cp037"
    head = body[:256]
    if head.count(0) * 3 < len(head):
        return None
    zeros = [head[place::4].count(0) * 2 > len(head[place::4]) for place in range(4)]
    return {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }.get((zeros[0], zeros[1], zeros[2], zeros[3]))


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error(_AS_WINDOWS, _as_windows)


def _is_utf8(document: bytes) -> bool:
    try:
        # Not its ``final`` decoding: the last letter of a document that was cut off may be half a letter.
        codecs.getincrementaldecoder("utf-8")().decode(document)
    except UnicodeDecodeError:
        return False
    return True


def _can_be(document: bytes, name: str) -> bool:
    if _NOT_FOR_BYTES.fullmatch(name):
        return False
    try:
        document.decode(name)
    except (UnicodeError, LookupError):
        return False
    return True
