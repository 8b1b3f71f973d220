"""Entries that change, return, wander and share their names, and words that would do harm elsewhere."""

from tests.pipelines.catalogue.building import BASE, Fault, Oddity, fault, item, items, odd
from tests.pipelines.faulty_sites import redirect

IDENTITY: dict[str, Fault | Oddity] = {
    "case24_one_guid_for_all": odd(
        "een twee drie",
        items(item("een", "x"), item("twee", "x")),
        items(item("drie", "x"), item("een", "x"), item("twee", "x")),
        items(item("drie", "x"), item("een", "x")),
    ),
    "case24_one_guid_and_one_link_for_all": odd(
        "een twee drie",
        *(items(*(item(name, "x", BASE) for name in names.split())) for names in ("een twee", "drie een", "drie")),
    ),
    "case24_one_guid_and_the_sites_link_for_all": odd(
        "een twee drie",
        *(items(*(item(n, "x", f"{BASE}/") for n in names.split())) for names in ("een twee", "drie een", "drie twee")),
    ),
    "case25_guid_made_anew": odd("een twee", *(items(item("een", f"a{n}"), item("twee", f"b{n}")) for n in range(3))),
    "case25_guid_and_tracking_made_anew": odd(
        "een",
        *(
            items(item("een", f"a{n}", f"{BASE}/een?utm_source=rss&amp;utm_campaign=w{n}&amp;fbclid={n}"))
            for n in range(3)
        ),
    ),
    "case26_no_guid": odd(
        "een twee drie", *(items(*map(item, names.split())) for names in ("een twee", "twee drie", "drie een"))
    ),
    "case26_no_guid_no_link": odd("een twee", *(items("<title>een</title>", "<title>twee</title>") for _ in range(3))),
    "case26_only_text": odd(
        ["", ""], *(items("<description>een</description>", "<description>twee</description>"),) * 3
    ),
    "case27_twice_in_one": odd(
        "een twee", *(items(item("een", "1"), item("een", "1"), item("twee"), item("twee")),) * 3
    ),
    "case27_same_link_other_guid": odd("een een", *(items(item("een", "1"), item("een", "2")),) * 3),
    "case28_title_edited": odd(["Nieuw"], items(item("oud", "1", f"{BASE}/a")), items(item("Nieuw", "1", f"{BASE}/a"))),
    "case28_title_edited_without_guid": odd(
        ["Nieuw"], items(item("oud", link=f"{BASE}/a")), items(item("Nieuw", link=f"{BASE}/a"))
    ),
    "case28_text_edited": odd(
        "een", *(items(item("een", "1", more=f"<description>{n}</description>")) for n in range(3))
    ),
    "case28_link_edited": odd("een", items(item("een", "1", f"{BASE}/a")), items(item("een", "1", f"{BASE}/b"))),
    "case29_short_window": odd("een twee drie", *(items(item(name, name)) for name in ("een", "twee", "drie"))),
    "case29_gone_and_back": odd("een twee", *(items(item(name, name)) for name in ("een", "twee", "een"))),
    "case30_tracking": odd(
        "een",
        *(
            items(item("een", link=f"{BASE}/een{tail}"))
            for tail in ("", "?utm_source=x&amp;utm_medium=rss", "/?trk=y#c")
        ),
    ),
    "case30_capitals_and_port": odd(
        "een", items(item("een", link=f"{BASE}/een/")), items(item("een", link=f"{BASE.upper()}/een"))
    ),
}


OUTPUT: dict[str, Fault | Oddity] = {
    "case35_links_of_other_schemes": odd(
        "een twee drie",
        items(
            item("een", link="javascript:alert(1)"),
            item("twee", link="data:text/html,x"),
            item("drie", link="vbscript:x"),
        ),
    ),
    "case38_line_ends_in_a_title": odd(
        ["A Bcc: x y…z"], items(item("A&#13;&#10;Bcc: x&#x2028;y&#x85;z", link=f"{BASE}/a"))
    ),
    "case39_line_ends_in_a_reason": fault("blocked", "127.0.1.1", redirect("http://127.0.1.1\u0085\u202ex/")),
    "case39_marks_of_direction": odd(["gnp.exe"], items(item("&#x202e;gnp.exe", link=f"{BASE}/a"))),
    "case40_formula": odd(["=HYPERLINK(1)"], items(item("=HYPERLINK(1)", link=f"{BASE}/a"))),
}
