"""Pages that are written by the program itself, so that they cannot say anything else than it does."""

import re
from collections.abc import Iterator
from typing import Any

from pipelines.settings import FILE, PREFIX, TEMPLATE, Settings, known_keys
from tests.docs import commands, pages

_NOTE = "<!-- Written by `python -m tests.docs --write`; a test fails when it is not what the program says. -->"
_SETTING = re.compile(r"(?:# )?(?P<key>[a-z_]+) = (?P<value>\"[^\"]*\"|\{\w+\}|[^#]*?)\s*(?:# *(?P<says>.*))?$")
_MORE = re.compile(r"# {10,}# +(?P<says>.*)$|#\s{6,}# *(?P<more>.*)$")
_SECTION = re.compile(r"(?:# )?\[(?P<name>\w+)\]\s*(?:# *(?P<says>.*))?$")
ONLY_BY_NAME = {
    "secret": "what links and cookies are signed with, instead of the file `secret` in the home; a long random text",
}
"""Settings that the file does not show, since they belong in the environment."""


def all_pages() -> dict[str, str]:
    """Return every generated page by its path from the root of the project."""
    return {"docs/commands.md": commands_page(), "docs/settings.md": settings_page()}


def commands_page() -> str:
    """Return all commands with their arguments and options, as ``--help`` says them."""
    head = (
        f"# Every command\n\n{_NOTE}\n\n"
        "The home is the one after `--home`, else `DUIDING_HOME`, else the current folder. `--home` and `--json` (one"
        " JSON object on stdout, words on stderr) may stand anywhere. Exit codes: 0 all well, 1 failed, 2 wrong usage"
        " or configuration (one line says what), 3 partly. `DUIDING_NOW`, a moment like `2026-11-16T06:00:00+01:00`,"
        " replaces the clock.\n\n"
        "| | |\n|---|---|\n"
    )
    named = [name for name in commands.every() if name and not commands.is_group(name)]
    listed = "".join(f"| [`{name}`](#{_anchor(name)}) | {_first_sentence(name)} |\n" for name in named)
    return head + listed + "".join(map(_command, named))


def _anchor(name: str) -> str:
    return f"duiding-{name.replace(' ', '-')}"


def _first_sentence(name: str) -> str:
    return _cell(" ".join(commands.every()[name].help.split("\n\n")[0].split()))


def _command(name: str) -> str:
    command = commands.every()[name]
    arguments = (_argument(one) for one in command.params if one.param_type_name == "argument")
    usage = " ".join(("duiding", name, *arguments, "[OPTIONS]"))
    said = "\n\n".join(" ".join(part.split()) for part in command.help.split("\n\n"))
    rows = "".join(map(_parameter, command.params))
    return f"\n## duiding {name}\n\n```text\n{usage}\n```\n\n{said}\n" + (f"\n| | |\n|---|---|\n{rows}" if rows else "")


def _argument(one: Any) -> str:
    name = one.metavar or one.name.upper()
    repeated = f"{name}..." if one.nargs != 1 else name
    return repeated if one.required else f"[{repeated}]"


def _parameter(one: Any) -> str:
    is_option = one.param_type_name == "option"
    value = "" if getattr(one, "is_flag", False) else one.metavar or "TEXT"
    shown = f"{', '.join(one.opts)} {value}".strip() if is_option else one.metavar or one.name.upper()
    says = [one.help or "", "Needed." if is_option and one.required else ""]
    if is_option and one.default not in (None, False, ""):
        says.append(f"Else `{one.default}`.")
    return f"| `{_cell(shown)}` | {_cell(' '.join(filter(None, says)))} |\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def settings_page() -> str:
    """Return all settings with their defaults, as the file that ``init`` writes explains them."""
    head = (
        f"# Every setting\n\n{_NOTE}\n\n"
        f"In `{FILE}` in the home; `duiding init` writes one in which every line is explained. A variable in the"
        " environment wins over the file. A name that does not exist is refused, with the nearest one that does."
        " Secrets belong in the environment.\n"
    )
    return head + "".join(f"\n## {title}\n\n{says}{_table(rows)}" for title, says, rows in _sections())


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = (
        f"| `{key}` | {f'`{value}`' if value else ''} | {_cell(says)} | `{_variable(key)}` |\n"
        for key, value, says in rows
    )
    return "| setting | default | | in the environment |\n|---|---|---|---|\n" + "".join(lines)


def _variable(key: str) -> str:
    return PREFIX + key.upper().replace(".", "__")


def _sections() -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Yield (title, sentence, rows of (key, default, words)), in the order of the file."""
    said = explained()
    hidden = [key for key in sorted(known_keys() - said.keys()) if key in ONLY_BY_NAME]
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for key in (*said, *hidden):
        section = key.rpartition(".")[0]
        words = said.get(key) or ONLY_BY_NAME.get(key, "")
        sections.setdefault(section, []).append((key, default(key), words))
    intros = _section_words()
    for section, rows in sections.items():
        words = intros.get(section, "")
        yield f"[{section}]" if section else "Of the network", f"{words}\n\n" if words else "", rows


def default(key: str) -> str:
    """Return what holds when nothing is set, as text; nothing is an empty one."""
    value, model = None, Settings
    for part in key.split("."):
        field = model.model_fields[part]
        value, model = field.get_default(call_default_factory=True), field.annotation
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def explained() -> dict[str, str]:
    """Return what the file that ``init`` writes says of each setting, by its key."""
    return {key: says for key, (_, says) in _file().items()}


def shown_defaults() -> dict[str, str]:
    """Return the value that stands in the file that ``init`` writes, by key, as it is written."""
    return {key: value for key, (value, _) in _file().items()}


def _file() -> dict[str, tuple[str, str]]:
    """Return (value, words) of each setting in the file that ``init`` writes."""
    said: dict[str, tuple[str, str]] = {}
    section, key = "", ""
    for line in TEMPLATE.splitlines()[3:]:
        if found := _SECTION.match(line):
            section, key = f"{found['name']}.", ""
        elif found := _SETTING.match(line):
            key = section + found["key"]
            said[key] = found["value"], (found["says"] or "").strip()
        elif key and (found := _MORE.match(line)):
            value, says = said[key]
            said[key] = value, f"{says} {(found['says'] or found['more']).strip()}".strip()
    return said


def _section_words() -> dict[str, str]:
    found = filter(None, map(_SECTION.match, TEMPLATE.splitlines()))
    return {one["name"]: f"{one['says'][0].upper()}{one['says'][1:]}." for one in found if one["says"]}


def differing() -> list[str]:
    """Return the generated pages that are not what the program says."""
    return [
        file for file, text in all_pages().items() if not (pages.ROOT / file).exists() or pages.text_of(file) != text
    ]
