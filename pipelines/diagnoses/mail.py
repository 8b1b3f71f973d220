"""Mail: whether the server lets us in, and whether the mailbox of what comes back does."""

import asyncio

from curate.findings import Finding, Grade
from pipelines import carriers, mailboxes, posting
from pipelines.diagnoses.installations import LOOPBACK
from pipelines.home import Home

PATIENCE_S = 5.0


def of_server(home: Home) -> list[Finding]:
    """Return whether the mail server can be reached over TLS and takes our password; sends nothing."""
    smtp = home.settings.smtp
    if not smtp.host:
        return [Finding("smtp", "note", posting.where(home), "Set [smtp] when readers are to get mail.")]
    patient = smtp.model_copy(update={"timeout_s": min(smtp.timeout_s, PATIENCE_S)})
    asyncio.run(_shake_hands(carriers.Server(patient)))
    if smtp.tls == "none" and smtp.host not in LOOPBACK:
        told = f"The mail server {smtp.host}:{smtp.port} lets us in, over a line that anybody on the way can read."
        return [Finding("smtp", "warning", told, 'Set tls = "starttls" or "tls" in [smtp].')]
    signed = " and our password" if smtp.user else ""
    return [Finding("smtp", "fine", f"The mail server {smtp.host}:{smtp.port} takes us{signed}.")]


async def _shake_hands(server: carriers.Server) -> None:
    async with asyncio.timeout(4 * PATIENCE_S), server:
        pass


def of_mailbox(home: Home) -> list[Finding]:
    """Return whether the mailbox of what came back can be opened."""
    bounces = home.settings.bounces
    if bounces.host:
        patient = bounces.model_copy(update={"timeout_s": min(bounces.timeout_s, PATIENCE_S)})
        with mailboxes.Imap(patient):
            told = f"The mailbox {bounces.folder} at {bounces.host}:{bounces.port} can be read."
        return [Finding("bounces", "fine", told)]
    if bounces.path:
        with mailboxes.at(home.path / bounces.path):
            return [Finding("bounces", "fine", f"The mailbox {bounces.path} can be read.")]
    grade: Grade = "warning" if home.settings.smtp.host else "note"
    told = "No mailbox is set for what comes back: addresses that are gone are mailed again and again."
    return [Finding("bounces", grade, told, "See [bounces] in duiding.toml.")]
