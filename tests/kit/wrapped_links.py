"""A link as it stands in a message after mail programs and gateways wrapped it."""

import base64
import html
import json
import quopri
from urllib.parse import quote


def safe_links(link):
    return (
        "https://eur01.safelinks.protection.outlook.com/?url="
        f"{quote(link, safe='')}&amp;data=05%7C02&amp;reserved=0"
    )


def urldefense_v2(link):
    target = "".join(
        character if character.isalnum() or character == "." else f"-{ord(character):02X}"
        for character in link
    ).replace("-2F", "_")
    return f"https://urldefense.proofpoint.com/v2/url?u={target}&d=DwMFAg&c=x"


def encoded_words(text, kind="B", size=40):
    """Several words of RFC 2047, a folded line each."""

    def word(piece):
        if kind == "B":
            return base64.b64encode(piece.encode()).decode()
        return piece.replace("=", "=3D").replace("?", "=3F").replace("_", "=5F")

    return "\r\n ".join(f"=?utf-8?{kind}?{word(piece)}?=" for piece in pieces(text, size))


def pieces(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def each(text, form):
    """Every character in a form such as ``&#{code};``."""
    return "".join(form.format(code=ord(character)) for character in text)


def base64_lines(text):
    return base64.encodebytes(text.encode()).decode()


def printed(text):
    return quopri.encodestring(text.encode()).decode()


CUT_OUT = {
    "as it is": str,
    "Safe Links": safe_links,
    "Safe Links twice": lambda link: safe_links(safe_links(link)),
    "Safe Links thrice": lambda link: safe_links(safe_links(safe_links(link))),
    "decimal entities": lambda link: each(link, "&#{code};"),
    "hexadecimal entities": lambda link: each(link, "&#x{code:X};"),
    "entities without semicolons": lambda link: each(link, "&#{code:07d}"),
    "named entities": lambda link: link.replace("_", "&lowbar;").replace("=", "&equals;"),
    "entities of entities": lambda link: each(link, "&amp;#{code};"),
    "percent": lambda link: each(link, "%{code:02x}"),
    "percent twice": lambda link: each(link, "%25{code:02X}"),
    "percent thrice": lambda link: each(link, "%2525{code:02x}"),
    "quoted-printable": printed,
    "quoted-printable all over": lambda link: each(link, "={code:02X}"),
    "URLDefense 1": lambda link: f"https://urldefense.proofpoint.com/v1/url?u={quote(link)}&k=x",
    "URLDefense 2": urldefense_v2,
    "URLDefense 2 of Safe Links": lambda link: urldefense_v2(safe_links(link)),
    "Safe Links of URLDefense 2": lambda link: safe_links(urldefense_v2(link)),
    "URLDefense 3": lambda link: f"https://urldefense.com/v3/__{link}__;!!AbC!xyz$",
    "Barracuda": lambda link: f"https://linkprotect.cudasvc.com/url?a={quote(link, safe='')}&c=E",
    "Cisco": lambda link: f"https://secure-web.cisco.com/1AbC/{quote(link, safe='')}",
    "format=flowed": lambda link: " \r\n".join(pieces(link, 60)),
    "quoted lines": lambda link: "> " + "\r\n> ".join(pieces(link, 70)),
    "zero-width spaces": "\u200b".join,
    "soft hyphens": "\xad".join,
    "a script": lambda link: json.dumps({"u": link}).replace("=", "\\u003d"),
    "behind fakes": lambda link: (
        " ".join(f"/web/login?token=x{number}" for number in range(500)) + f' <a href="{link}">'
    ),
    "behind parameters": lambda link: link.replace("?", "?" + "a=1&" * 3000),
}
NOT_CUT_OUT = {
    "percent of entities": lambda link: each(link, "%26%23{code}%3B"),
    "entities of percent": lambda link: each(link, "&#37;{code:02x}"),
    "quoted-printable twice": lambda link: printed(printed(link)),
    "Base64": base64_lines,
    "Base64 twice": lambda link: base64_lines(base64_lines(link)),
    "Base64 of UTF-16": lambda link: base64.encodebytes(link.encode("utf-16")).decode(),
    "data:": lambda link: (
        "data:text/html;base64," + base64.b64encode(f"<a href={link}>".encode()).decode()
    ),
    "Sophos": lambda link: (
        "https://eu-west-1.protection.sophos.com?d=odoo.test&u="
        + base64.b64encode(link.encode()).decode()
        + "&i=NjA="
    ),
    "URLDefense 2 twice": lambda link: urldefense_v2(urldefense_v2(link)),
    "encoded words": encoded_words,
    "encoded words, Q": lambda link: encoded_words(link, "Q"),
    "split parameters": lambda link: "".join(
        f'; filename*{number}="{piece}"' for number, piece in enumerate(pieces(link, 40))
    ),
    "soft hyphens as entities": "&shy;".join,
    "zero-width spaces as entities": "&#8203;".join,
    "zero-width spaces, percent": "%E2%80%8B".join,
    "tags": "<wbr>".join,
    "tags with attributes": '<b title="a>b">'.join,
    "comments": lambda link: "<!-- a > b -->".join(pieces(link, 30)),
    "styles": lambda link: "<style>p {color: red}</style>".join(pieces(link, 30)),
    "dots": lambda link: ".".join(link),
}
HTML = {"escaped HTML": lambda link: html.escape(html.escape(f'<a href="{link}">'))}
EVERY = {**CUT_OUT, **NOT_CUT_OUT, **HTML}
