"""What comes back is understood in the shapes in which it comes; whatever the bytes are, they stop nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate import ids, returned_mail
from curate.returns import Fared, Report, verdict
from tests.curate.returned import EMAIL, KEY, SHAPES, Shape, dsn, fields

DELIVERY = ids.of("delivery", "12", "lezer")
MARK, LEAVE = (ids.marked(KEY, purpose, DELIVERY) for purpose in ("delivery", "leave"))


def read(shape: Shape) -> Report:
    return returned_mail.read(shape.bytes(MARK, LEAVE).replace(b"{MARK}", MARK.upper().encode()))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_shape_means_what_it_means(shape: Shape) -> None:
    found = read(shape).about(EMAIL)
    if shape.kind is None:
        assert found is None
        return
    assert found
    assert (found.kind, found.status) == (shape.kind, shape.status)


def test_there_are_shapes_enough() -> None:
    assert len(SHAPES) >= 30
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if "{mark}" in shape.mail], ids=lambda shape: shape.name)
def test_the_mark_of_our_mail_is_found(shape: Shape) -> None:
    assert DELIVERY in {ids.unmarked(KEY, "delivery", one) for one in read(shape).marks}


def test_the_mark_to_leave_is_only_read_from_the_address_it_was_written_to() -> None:
    by_name = {shape.name: read(shape) for shape in SHAPES}
    assert by_name["leaving by mail"].leave_marks == (LEAVE,)
    quoting = dsn(fields("5.1.1", f"550 mailto:bounces+leave.{LEAVE}@example.org"))
    assert returned_mail.read(quoting.replace("{mark}", MARK).encode()).leave_marks == ()


def test_a_mark_is_of_no_use_for_another_purpose_nor_with_a_letter_changed() -> None:
    assert ids.unmarked(KEY, "delivery", MARK.upper()) == DELIVERY
    assert ids.unmarked(KEY, "leave", MARK) is None
    assert ids.unmarked(b"another home", "delivery", MARK) is None
    other = "b" if MARK[-1] != "b" else "c"
    for wrong in (MARK[:-1] + other, other + MARK[1:], MARK[1:], "", "é" * 34, "1" * 34):
        assert ids.unmarked(KEY, "delivery", wrong) is None or wrong == MARK


@given(st.binary(min_size=16, max_size=16), st.binary())
def test_a_mark_holds_any_id_and_fits_in_an_address(raw: bytes, key: bytes) -> None:
    mark = ids.marked(key, "delivery", raw.hex())
    assert ids.unmarked(key, "delivery", mark) == raw.hex()
    assert len(mark) == 34
    assert mark.isalnum()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
@example(b"Content-Type: multipart/mixed; boundary=a\n\n" * 400)
@example(b"To: =?utf-8?q?=00?= <\nContent-Type: message/delivery-status\n\n\n\nFinal-Recipient\n")
@example(b"Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\n!!!!")
def test_no_bytes_stop_the_reading(raw: bytes) -> None:
    assert returned_mail.read(raw).findings


def test_parts_in_parts_in_parts_stop_nothing() -> None:
    """Not among the examples above: hypothesis lets Python go deeper than it does by itself."""
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1500))
    (found,) = returned_mail.read(deep).findings
    assert found.kind == "unknown"


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(SHAPES), st.integers(0, 2000), st.binary(max_size=5))
def test_a_damaged_report_stops_nothing_and_says_little(shape: Shape, place: int, damage: bytes) -> None:
    whole = shape.bytes(MARK, LEAVE)
    report = returned_mail.read(whole[:place] + damage + whole[place + len(damage) :])
    assert all(len(one.said) <= 300 and one.said.isprintable() for one in report.findings)


def test_a_reader_is_suspended_for_a_gone_address_or_three_in_a_row() -> None:
    soft, fine = Fared("soft", "full"), Fared(None)
    assert verdict(()) is None
    assert verdict((soft, soft)) is None
    assert verdict((soft, soft, fine)) is None
    assert verdict((fine, soft, soft, soft)) is None
    assert verdict((Fared("refused"), Fared("unsure"), soft)) is None
    found = verdict((soft, soft, soft))
    assert found
    assert found.kind == "soft"
    assert "full" in found.why
    gone = verdict((fine, Fared("gone", "no such user")))
    assert gone
    assert (gone.kind, gone.why) == ("gone", "no such user")
