"""What goes wrong between asking and having the whole answer."""

import gzip
import zlib

from tests.pipelines.catalogue.building import MOST_BYTES, Fault, Oddity, dripping, endless, fault, feed, sent, xml
from tests.pipelines.faulty_sites import answer, redirect, silence

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
GOOD = feed("goed")
PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>cf-challenge</body></html>"
BOMB = gzip.compress(bytes(8 * MOST_BYTES))


FETCHING: dict[str, Fault | Oddity] = {
    **{
        f"case04_redirect_to_{name}": fault("blocked", "address", redirect(target))
        for name, target in {
            "file": "file:///etc/passwd",
            "ftp": "ftp://127.0.0.1/x",
            "gopher": "gopher://127.0.0.1:70/x",
            "data": "data:application/xml,<rss/>",
            "javascript": "javascript:alert(1)",
            "unix": "unix:/run/x.sock",
        }.items()
    },
    **{
        f"case07_status_{status}": fault(kind, reason, answer(status=f"{status} X"))
        for status, kind, reason in (
            (204, "http_204", "204"),
            (206, "http_206", "206"),
            (400, "http_400", "400"),
            (401, "http_401", "401"),
            (403, "http_403", "403"),
            (404, "http_404", "404"),
            (410, "gone", "gone for good"),
            (418, "http_418", "418"),
            (429, "rate_limited", "later"),
            (451, "http_451", "451"),
            (500, "http_500", "500"),
            (502, "http_502", "502"),
            (503, "http_503", "503"),
            (304, "http_304", "without being asked"),
            (999, "http_999", "999"),
        )
    },
    **{
        f"case07_retry_after_{name}": fault("rate_limited", "later", answer(status="429 Slow", Retry_After=text))
        for name, text in {
            "huge": "9" * 40,
            "negative": "-5",
            "junk": "soon\u00e9",
            "date": "Fri, 31 Dec 9999 23:59:59 GMT",
            "past": "Thu, 01 Jan 1970 00:00:00 GMT",
            "empty": " ",
        }.items()
    },
    "case07_503_with_retry_after": fault("rate_limited", "503", answer(status="503 Busy", Retry_After="60")),
    "case07_503_then_well": Oddity(["goed"], (answer(status="503 Busy"), xml(GOOD)), frozenset({0})),
    "case08_loop": fault("http_302", "redirects more than", redirect("/case08_loop")),
    "case08_chain": fault(
        "http_301",
        "redirects more than",
        redirect("/c1", "301 X"),
        **{f"c{n}": redirect(f"/c{n + 1}", "301 X") for n in range(1, 41)},
    ),
    "case08_location_is_junk": fault("blocked", "not an address", redirect("http://[::bad/")),
    "case08_location_is_a_bad_port": fault("blocked", "address", redirect("http://127.0.1.1:99999/")),
    "case08_location_is_missing": fault("http_302", "302", answer(status="302 Found")),
    "case08_relative_location": Oddity(["goed"], (redirect("ok", "307 X"), redirect("ok", "301 X"), redirect("./ok"))),
    "case09_silence": fault("timeout", "in full within", silence),
    "case09_drip": fault("timeout", "in full within", dripping(OK + b"\r\n", b"<")),
    "case09_slow_headers": fault("timeout", "in full within", dripping(OK, b"X-Slow: 1\r\n")),
    "case09_stalled_body": fault(
        "timeout", "in full within", sent(OK + b"Content-Length: 900\r\n\r\n<rss>", pause_s=4)
    ),
    "case10_endless": fault("too_large", "larger than", endless(OK + b"\r\n", b"<a>" * 20_000)),
    "case10_endless_chunks": fault(
        "too_large",
        "larger than",
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ),
    "case10_announced": fault("too_large", "larger than", sent(OK + b"Content-Length: 52428800\r\n\r\n" + GOOD)),
    "case11_gzip_bomb": fault("too_large", "larger than", answer(BOMB, Content_Encoding="gzip")),
    "case11_bomb_in_a_bomb": fault(
        "too_large", "larger than", answer(gzip.compress(BOMB), Content_Encoding="gzip, gzip")
    ),
    "case11_deflate_bomb": fault(
        "too_large", "larger than", answer(zlib.compress(bytes(8 * MOST_BYTES)), Content_Encoding="deflate")
    ),
    "case11_gzip_that_is_none": fault("unreadable", "damaged", answer(GOOD, Content_Encoding="gzip")),
    "case11_unasked_encoding": fault("unreadable", "not asked for", answer(GOOD, Content_Encoding="compress")),
    "case11_many_encodings": fault("unreadable", "not asked for", answer(GOOD, Content_Encoding="gzip, " * 9 + "gzip")),
    "case12_too_short": fault("unreadable", "broke off", answer(GOOD[:200], Content_Length=str(len(GOOD)))),
    "case12_negative_length": fault("unreadable", "broke off", sent(OK + b"Content-Length: -1\r\n\r\n" + GOOD)),
    "case12_two_lengths": fault(
        "unreadable", "broke off", sent(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n<rss/>")
    ),
    "case12_junk_length": fault("unreadable", "broke off", sent(OK + b"Content-Length: ten\r\n\r\n" + GOOD)),
    "case12_junk_chunks": fault("unreadable", "broke off", sent(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss>")),
    "case12_cut_chunks": fault(
        "unreadable", "broke off", sent(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + GOOD[:100])
    ),
    "case12_endless_chunk_size": fault(
        "unreadable", "broke off", sent(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 5000 + b"\r\n")
    ),
    "case12_reset": fault("unreadable", "broke off", sent(OK + b"Content-Length: 900\r\n\r\n<rss>", reset=True)),
    "case12_nothing": fault("unreadable", "broke off", sent()),
    "case12_no_http": fault("unreadable", "broke off", sent(b"220 ftp ready\r\n")),
    "case12_bare_body": fault("unreadable", "broke off", sent(GOOD)),
    "case12_long_header": fault("unreadable", "broke off", sent(OK + b"X: " + b"x" * 2 * 2**20 + b"\r\n\r\n")),
    "case12_nul_in_header": fault("unreadable", "broke off", sent(OK + b"X: a\x00b\r\n\r\n" + GOOD)),
    "case14_page": fault("not_a_feed", "a web page", answer(PAGE, Content_Type="text/html")),
    "case14_page_served_as_feed": fault("not_a_feed", "a web page", xml(b"\n<!-- x -->" + PAGE, "application/rss+xml")),
    "case14_xhtml": fault("not_a_feed", "a web page", xml(b"<?xml version='1.0'?>" + PAGE)),
    "case14_empty": fault("not_a_feed", "an empty answer", xml(b"")),
    "case14_spaces": fault("not_a_feed", "an empty answer", xml(b" \r\n\xef\xbb\xbf\x00\n")),
    "case14_words": fault("not_a_feed", "something else", xml("Database error")),
    "case14_name_of_a_file": fault("not_a_feed", "something else", xml("/etc/passwd")),
    "case14_picture": fault(
        "not_a_feed", "something else", answer(b"\x89PNG\r\n\x1a\n" + bytes(90), Content_Type="image/png")
    ),
    "case14_other_json": fault("not_a_feed", "not a JSON Feed", xml('{"error": "no"}', "application/json")),
    "case14_page_after_a_feed": Oddity(
        ["een", "twee"], (xml(feed("een", "twee")), xml(PAGE), xml(PAGE)), frozenset({1, 2})
    ),
    "case14_empty_after_a_feed": Oddity(["een"], (xml(feed("een")), xml(b""), xml(feed("een"))), frozenset({1})),
}
