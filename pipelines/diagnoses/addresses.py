"""The address that stands in every mail: whether it can be reached, is ours, and for how long its certificate holds."""

import ssl
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from curate.findings import Finding
from pipelines.diagnoses.installations import LOOPBACK, of_date
from pipelines.home import Home

PATIENCE_S = 5.0
_SOON = timedelta(days=14)


def of_pages(home: Home) -> list[Finding]:
    """Ask ``/healthz`` at the public address, as a reader would reach it."""
    public = urlsplit(home.settings.public_url)
    line = _line(public)
    try:
        line.connect()
        certificate = _certificate(line)  # while the line is open: it may end with the answer
        line.request("GET", f"{public.path}/healthz", headers={"User-Agent": "duiding doctor"})
        answer = line.getresponse()
        return [_judged(home, answer, answer.read(1000)), *_clock(answer), *certificate]
    except ssl.SSLCertVerificationError as error:
        told = f"{home.settings.public_url} has a certificate that no browser takes: {error.verify_message}."
        return [Finding("address", "broken", told, "Renew or mend the certificate of the reverse proxy.")]
    except (OSError, HTTPException) as error:
        return [_away(home, error)]
    finally:
        line.close()


def _line(public: SplitResult) -> HTTPConnection:
    host = public.hostname or ""
    if public.scheme == "https":
        return HTTPSConnection(host, public.port, timeout=PATIENCE_S, context=ssl.create_default_context())
    return HTTPConnection(host, public.port, timeout=PATIENCE_S)


def _judged(home: Home, answer: HTTPResponse, body: bytes) -> Finding:
    url = home.settings.public_url
    if answer.status == 503:
        told = f"The pages at {url} answer, but their database does not."
        return Finding("address", "broken", told, "See `database` and `holder` here, and the log of `duiding web`.")
    if answer.status != 200 or not _is_ours(body):
        told = f"{url} answers {answer.status}, but not as our pages do."
        return Finding("address", "broken", told, "Let the reverse proxy lead to `duiding web`, or mend public_url.")
    return Finding("address", "fine", f"The pages answer at {url}.")


def _is_ours(body: bytes) -> bool:
    """Whether this is what ``/healthz`` says."""
    said = body.strip().lower()
    return said == b"ok" or (said.startswith(b"{") and b"ok" in said)


def _away(home: Home, error: Exception) -> Finding:
    url, reason = home.settings.public_url, getattr(error, "strerror", None) or error or type(error).__name__
    if urlsplit(url).hostname in LOOPBACK:
        told = f"The pages do not answer at {url} ({reason})."
        return Finding("address", "note", told, "`duiding up` or `duiding web` starts them.")
    told = f"{url}, which stands in every mail, cannot be reached from here ({reason})."
    return Finding("address", "broken", told, "Start `duiding up`, and look at DNS and the reverse proxy.")


def _clock(answer: HTTPResponse) -> list[Finding]:
    found = of_date(answer.headers.get("Date", ""))
    return [found] if found else []


def _certificate(line: HTTPConnection) -> list[Finding]:
    certificate = line.sock.getpeercert() if isinstance(line.sock, ssl.SSLSocket) else None
    if not certificate:
        return []
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    told = f"Its certificate holds until {ends:%Y-%m-%d}."
    if ends - datetime.now(UTC) < _SOON:
        return [Finding("address", "warning", told, "Renew it.")]
    return [Finding("address", "fine", told)]
