"""How values go into DuckDB and come out: moments as UTC without zone, lists and rows as JSON, texts made storable."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Row = tuple[Any, ...]

_SQL_TYPES = {str: "VARCHAR", bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", datetime: "TIMESTAMP"}


def bound(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return parameters as DuckDB takes them, lists as JSON; raises ValueError for a moment without time zone."""
    stored = {name: _to_storage(value) for name, value in (params or {}).items()}
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in stored.items()}


def staged(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """Return the beginning of a statement that makes the relation ``staged`` of ``$staged``, and that JSON text.

    Raises ValueError as :func:`bound`, and TypeError for a column of two kinds.
    """
    turned = zip(*(map(_to_storage, row) for row in rows), strict=True)
    held = dict(zip(columns, map(list, turned), strict=True))
    structure = json.dumps({name: [_sql_type(column)] for name, column in held.items()})
    unnested = ", ".join(f"unnest(columns.{name}) AS {name}" for name in held)
    made = f"SELECT {unnested} FROM (SELECT from_json($staged, '{structure}') AS columns)"
    return f"WITH staged AS MATERIALIZED ({made})", json.dumps(held, default=str, ensure_ascii=False)


def from_storage(row: Row) -> Row:
    """Return a row of DuckDB's with its moments as aware UTC."""
    return tuple(value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in row)


def _sql_type(values: Sequence[Any]) -> Any:
    """Return DuckDB's name for the type of what a column holds, as ``from_json`` wants it; a list of it for lists."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {list}:
        return [_sql_type([each for value in values for each in value or ()])]
    if kinds == {int, float}:
        return "DOUBLE"
    # A column that holds nothing may be put into any other.
    kind, *others = kinds or {str}
    if others or kind not in _SQL_TYPES:
        raise TypeError(f"cannot store {', '.join(sorted(one.__name__ for one in kinds))} in one column")
    return _SQL_TYPES[kind]


def _to_storage(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without time zone must not reach the database")
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, str):
        return _storable(value)
    return [_to_storage(each) for each in value] if isinstance(value, list) else value


def _storable(text: str) -> str:
    """Return text without NUL, at which many programs stop reading, and without half characters.

    Two halves (surrogates) that belong together become their character, a lone one the sign for "unreadable" (U+FFFD).
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "")
