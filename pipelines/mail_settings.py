"""Settings about mail: how it leaves, who it is from, and where it comes back to."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_LONGEST_BOUNCES = 22
"""Letters; with ``+leave.`` and a mark of 34 it makes 63, and an address may have 64 before its @."""
_NAME_IN_DNS = re.compile(r"[A-Za-z0-9.-]{0,200}")
_NOT_IN_ADDRESS = frozenset('()<>[]:;,\\"')


class Section(BaseModel):
    """One section of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Smtp(Section):
    """The mail server. Without ``host``, mail is written to the folder ``outbox`` in the home."""

    host: str | None = None
    port: int = Field(587, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    timeout_s: float = Field(30, gt=0)
    per_second: float = Field(10, gt=0)
    per_connection: int = Field(0, ge=0)


class Mail(Section):
    """Who the mail comes from, where it comes back to, and how it is signed."""

    address: str = "duiding@localhost.localdomain"
    name: str | None = None
    replies: str = ""
    bounces: str = ""
    dkim_selector: str = "duiding"
    dkim_domain: str = ""
    dkim_key: str = ""

    @field_validator("address", "replies", "bounces")
    @classmethod
    def _one_address(cls, value: str, field: ValidationInfo) -> str:
        if not value and field.field_name != "address":
            return value
        if not _ADDRESS.fullmatch(value) or value.count("@") > 1 or _NOT_IN_ADDRESS & {*value}:
            raise ValueError("is not an e-mail address; write it like network@example.org")
        if field.field_name == "bounces" and len(value.partition("@")[0]) > _LONGEST_BOUNCES:
            raise ValueError(f"is too long before the @: {_LONGEST_BOUNCES} letters leave room for what is added")
        return value

    @field_validator("dkim_selector", "dkim_domain")
    @classmethod
    def _name_in_dns(cls, value: str) -> str:
        if not _NAME_IN_DNS.fullmatch(value):
            raise ValueError("is not a name in the DNS; write letters, digits, points and hyphens")
        return value


class Bounces(Section):
    """The mailbox in which comes back what could not be delivered: on an IMAP server, or files on this machine."""

    host: str | None = None
    port: int = Field(993, ge=1, le=65535)
    user: str = ""
    password: SecretStr | None = None
    tls: Literal["starttls", "tls", "none"] = "tls"
    folder: str = "INBOX"
    timeout_s: float = Field(30, gt=0)
    path: str = ""
