"""Messages that are made to stall whoever reads them. Shared by the tests and by ./dev bench.

Each kind is built as large as it takes to hurt: what costs with the square of something is small,
what costs memory is large. They are made, not kept: a megabyte of ``<`` is no fixture.
"""

from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

TO = "sales@example.com"
_numbers = count(1)
_MIXED = ("Content-Type: multipart/mixed; boundary=b",)
_HTML = ("Content-Type: text/html; charset=utf-8",)


def bomb(
    *fields: str, body: str = "Hello", to: str | None = TO, results: tuple[str, ...] = ()
) -> bytes:
    """Bytes of a message with these header fields, from a sender of its own.

    :param results: fields directly below our own hop, where filters of ours might write
    """
    number = next(_numbers)
    head = [
        "Received: from mx.bomb.test (mx.bomb.test [192.0.2.9]) by mail.example.com (Postfix)"
        f" with ESMTP id B{number}; Mon, 02 Nov 2026 10:00:00 +0000",
        *results,
        *_missing("From", fields, f"Bomb {number} <b{number}@bomb{number}.test>"),
        *(_missing("To", fields, to) if to else ()),
        *_missing("Subject", fields, f"Bomb {number}"),
        f"Message-ID: <{number}.bomb@bomb.test>",
        "Date: Mon, 02 Nov 2026 09:59:58 +0000",
        "MIME-Version: 1.0",
        *_missing("Content-Type", fields, "text/plain; charset=utf-8"),
        *fields,
    ]
    text = "\n".join(head) + "\n\n" + body + "\n"
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def _missing(name: str, fields: tuple[str, ...], value: str) -> tuple[str, ...]:
    has = any(field.lower().startswith(f"{name.lower()}:") for field in fields)
    return () if has else (f"{name}: {value}",)


def _folded(text: str, width: int = 900) -> str:
    """Text in lines that a mail server lets pass (RFC 5322 §2.1.1)."""
    return "\n ".join(text[at : at + width] for at in range(0, len(text), width))


def _results(item: str, fields: int = 50, *, lines: int = 1) -> tuple[str, ...]:
    value = "\n ".join([item] * lines)
    return tuple(f"Authentication-Results: mail.example.com; {value}" for _n in range(fields))


def _parts(count_: int, header: str = "", text: str = "x") -> str:
    return f"--b\n{header}\n\n{text}\n" * count_ + "--b--"


def _nested(depth: int, kind: str = "multipart/mixed") -> str:
    lines = [f"--b{n}\nContent-Type: {kind}; boundary=b{n + 1}\n" for n in range(depth)]
    return "\n".join(lines)


def _forwards(depth: int) -> str:
    return "Content-Type: message/rfc822\n\n" * depth + "\nHello"


def _continued(count_: int) -> str:
    return "".join(f";\n name*{number}*=%41%42" for number in range(count_))


def _many_html(count_: int) -> str:
    return _parts(count_, "Content-Type: text/html", "<p>" + "x " * 500 + "</p>")


_FILE = 'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment'
_IN_PDF = f"{_FILE}; filename=a.pdf"

# By the words of the cases 1 and 10 first, then kinds that nobody listed.
KINDS: dict[str, Callable[[], bytes]] = {
    "results: escaped quotes": lambda: bomb(results=_results('"' + '\\"' * 10_000)),
    "results: folded": lambda: bomb(results=_results('"' + '\\"' * 450, 20, lines=24)),
    "results: semicolons": lambda: bomb(results=_results(";" * 20_000)),
    "results: backslashes": lambda: bomb(results=_results('"' + "\\" * 19_000)),
    "results: parentheses": lambda: bomb(results=_results("(" * 19_000)),
    "cc: quotes": lambda: bomb("Cc: " + '"' * 40_000),
    "cc: angles": lambda: bomb("Cc: " + "<a, " * 300_000),
    "cc: commas": lambda: bomb("Cc: " + "," * 60_000),
    "cc: dots and blanks": lambda: bomb("Cc: " + ". " * 40_000),
    "cc: parentheses": lambda: bomb("Cc: " + "(" * 40_000),
    "cc: closed comments": lambda: bomb("Cc: " + "(" * 9_000 + ")" * 9_000 + " a@b.test"),
    "cc: groups": lambda: bomb("Cc: " + "a:" * 30_000),
    "cc: mailboxes": lambda: bomb(
        "Cc: " + _folded(", ".join(f"n{n} <n{n}@x{n}.test>" for n in range(14_000)))
    ),
    "cc: encoded names": lambda: bomb("Cc: " + "=?utf-8?q?a?= <a@b.test>, " * 20_000),
    "from: quotes": lambda: bomb("From: " + '"' * 40_001 + " <a@b.test>"),
    "from: at signs": lambda: bomb("From: " + "a@" * 30_000 + "b.test"),
    "to: brackets": lambda: bomb("To: sales@example.com, " + "[" * 40_000),
    "resent-to: backslashes": lambda: bomb("Resent-To: " + '"\\' * 20_000),
    "fields: many cc": lambda: bomb(*["Cc: " + '"""(((<<<,' * 20] * 9_000),
    "fields: received": lambda: bomb(*["Received: from a (b [1.2.3.4]) by c; x"] * 9_900),
    "fields: unknown": lambda: bomb(*[f"X-A{n}: " + "a b " * 30 for n in range(9_900)]),
    "subject: encoded words": lambda: bomb("Subject: " + _folded("=?utf-8?q?=41?= " * 80_000, 960)),
    "subject: half encoded words": lambda: bomb("Subject: " + "=?utf-8?b?" * 60_000),
    "subject: question marks": lambda: bomb("Subject: " + "=?" * 100_000),
    "subject: strange charsets": lambda: bomb("Subject: " + "=?x-none?q?=ff?= " * 10_000),
    "subject: one megabyte": lambda: bomb("Subject: " + "a" * 1_000_000),
    "references: long": lambda: bomb("References: " + "<a@b.test> " * 60_000),
    "references: angles": lambda: bomb("References: " + "<" * 500_000),
    "in-reply-to: encoded": lambda: bomb("In-Reply-To: " + "=?utf-8?q?=3Ca?= " * 30_000),
    "date: digits": lambda: bomb("Date: " + "1 " * 60_000),
    "date: comments": lambda: bomb("Date: Mon, 02 Nov 2026 " + "(" * 60_000),
    "message-id: brackets": lambda: bomb("Message-ID: " + "<[" * 40_000),
    "type: parameters": lambda: bomb(
        "Content-Type: text/plain" + "".join(f"; a{n}=b" for n in range(20_000))
    ),
    "type: continuations": lambda: bomb("Content-Type: text/plain" + _continued(20_000)),
    "type: quotes": lambda: bomb('Content-Type: text/plain; charset="' + '\\"' * 40_000),
    "type: comments": lambda: bomb("Content-Type: text/plain " + "(" * 40_000),
    "type: charset": lambda: bomb("Content-Type: text/plain; charset=" + "a" * 500_000),
    "disposition: parameters": lambda: bomb(
        "Content-Disposition: attachment" + "".join(f"; a{n}=b" for n in range(20_000))
    ),
    "disposition: file name": lambda: bomb(
        *_MIXED, body=_parts(1, _FILE + '; filename="' + "=?utf-8?q?a?= " * 20_000 + '"')
    ),
    "encoding: odd": lambda: bomb("Content-Transfer-Encoding: " + "(" * 40_000),
    "dkim: many": lambda: bomb(
        *[f"DKIM-Signature: v=1; a=rsa-sha256; d=bomb.test; s=a; b={'A' * 1_000}"] * 1_000
    ),
    "dkim: blanks": lambda: bomb("DKIM-Signature: v=1; d=bomb.test; s=a; h=" + ": " * 3_900),
    "list: commas": lambda: bomb("List-Post: " + "<mailto:a@b.test>, " * 30_000),
    "unknown: encoded words": lambda: bomb("X-Note: " + "=?utf-8?q?=41?= " * 30_000),
    "parts: attachments": lambda: bomb(*_MIXED, body=_parts(8_000, _IN_PDF)),
    "parts: texts": lambda: bomb(*_MIXED, body=_parts(4_000, "Content-Type: text/plain", "a\nb")),
    "parts: pages": lambda: bomb(*_MIXED, body=_many_html(1_000)),
    "parts: nested": lambda: bomb(
        "Content-Type: multipart/mixed; boundary=b0", body=_nested(3_000)
    ),
    "parts: forwards": lambda: bomb("Content-Type: message/rfc822", body=_forwards(3_000)),
    "parts: prefixes": lambda: bomb(
        "Content-Type: multipart/mixed; boundary=b",
        body="".join(
            f"--{'b' * n}\nContent-Type: multipart/mixed; boundary={'b' * (n + 1)}\n\n"
            for n in range(1, 900)
        ),
    ),
    "parts: hyphens": lambda: bomb(*_MIXED, body="--x\n" * 400_000),
    "parts: headers": lambda: bomb(*_MIXED, body=_parts(300, "Subject: " + "=?a?q?b?= " * 800)),
    "parts: parameters": lambda: bomb(
        *_MIXED,
        body=_parts(50, "Content-Type: text/plain" + "".join(f"; a{n}=b" for n in range(2_000))),
    ),
    "html: angles": lambda: bomb(*_HTML, body="<" * 1_000_000),
    "html: attributes": lambda: bomb(
        *_HTML, body="<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">x</p>"
    ),
    "html: nesting": lambda: bomb(*_HTML, body="<div>" * 200_000 + "x"),
    "html: inline nesting": lambda: bomb(*_HTML, body="<b><i><u>" * 30_000 + "x"),
    "html: elements": lambda: bomb(*_HTML, body="<p>x<br>" * 300_000),
    "html: encoding": lambda: bomb(*_HTML, body='<a encoding="' * 60_000),
    "html: office": lambda: bomb(*_HTML, body="<o:" * 300_000),
    "html: comments": lambda: bomb(*_HTML, body="<!--" * 200_000),
    "html: entities": lambda: bomb(*_HTML, body="&amp;&#62;" * 300_000),
    "html: tables": lambda: bomb(*_HTML, body="<table><tr><td>" * 30_000),
    "html: quotes": lambda: bomb(
        *_HTML, body="<div class=gmail_extra>" + "<p class=yahoo_quoted>x</p>" * 40_000
    ),
    "html: styles": lambda: bomb(*_HTML, body='<p style="' + "a:'" * 200_000 + '">x</p>'),
    "html: style rules": lambda: bomb(*_HTML, body=f'<p style="{"color:red;" * 90_000}">x</p>'),
    "html: links": lambda: bomb(*_HTML, body="<a href='http://a.test/x'>b</a> " * 40_000),
    "html: big": lambda: bomb(*_HTML, body="<p>" + "lorem ipsum " * 1_500_000),
    "html: doctype": lambda: bomb(*_HTML, body="<!DOCTYPE x [" + "<!ENTITY a 'b'>" * 60_000),
    "text: quoted lines": lambda: bomb(body="> a\nb\n" * 200_000),
    "text: addresses": lambda: bomb(body="http://a.test/?x=y&z " * 100_000),
    "text: at signs": lambda: bomb(body="a@" * 1_000_000),
    "text: signatures": lambda: bomb(body="-- \n" * 300_000),
    "text: one line": lambda: bomb(body="a" * 8_000_000),
    "text: empty lines": lambda: bomb(body="\n" * 2_000_000),
    "text: nul": lambda: bomb(body="\0" * 3_000_000),
    "text: angles": lambda: bomb(body="<" * 1_500_000),
    "text: colons": lambda: bomb(body="From: a\nTo: b\nSubject: c\n" * 60_000),
    "text: uuencoded": lambda: bomb(
        "Content-Transfer-Encoding: x-uuencode", body="begin 644 a\n" + "M" * 61 * 30_000
    ),
    "text: base64 with junk": lambda: bomb(
        "Content-Transfer-Encoding: base64", body="!QQ!=\n" * 500_000
    ),
    "text: quoted-printable": lambda: bomb(
        "Content-Transfer-Encoding: quoted-printable", body="=" * 2_000_000
    ),
    "text: calendar": lambda: bomb(
        "Content-Type: text/calendar; method=REQUEST",
        body="BEGIN:VCALENDAR\n" + "ATTENDEE:a\n" * 100_000,
    ),
    "text: winmail": lambda: bomb(
        "Content-Type: application/ms-tnef; name=winmail.dat", body='x\x9f>"' * 300_000
    ),
    "report: delivery status": lambda: bomb(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=_parts(1, "Content-Type: text/plain", "failed")[:-5]
        + "--b\nContent-Type: message/delivery-status\n\n"
        + "Final-Recipient: rfc822; a@b.test\nStatus: 5.1.1\n\n" * 30_000
        + "--b--",
    ),
    "header: endless": lambda: bomb("X-Long: a\n" + " b\n" * 300_000),
    "header: bytes": lambda: bomb("Subject: " + "\udcff\udcfe" * 200_000),
    "header: carriage returns": lambda: bomb("X-Long: a" + "\r" * 200_000),
    "header: colons": lambda: bomb(*[":" * 100] * 9_000),
}

# What the issue names; the benchmark sends two of each.
TEN = (
    "results: escaped quotes",
    "cc: quotes",
    "cc: angles",
    "cc: dots and blanks",
    "subject: encoded words",
    "type: parameters",
    "parts: attachments",
    "parts: nested",
    "html: angles",
    "html: attributes",
)


# The described attacks of kinds 1 and 10 (tests/kit/attacks/shared.py), each by its name there.
DESCRIBED = {
    "1a": "results: escaped quotes",
    "1c": "results: folded",
    "1f": "results: semicolons",
    "10a": "cc: quotes",
    "10c": "cc: angles",
    "10e": "subject: encoded words",
    "10f": "type: parameters",
    "10h": "parts: attachments",
    "10j": "html: angles",
    "10n": "cc: commas",
    "10q": "parts: nested",
    "10r": "cc: dots and blanks",
}


def twenty(seed: int = 0) -> Iterator[bytes]:
    """Twenty bombs of ten kinds, each from a sender of its own; ``seed``: other ones."""
    for _number in range(seed % 1_000):
        next(_numbers)
    return (KINDS[name]() for name in islice(cycle(TEN), 20))
