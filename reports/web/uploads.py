"""A form with one file, read as it comes in: the file goes straight to its place and is never whole in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

_MOST_PARTS = 10
_MOST_TEXT = 4096
"""Bytes of a text field, and of a part's headers."""


@dataclass
class _Parts:
    """Sorts the parts of a body: the file named ``file`` is written to ``out``, texts are kept."""

    file: str
    out: BinaryIO
    fields: dict[str, bytes] = field(default_factory=dict)
    size: int = 0
    _parts: int = 0
    _name: str = ""
    _header: bytes = b""
    _value: bytes = b""

    def begin(self) -> None:
        self._parts += 1
        self._name, self._header, self._value = "", b"", b""
        if self._parts > _MOST_PARTS:
            raise HTTPException(400)

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = _grown(self._header, data[start:end])

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = _grown(self._value, data[start:end])

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._header, self._value = b"", b""

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._name == self.file:
            self.size += end - start
            self.out.write(data[start:end])
        elif self._name:
            self.fields[self._name] = _grown(self.fields.get(self._name, b""), data[start:end])


def _grown(before: bytes, more: bytes) -> bytes:
    if len(before) + len(more) > _MOST_TEXT:
        raise HTTPException(400)
    return before + more


async def received(request: Request, file: str, out: BinaryIO) -> tuple[Mapping[str, str], int]:
    """Write the file of a form to ``out``; return its text fields, and the size of the file in bytes.

    Raises HTTPException 400 for a body that is no such form; how large it may be is for security.Guard.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(400)
    parts = _Parts(file, out)
    try:
        parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.header_field,
                "on_header_value": parts.header_value,
                "on_header_end": parts.header_end,
                "on_part_data": parts.data,
            },
        )
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise HTTPException(400) from error
    return {name: value.decode("utf-8", "replace") for name, value in parts.fields.items()}, parts.size
