"""What a person answers to an issue by mail: kept, so that nothing is lost."""

import hashlib

from pipelines.home import Home


def take_reply(home: Home, raw: bytes) -> bool:
    """Keep a reply in the folder ``mailbox/replies`` of the home and return whether it was taken.

    The same reply twice is one file. It is called before anything is noted about the mail: killed in between, it is
    called again.
    """
    folder = home.path / "mailbox" / "replies"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{hashlib.sha256(raw).hexdigest()[:32]}.eml"
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(raw)
    part.replace(file)
    return True
