"""How our programs log: lines for people, or JSON for what collects logs; never a secret.

Code of ours says ``logging.getLogger(__name__)`` like everybody's. Here stands what becomes of it:

    record | what is under way (run, flow run, week) | secrets out | one line on stderr

In a flow run Prefect's own handlers take the records to its pages; :func:`guard` cleans them before.
"""

import logging
import os
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from contextvars import ContextVar
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, TextIO

from curate import redaction
from curate.errors import DuidingError

Form = Literal["human", "json"]

FIELDS = ("method", "path", "status", "ms")
"""What a record may bring besides its sentence: an allow list, so that no library adds what is nobody's business."""
OURS = ("duiding", "curate", "storage", "reports", "pipelines")
_ENVIRONMENT = ("PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_KEY")
_FAILED = "FailedRun"
"""What Prefect makes of a flow that returned a failed state; by name, for commands do without importing Prefect."""
_under_way: ContextVar[tuple[Mapping[str, str], ...]] = ContextVar("under_way", default=())


def begun(run_id: str, kind: str, week: str | None = None) -> None:
    """Let all that is logged from now on carry this run, until it has :func:`ended`."""
    run = {"run_id": run_id, "run": kind} | ({"week": week} if week else {})
    _under_way.set((*_under_way.get(), run))


def ended(run_id: str, outcome: str) -> None:
    """Log what came of a run, and let nothing carry it any more."""
    logging.getLogger("duiding.runs").info(outcome)
    _under_way.set(tuple(run for run in _under_way.get() if run["run_id"] != run_id))


def set_up(form: Form, known: Iterable[str] = ()) -> None:
    """Log to stderr from now on, in this form; doing it again changes what was set up before.

    A program that collects logs gets what was done, too; a person at a command only what is wrong.
    """
    _under_way.set(())
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, Voice)]:
        root.removeHandler(old)
    root.addHandler(Voice(form, known))
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO if form == "json" else logging.NOTSET)


def wanted(environment: Mapping[str, str]) -> Form:
    """Return the form that the environment asks for, before any settings were read."""
    return "json" if environment.get("DUIDING_LOG") == "json" else "human"


def form() -> Form:
    """Return the form that was set up."""
    voice = _voice()
    return voice.form if voice else "human"


def hidden() -> frozenset[str]:
    """Return the secrets that were made known at the set-up."""
    voice = _voice()
    return voice.known if voice else frozenset()


def _voice() -> "Voice | None":
    return next((one for one in logging.getLogger().handlers if isinstance(one, Voice)), None)


def known_secrets(environment: Mapping[str, str], *given: str | None) -> frozenset[str]:
    """Return the secrets that we know: those given, and Prefect's in the environment, whole and without the user."""
    found = [value for name in _ENVIRONMENT if (value := environment.get(name))]
    return frozenset(one for one in (*given, *found, *(one.partition(":")[2] for one in found)) if one)


def kept_secret(file: Path) -> str | None:
    """Return what a home's secret file holds, if it can be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def guard(known: Iterable[str] = ()) -> None:
    """Keep secrets and people's addresses out of every record of this process, before any handler sees it."""
    hide = partial(_hidden, known=frozenset(known))
    before = logging.getLogRecordFactory()
    inner = before.before if isinstance(before, _Guarded) else before
    logging.setLogRecordFactory(_Guarded(inner, hide))


def speak_json(known: Iterable[str] = ()) -> None:
    """Let whatever writes the root logger's records to this process's console write them as JSON lines instead.

    For programs whose logging Prefect has set up: its handlers that send to its pages stay as they are.
    """
    root = logging.getLogger()
    for old in [one for one in root.handlers if not isinstance(one, Voice)]:
        root.removeHandler(old)
    if not _voice():
        root.addHandler(Voice("json", known))


def said(error: BaseException, known: Iterable[str] = ()) -> str:
    """Return what an error says, as it may stand on Prefect's pages: one line without secrets and addresses."""
    sentence = str(error) if isinstance(error, DuidingError) else f"{type(error).__name__}: {error}"
    return " ".join(_hidden(sentence, frozenset(known)).split())


class Voice(logging.Handler):
    """Writes to whatever stderr is at that moment. Structlog is imported with the first line; often there is none."""

    def __init__(self, form: Form, known: Iterable[str] = (), stream: TextIO | None = None) -> None:
        """Of this form; ``known`` secrets are hidden wherever they stand."""
        super().__init__()
        self.form = form
        self.known = frozenset(known)
        self._hide = partial(_hidden, known=self.known)
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what goes wrong with that is told as ``logging`` does."""
        try:
            print(self._lines.format(record), file=self._stream or sys.stderr, flush=True)
        except Exception:  # a log that cannot be written must not stop the work
            self.handleError(record)

    @cached_property
    def _lines(self) -> logging.Formatter:
        from structlog import processors, stdlib

        def hide(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
            whole = redaction.through(dict(event), self._hide)
            return whole if isinstance(whole, dict) else event

        is_json = self.form == "json"
        return stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                stdlib.add_log_level,
                stdlib.add_logger_name,
                stdlib.ExtraAdder(allow=FIELDS),
                _with_what_is_under_way,
                processors.TimeStamper(fmt="iso" if is_json else "%H:%M:%S", utc=is_json),
            ],
            processors=[
                stdlib.ProcessorFormatter.remove_processors_meta,
                processors.format_exc_info,
                hide,
                processors.JSONRenderer(ensure_ascii=False, default=str) if is_json else _line,
            ],
        )


def _with_what_is_under_way(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for run in _under_way.get():
        event.update(run)
    if flow_run := os.environ.get("PREFECT__FLOW_RUN_ID"):
        event["flow_run_id"] = flow_run
    return event


def _line(_logger: object, _name: str, event: MutableMapping[str, Any]) -> str:
    fields = "".join(f" {name}={event[name]}" for name in FIELDS if name in event)
    told = f"\n{event['exception']}" if event.get("exception") else ""
    return f"{event['timestamp']} {event['level']}: {event['event']}{fields}{told}"


class _Guarded:
    """A maker of log records that hides what must not be read."""

    def __init__(self, before: Any, hide: Any) -> None:
        self.before = before
        self._hide = hide

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self.before(*args, **kwargs)
        try:
            sentence = record.getMessage()
        except (TypeError, ValueError):  # its words and its arguments do not fit: whoever writes it says so
            return record
        if (shown := self._hide(sentence)) != sentence:
            record.msg, record.args = shown, ()
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, DuidingError) or type(error).__name__ == _FAILED:
            # It says what is wrong and what to do; where it was raised helps nobody.
            record.msg, record.args, record.exc_info = self._hide(str(error)), (), None
        elif record.exc_info and error:
            # Formatters use the text when there is one.
            record.exc_text = self._hide("".join(traceback.format_exception(*record.exc_info)).rstrip())
        return record


def _hidden(text: str, known: frozenset[str]) -> str:
    return redaction.without_addresses(redaction.redacted(text, known))
