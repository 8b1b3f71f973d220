"""The body of an answer, whole and unpacked, within a limit on the wire and after unpacking.

We unpack ourselves, in one step at the end, because the HTTP library does not notice a compressed body that was cut
off, and passes a body in an unknown encoding on as it is.
"""

import sys
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import httpcore2

from curate.errors import FetchError, RetryLaterError

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ENCODINGS = "gzip, deflate, br, zstd"
"""What we can unpack, as an Accept-Encoding header says it."""

_MAX_CODINGS = 2
_MAX_PARTS = 64  # of one body: more is an attack on our time, not a way to send text
_ZSTD_WINDOW_LOG = 23  # 8 MiB, what a server may ask of any client (RFC 9659)


class _TooLargeError(Exception):
    """More came out than the limit."""


class _CutOffError(Exception):
    """The packed body stops before its end."""


async def whole(answer: httpcore2.Response, place: str, max_bytes: int) -> bytes:
    """Return the unpacked body; ``place`` names its origin in sentences.

    FetchError ``too_large`` when it is above ``max_bytes`` on the wire or unpacked, ``unreadable`` for an encoding that
    we did not ask for; RetryLaterError ``unreadable`` when it is broken or cut off.
    """
    packed = b"" if _announced(answer) > max_bytes else await _on_the_wire(answer, max_bytes)
    if max(len(packed), _announced(answer)) > max_bytes:
        raise _too_large(place, max_bytes)
    return unpacked(packed, header(answer, b"content-encoding"), place, max_bytes)


async def beginning(answer: httpcore2.Response, place: str, max_bytes: int) -> bytes:
    """Return at most the first ``max_bytes`` of the body; a packed one must fit as a whole."""
    if header(answer, b"content-encoding").strip().lower() not in ("", "identity"):
        return await whole(answer, place, max_bytes)
    return (await _on_the_wire(answer, max_bytes))[:max_bytes]


def header(answer: httpcore2.Response, name: bytes) -> str:
    """Return the first header of this lower-case name, byte for byte as Latin-1; empty when there is none."""
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), "")


async def _on_the_wire(answer: httpcore2.Response, max_bytes: int) -> bytes:
    """Return the packed body, or somewhat more than ``max_bytes`` of one that is too long."""
    packed = bytearray()
    async for chunk in answer.aiter_stream():
        packed += chunk
        if len(packed) > max_bytes:
            return bytes(packed)
    return bytes(packed)


def _announced(answer: httpcore2.Response) -> int:
    """Return the length the server announced in bytes, 0 when it gave none that can be read."""
    text = header(answer, b"content-length")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def unpacked(packed: bytes, encoding: str, place: str, max_bytes: int) -> bytes:
    """Undo a Content-Encoding; errors as for :func:`whole`."""
    codings = [name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(codings) > _MAX_CODINGS or not _UNPACK.keys() >= set(codings):
        raise FetchError(
            "unreadable", f"{place} answers in the encoding {encoding[:60]!r}, which was not asked for; tell its owner."
        )
    try:
        for name in reversed(codings):
            packed = _UNPACK[name](packed, max_bytes)
    except _TooLargeError:
        raise _too_large(place, max_bytes) from None
    except (_CutOffError, zlib.error, brotli.error, ZstdError) as error:
        raise RetryLaterError(
            "unreadable", f"The answer of {place} is damaged or cut off; it is tried again later."
        ) from error
    return packed


def _too_large(place: str, max_bytes: int) -> FetchError:
    return FetchError(
        "too_large", f"{place} is larger than {max_bytes / 2**20:g} MiB; ask its owner for a shorter feed or page."
    )


def _gunzip(packed: bytes, limit: int) -> bytes:
    plain = b""
    for _ in range(_MAX_PARTS):
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        plain += _within(stream.decompress(packed, limit + 1 - len(plain)), limit - len(plain))
        if packed and not stream.eof:
            raise _CutOffError
        packed = stream.unused_data
        if not packed.startswith(b"\x1f\x8b"):  # browsers ignore what follows the last part, and so do we
            return plain
    raise _CutOffError


def _inflate(packed: bytes, limit: int) -> bytes:
    try:
        return _inflated(packed, limit, zlib.MAX_WBITS)
    except zlib.error:  # "deflate" should mean zlib, and is sent without its header as often
        return _inflated(packed, limit, -zlib.MAX_WBITS)


def _inflated(packed: bytes, limit: int, wbits: int) -> bytes:
    stream = zlib.decompressobj(wbits)
    plain = _within(stream.decompress(packed, limit + 1), limit)
    if packed and not stream.eof:
        raise _CutOffError
    return plain


def _unbrotli(packed: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    plain = b""
    piece = stream.process(packed, output_buffer_limit=limit + 1)
    while piece:
        plain = _within(plain + piece, limit)
        piece = stream.process(b"", output_buffer_limit=limit + 1 - len(plain))
    if packed and not stream.is_finished():
        raise _CutOffError
    return plain


def _unzstd(packed: bytes, limit: int) -> bytes:
    plain = b""
    for _ in range(_MAX_PARTS):
        stream = ZstdDecompressor(options={DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        plain += _within(stream.decompress(packed, limit + 1 - len(plain)), limit - len(plain))
        if packed and not stream.eof:
            raise _CutOffError
        packed = stream.unused_data
        if not packed:
            return plain
    raise _CutOffError


def _within(plain: bytes, limit: int) -> bytes:
    if len(plain) > limit:
        raise _TooLargeError
    return plain


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
