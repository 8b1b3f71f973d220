"""Bytes become one document in UTF-8, whatever they claim to be."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import documents

TEXT = '<rss version="2.0"><channel><item><title>Één reünie – “daar”</title></item></channel></rss>'


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{TEXT}'


def read(body: bytes, content_type: str = "application/xml") -> str:
    return documents.in_utf8(body, content_type).decode()


@pytest.mark.parametrize("said", ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "utf-16", "klingon", "undefined"])
@pytest.mark.parametrize("served", ["", "iso-8859-1", "windows-1251", "utf-16", "x" * 500])
def test_what_can_be_read_as_utf8_is_utf8_whatever_is_declared(said: str, served: str) -> None:
    assert read(declared(said).encode(), f"text/xml; charset={served}") == declared(said)


@pytest.mark.parametrize(
    ("encoding", "said", "served"),
    [
        ("windows-1252", "windows-1252", ""),
        ("windows-1252", "utf-8", ""),
        ("windows-1252", "utf-8", "windows-1252"),
        ("windows-1252", "klingon", "utf-8"),
        ("windows-1252", "zlib_codec", "idna"),
        ("cp1250", "cp1250", "iso-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-8", "iso-8859-1"),
        ("utf-16-be", "utf-16", "utf-8"),
        ("utf-32", "utf-32", ""),
        ("utf-32-be", "utf-8", ""),
        ("utf-8-sig", "iso-8859-1", "iso-8859-1"),
        ("utf-7", "utf-7", ""),
    ],
)
def test_other_encodings_are_found(encoding: str, said: str, served: str) -> None:
    text = declared(said) if encoding != "cp1250" else declared(said).replace("reünie", "říše").replace("Één", "Žádný")
    assert read(text.encode(encoding), f"application/xml; charset={served}") == text


@pytest.mark.parametrize(
    ("encoding", "said", "text"),
    [
        ("gb18030", "gb2312", "汉字 𠀀"),
        ("cp949", "euc-kr", "한글 뷁"),
        ("cp932", "shift_jis", "漢字 ①"),
        ("iso-2022-jp", "iso-2022-jp", "漢字"),
        ("koi8-r", "koi8-r", "Привет"),
        ("cp037", "cp037", "abc"),
    ],
)
def test_encodings_of_other_scripts_are_found(encoding: str, said: str, text: str) -> None:
    document = f'<?xml version="1.0" encoding="{said}"?><rss><channel><title>{text}</title></channel></rss>'
    assert read(document.encode(encoding)) == document


def test_a_document_of_two_encodings_keeps_the_letters_of_both() -> None:
    body = "<rss><title>café – </title>".encode() + "<title>café – </title></rss>".encode("windows-1252")
    assert read(body) == "<rss><title>café – </title><title>café – </title></rss>"


def test_a_document_cut_in_the_middle_of_a_letter_keeps_all_its_others() -> None:
    body = declared("utf-8").encode()
    cut = body[: body.index("–".encode()) + 2]
    assert documents.in_utf8(cut, "text/xml; charset=iso-8859-1").decode("utf-8", "ignore").endswith("Één reünie ")


def test_what_stands_around_a_document_is_left_out() -> None:
    around = documents.whole(b"<b>Notice</b>: x\n" + declared("utf-8").encode() + b"\n<script>'<item>'</script>")
    assert around == documents.Document(TEXT.encode(), is_declared=True, has_end=True)


@pytest.mark.parametrize("end", [b"</soap:Body></soap:Envelope>", b"\n<!-- cached -->\n", b"</x>"])
def test_what_closes_around_a_feed_stays(end: bytes) -> None:
    assert documents.whole(TEXT.encode() + end).body == TEXT.encode() + end


@pytest.mark.parametrize("length", [10, 30, len(TEXT) - 20])
def test_a_document_that_was_cut_off_has_no_end(length: int) -> None:
    assert not documents.whole(TEXT.encode()[:length]).has_end


def test_controls_and_single_ampersands_are_mended_outside_cdata_only() -> None:
    assert (
        documents.whole(b"<rss>R&D \x0b&amp; <![CDATA[R&D]]></rss>").body == b"<rss>R&amp;D &amp; <![CDATA[R&D]]></rss>"
    )


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(["", "text/xml; charset=utf-16", "x; charset=undefined", "charset="]))
def test_no_bytes_make_reading_fail(body: bytes, content_type: str) -> None:
    for start in (b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"<?xml version='1.0' encoding='undefined'?>"):
        documents.whole(documents.in_utf8(start + body, content_type)).body.decode("utf-8", "replace")
