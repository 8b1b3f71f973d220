"""LinkedIn exports for tests, in every form that was seen: built here, with people that do not exist."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipelines.home import Home

SHARES = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
COMMENTS = "Date,Link,Message\n"
POST = "https://www.linkedin.com/feed/update/urn%3Ali%3A{}%3A{}"
NUMBER = 7_456_628_618_035_200_000  # made on 2026-05-03
MIA = "mia@example.org"
ONLY_LARGE = {"Ad_Targeting.csv": "Member Age\n1\n", "Logins.csv": "Login Date\nx\n"}
"""Two files that only the large archive has."""


def share(number: int = 1, text: str = "Lees dit", url: str = "https://a.example/1", audience: str = "PUBLIC") -> str:
    quoted = '"' + text.replace('"', '""') + '"'
    return f"2026-05-03 10:00:{number % 60:02},{POST.format('share', NUMBER + number)},{quoted},{url},,{audience}\n"


def comment(number: int = 1, text: str = "Eens", link: int = 1) -> str:
    return f'2026-06-03 10:00:{number % 60:02},{POST.format("activity", NUMBER + link)},"{text}"\n'


def saved(number: int = 1) -> str:
    return f"{POST.format('activity', NUMBER + number)},2026-07-01 10:00:00\n"


def article(
    title: str, slug: str, text: str = "Eigen woorden.", published: str = "Published on 2026-05-04 13:41"
) -> str:
    head = f'<h1><a href="https://www.linkedin.com/pulse/{slug}">{title}</a></h1>'
    dates = (
        f'<p class="created">Created on 2026-05-04 12:30</p><p class="published">{published}</p>' if published else ""
    )
    return f"<html><head><title>{title}</title></head><body>{head}{dates}<div><p>{text}</p></div></body></html>"


def archive(path: Path, files: Mapping[str, str | bytes], year: int = 2026, month: int = 6) -> Path:
    """A ZIP of these files, packed in a month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, (year, month, 1, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def in_inbox(home: Home, files: Mapping[str, str | bytes], email: str = MIA) -> Path:
    """Put an export in somebody's folder of the inbox."""
    return archive(home.inbox / email / "export.zip", files)
