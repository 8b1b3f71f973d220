"""ZIP archives: what is refused, with which sentence, and what is never opened."""

import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import archives
from curate.errors import ExportError


def packed(**files: bytes | str) -> bytes:
    return packed_pairs(*((name, content) for name, content in files.items()))


def packed_pairs(*pairs: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return buffer.getvalue()


def read(body: bytes, *wanted: str) -> list[tuple[str, bytes]]:
    return list(archives.contents(body, set(wanted)))


def with_patch(body: bytes, after: bytes, offset: int, patch: bytes) -> bytes:
    """Write ``patch`` over the bytes at ``offset`` behind the last place where ``after`` stands."""
    at = body.rindex(after) + offset
    return body[:at] + patch + body[at + len(patch) :]


def test_only_the_wanted_members_are_read():
    body = packed(a=b"eerste", b=b"tweede")
    assert archives.names(body) == ("a", "b")
    assert read(body, "b") == [("b", b"tweede")]


def test_a_damaged_member_hurts_only_when_it_is_opened():
    body = packed_pairs(("Shares.csv", b"kort"), (zipfile.ZipInfo("messages.csv"), b"PRIVATE words"))
    broken = body.replace(b"PRIVATE", b"BROKEN!")
    assert read(broken, "Shares.csv") == [("Shares.csv", b"kort")]
    with pytest.raises(ExportError, match=r"messages\.csv in this ZIP is damaged"):
        read(broken, "messages.csv")


def test_two_members_of_one_name_are_both_read():
    with pytest.warns(UserWarning, match="Duplicate"):
        body = packed_pairs(("a", b"1"), ("a", b"2"))
    assert read(body, "a") == [("a", b"1"), ("a", b"2")]


@pytest.mark.parametrize("body", [b"", b"Date,ShareLink\n", b"%PDF-1.7", b"PK", b"\x1f\x8b\x08rest"])
def test_what_is_no_zip_is_refused(body: bytes):
    with pytest.raises(ExportError, match="not a ZIP file"):
        archives.names(body)


def test_a_zip_that_is_cut_off_is_refused():
    body = packed(a=bytes(range(256)) * 40)
    for size in (len(body) - 1, len(body) // 2, 40):
        with pytest.raises(ExportError, match=r"cut off or damaged|not a ZIP"):
            archives.names(body[:size])


@pytest.mark.parametrize(
    "name", ["../buiten.csv", "a/../../b.csv", "/etc/passwd", "C:\\temp\\x.csv", "..\\b.csv", "\\\\host\\x", "a/.."]
)
def test_a_name_that_points_outside_is_refused(name: str):
    with pytest.raises(ExportError, match="points outside"):
        archives.names(packed_pairs((name, "x")))


def test_a_name_with_a_hidden_end_is_refused():
    body = packed_pairs(("Shares.csvX.exe", "x")).replace(b"Shares.csvX.exe", b"Shares.csv\0.exe")
    with pytest.raises(ExportError, match="points outside"):
        archives.names(body)


def test_dots_within_a_name_are_fine():
    assert archives.names(packed_pairs(("Articles/wat dan... en nu.html", "x"))) == ("Articles/wat dan... en nu.html",)


def test_a_symbolic_link_is_refused():
    link = zipfile.ZipInfo("Shares.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with pytest.raises(ExportError, match="link instead of a file"):
        archives.names(packed_pairs((link, "/etc/passwd")))


def test_a_password_is_refused():
    body = packed(a=b"geheim")
    locked = with_patch(body, b"PK\x01\x02", 8, b"\x01\x00")
    with pytest.raises(ExportError, match="password"):
        archives.names(locked)


@pytest.mark.parametrize("name", ["deel2.zip", "Export/deel2.ZIP", "media.tar.gz"])
def test_an_archive_inside_is_refused_with_advice(name: str):
    with pytest.raises(ExportError, match="unpack the outer one"):
        archives.names(packed_pairs((name, packed(a=b"1")), ("Shares.csv", "x")))


def test_packing_that_no_export_uses_is_refused():
    info = zipfile.ZipInfo("Shares.csv")
    info.compress_type = zipfile.ZIP_LZMA
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"x" * 100)
    with pytest.raises(ExportError, match="packed in a way"):
        archives.names(buffer.getvalue())


def test_too_many_members_are_refused():
    body = packed_pairs(*((f"Articles/{n}.html", "") for n in range(archives.MEMBERS + 1)))
    with pytest.raises(ExportError, match="more than 10000 files"):
        archives.names(body)


def test_a_bomb_that_says_so_is_refused_without_opening():
    with pytest.raises(ExportError, match="200 times its size"):
        archives.names(packed(a=bytes(3 * archives.MEBIBYTE)))


def test_a_bomb_that_lies_about_its_size_is_refused_while_reading():
    body = packed(a=bytes(3 * archives.MEBIBYTE))
    lying = with_patch(body, b"PK\x01\x02", 24, struct.pack("<I", 1000))
    with pytest.raises(ExportError, match="damaged"):
        read(lying, "a")


def test_a_small_repetitive_table_is_no_bomb():
    body = packed(a=b"x" * 500_000)
    assert len(read(body, "a")[0][1]) == 500_000


def test_the_bytes_are_counted_while_reading(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MEMBER_BYTES", 1000)
    body = packed(a=bytes(range(256)) * 8)
    with pytest.raises(ExportError, match="larger than an export"):
        read(body, "a")


def test_all_opened_members_share_one_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "OPENED_BYTES", 1000)
    body = packed(a=b"x" * 600, b=b"y" * 600)
    assert read(body, "a") == [("a", b"x" * 600)]
    with pytest.raises(ExportError, match="b in this ZIP is larger"):
        read(body, "a", "b")


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "DECLARED_BYTES", 1000)
    with pytest.raises(ExportError, match="would unpack to more"):
        archives.names(packed(a=b"x" * 600, b=b"y" * 600))


def test_an_archive_too_large_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "ARCHIVE_BYTES", 100)
    with pytest.raises(ExportError, match="This ZIP is larger"):
        archives.names(packed(a=bytes(range(256))))


def test_members_that_share_bytes_are_refused():
    body = packed_pairs((zipfile.ZipInfo("a"), b"0123456789"), (zipfile.ZipInfo("b"), b"9876543210"))
    overlapping = with_patch(body, b"PK\x01\x02", 42, struct.pack("<I", 0))
    with pytest.raises(ExportError, match="share the same bytes"):
        archives.names(overlapping)


def test_a_member_that_claims_more_bytes_than_there_are_is_refused():
    body = packed_pairs((zipfile.ZipInfo("a"), b"0123456789"))
    claiming = with_patch(body, b"PK\x01\x02", 20, struct.pack("<I", 60))
    with pytest.raises(ExportError, match="cut off or damaged"):
        archives.names(claiming)


def test_what_a_computer_left_beside_an_archive_is_no_archive():
    assert len(archives.names(packed_pairs(("__MACOSX/._deel2.zip", "x"), ("Shares.csv", "x")))) == 2


def test_a_name_in_utf8_that_does_not_say_so_is_read():
    body = packed_pairs(("Articles/Een-ideXX.html", "x")).replace(b"ideXX", "idée".encode())
    assert archives.names(body) == ("Articles/Een-idée.html",)


def test_folders_are_not_files():
    assert archives.names(packed_pairs(("Articles/", ""), ("Articles/a.html", "x"))) == ("Articles/a.html",)


@given(st.binary(max_size=300), st.integers(0, 300))
@settings(deadline=None, max_examples=150)
def test_damage_anywhere_gives_the_files_or_one_sentence(noise: bytes, at: int):
    whole = packed(a=b"eerste " * 9, b=b"tweede " * 9)
    body = whole[:at] + noise + whole[at + len(noise) :]
    try:
        dict(archives.contents(body, set(archives.names(body))))
    except ExportError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 250
