"""What is wrong with documents, and which dialects and habits only look like it."""

import json

from tests.pipelines.catalogue.building import BASE, Fault, Oddity, fault, item, items, odd, xml

LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{}</feed>'
ACCENTS = items(item("Één"), item("–daar’")).removeprefix('<?xml version="1.0"?>')


def claiming(encoding: str, written: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{ACCENTS}'.encode(written)


PARSING: dict[str, Fault | Oddity] = {
    "case15_billion_laughs": odd(
        "een",
        items(item("een", more="<description>&l9;</description>"), before=f'<!DOCTYPE x [<!ENTITY l0 "lol">{LOL}]>'),
    ),
    "case15_quadratic": odd(
        "een",
        items(
            item("een", more=f"<description>{'&a;' * 9000}</description>"),
            before=f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>',
        ),
    ),
    "case16_xxe_file": odd(
        "een",
        items(
            item("een", more="<description>&x;</description>"),
            before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
    ),
    "case16_xxe_http": odd(
        "een",
        items(
            item("een", more="<description>&x;</description>"),
            before=f'<!DOCTYPE x [<!ENTITY x SYSTEM "{BASE}/entity">]>',
        ),
    ),
    "case16_dtd": odd("een", items(item("een"), before=f'<!DOCTYPE rss SYSTEM "{BASE}/x.dtd">')),
    "case16_xinclude": odd(
        "een",
        items(item("een"), f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{BASE}/x"/>')
        .replace("<item><xi", "<xi")
        .replace("/></item>", "/>"),
    ),
    "case16_stylesheet": odd(
        "een", items(item("een"), before=f'<?xml-stylesheet href="{BASE}/x.xsl" type="text/xsl"?>')
    ),
    "case17_author": odd("een", items(item("een", more=f"<author>{'a.' * 32_000}</author>"))),
    "case18_attributes": odd(
        "een", items(item("een", more="<x " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"))
    ),
    "case18_comments": odd("een", items(item("een", more="<!--" * 50_000))),
    "case18_hang": fault("timeout", "longer than", xml(items(item("een", more=f"<description>{'<b>' * 650_000}")))),
    "case19_deep": odd("een", items(item("een", more="<a>" * 40_000 + "</a>" * 40_000))),
    "case19_deep_html": odd("een", items(item("een", more=f"<description>{'&lt;div&gt;' * 40_000}</description>"))),
    "case19_deep_json": fault(
        "not_a_feed",
        "cannot be read",
        xml('{"version":"https://jsonfeed.org/version/1","items":' + "[" * 100_000 + "]" * 100_000 + "}"),
    ),
    **{
        f"case20_{name}": odd(["Één", "–daar’"], body, content_type=f"text/xml{served}")
        for name, body, served in (
            ("utf8_said_to_be_latin1", claiming("iso-8859-1", "utf-8"), "; charset=iso-8859-1"),
            ("utf8_said_to_be_utf16", claiming("utf-16", "utf-8"), ""),
            ("utf8_said_to_be_klingon", claiming("klingon", "utf-8"), "; charset=undefined"),
            ("cp1252_said_to_be_utf8", claiming("utf-8", "cp1252"), "; charset=utf-8"),
            ("cp1252_only_in_prolog", claiming("windows-1252", "cp1252"), ""),
            ("utf16_with_mark", claiming("utf-16", "utf-16"), ""),
            ("utf16_without_mark", claiming("utf-16", "utf-16-le"), ""),
            ("utf16_without_a_word", ACCENTS.encode("utf-16-be"), ""),
            ("utf32", claiming("utf-32", "utf-32"), ""),
            ("mark_against_prolog", b"\xef\xbb\xbf" + claiming("iso-8859-1", "utf-8"), ""),
            ("written_twice", claiming("utf-8", "utf-8").decode("latin-1").encode(), ""),
            ("nothing_said", ACCENTS.encode(), ""),
        )
    },
    "case21_json_null": odd("", '{"version": "https://jsonfeed.org/version/1", "items": null}'),
    "case21_json_of_wrong_types": odd(
        ["een", ""],
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": 5,
                "items": [
                    None,
                    5,
                    {"id": "1", "title": "een", "url": 5, "authors": {"name": 5}, "date_published": []},
                    {"id": {}, "title": ["x"], "content_html": 5},
                ],
            }
        ),
    ),
    "case21_json_of_odd_numbers": odd(
        "een twee",
        '{"version":"https://jsonfeed.org/version/1","items":'
        f'[{{"id":NaN,"title":"een"}},{{"id":{"9" * 6000},"title":"twee"}}]}}',
    ),
    "case21_json_half_characters": odd(
        "een", r'{"items":[{"id":"\ud800","title":"een\udfff","content_text":"\ud83d"}]}'
    ),
    "case21_json_with_junk_after": odd("een", '{"items":[{"id":1,"title":"een"}]}<!-- cache -->'),
    "case22_junk_after": odd("een", items(item("een")) + "<script>'<item><title>x</title></item>'</script>"),
    "case22_junk_before": odd("een", "<br /><b>Warning</b>: x in y\n" + items(item("een"))),
    "case22_spaces_before": odd("een", "\n\n \t" + items(item("een"))),
    "case22_ampersands": odd(["R&D", "twee"], items(item("R&D", link=f"{BASE}/?a=1&b=2"), item("twee"))),
    "case22_controls": odd("een", items("<title>e\x0be\x1f\x00n</title>")),
    "case22_unknown_entities": odd(["café"], items(item("caf&eacute;", link=f"{BASE}/cafe"))),
    "case22_undeclared_prefix": odd("een", items(item("een", more="<dc:creator>Jan</dc:creator><x:y/>"))),
    "case22_tags_in_a_text": odd(
        "een twee", items(item("een", more="<description><p>a<br>b</description>"), item("twee"))
    ),
    "case22_no_end": odd("een twee", items(item("een"), item("twee")).replace("</channel></rss>", "")),
    "case22_xml_1_1": odd("een", items(item("een")).replace('"1.0"', '"1.1"')),
    "case23_dates": odd(
        [f"d{n}" for n in range(10)],
        items(
            *(
                item(f"d{n}", more=f"<pubDate>{date}</pubDate>")
                for n, date in enumerate(
                    (
                        "Fri, 31 Dec 9999 23:59:59 GMT",
                        "Thu, 01 Jan 1970 00:00:00 GMT",
                        "Mon, 01 Jan 0001 00:00:00 GMT",
                        "soon",
                        "Tue, 31 Jun 2026 10:00:00 GMT",
                        "ma, 23 nov 2026",
                        "9" * 400,
                        "",
                        "-1",
                        "2027-11-23T00:00:00Z",
                    )
                )
            )
        ),
    ),
    "dialect_rss090": odd(
        "een",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://my.netscape.com/rdf/simple/0.9/"><item>{item("een")}</item></rdf:RDF>',
    ),
    "dialect_atom03": odd(
        "een",
        f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>een</title>'
        f'<link rel="alternate" href="{BASE}/een"/></entry></feed>',
    ),
    "dialect_podcast": odd(
        "een", items('<title>een</title><enclosure url="http://127.0.0.1:1/een.mp3"/><guid>1</guid>')
    ),
    "no_entries": odd("", items()),
    "empty_entries": odd([""], items("", "", "")),
}
