"""Mutated messages: what nobody thought of. Shared by the tests and by ./dev fuzz.

A mutation is ``(kind, place, value)``: the place in thousandths of the message's length, and
what the value means depends on the kind.
"""

from pathlib import Path

from .corpora import corpus

LIMIT_SECONDS = 0.25  # of CPU time, for a decision
SHOW_SECONDS = 1.0  # for what a record shows: every part is decoded, once
MAX_BYTES = 2_000_000
PLACES = 1_000

PLAIN = b"From: a@example.org\r\nTo: sales@domain.com\r\nSubject: Offer\r\n\r\nHello\r\n"
REPORT = (
    b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    b"--b\nContent-Type: text/plain\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\n"
    b"Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@domain.com>\n\n--b--\n"
)
SIGNED = (
    b"Authentication-Results: mx.domain.com; dkim=pass (key) header.d=example.org;\n"
    b" dmarc=fail (p=reject dis=none) header.from=example.org\n"
    b"Received: from x (x [198.51.100.1]) by mx.domain.com with ESMTPS id 1 for <sales@domain.com>;"
    b" Mon, 3 Nov 2025 10:00:00 +0100\nX-Spam-Flag: NO\nList-Id: <news.example.org>\n" + PLAIN
)

# What readers of mail stumble over, short, and long enough to show quadratic time.
MORSELS = (
    b"",
    b"\0",
    b"\r",
    b"\n\n",
    b"\r\n\r\n",
    b"\xff\xfe\x80",
    b"(" * 3_000,
    b'"' * 3_001,
    b"<" * 3_000,
    b"a@" * 3_000,
    b";=" * 3_000,
    b" " * 20_000,
    b"\n" * 20_000,
    b"a" * 50_000,
    b"a b " * 20_000,
    b"=?utf-8?q?=ff?= " * 2_000,
    b"=?utf-8?b?" * 2_000,
    b"--b\n" * 5_000,
    b"\n--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 300,
    b"\n--c\nContent-Type: message/rfc822\n\n" * 300,
    b"\nContent-Type: multipart/mixed; boundary=c\n",
    b"\nContent-Type: multipart/report; report-type=delivery-status\n",
    b"\nContent-Type: message/delivery-status\n\nAction: failed\n",
    b"\nContent-Transfer-Encoding: base64\n",
    b"\nContent-Type: text/plain; charset=unknown-8bit\n",
    b"\nReceived: from a (b [1.2.3.4]) by mx.domain.com with ESMTPSA; x" * 200,
    b"\nAuthentication-Results: mx.domain.com; " + b"(a=b;" * 2_000,
    b"\nReferences: " + b"<a@b> " * 3_000,
    b"\nTo: " + b"x <a@example.org>, " * 3_000,
    b"\nX-Failed-Recipients: a@example.org, b",
    b"\nReturn-Path: <>",
    b"\nFrom: MAILER-DAEMON@example.org\nSubject: Undelivered mail",
    b"could not be delivered to the following addresses " * 500,
    b"<a@example.org>: 550 5.1.1 unknown\n" * 1_000,
    # what a record's text and files are read from
    b'\nContent-Disposition: attachment; filename="' + b"a/" * 3_000 + b'"\n',
    b"\nContent-Type: text/html; charset=utf-7\n\n",
    b"\nContent-Type: text/plain; format=flowed; delsp=yes\n\n" + b"> a \n" * 1_000,
    b"\nContent-Type: message/rfc822\n\n" * 40,
    b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" * 40,
    b"\nContent-Type: application/ms-tnef\n\n",
    b"\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n\n" + b"\x30\x80" * 1_000,
    b"<div>" * 3_000,
    b"<a " * 3_000,
    b"&#" * 3_000,
    b'<img src="cid:' * 1_000,
    b"|  |\n" * 3_000,
)
_TNEF = b'From: a@example.org\nContent-Type: application/ms-tnef; name="winmail.dat"\n\n'


def seeds():
    """Messages to begin with: ours, and the public corpora where they are."""
    own = sorted((Path(__file__).parent.parent / "mails").rglob("*.eml"))
    paths = [*own, *corpus("bounces"), *corpus("malformed"), *corpus("content")]
    return [
        *(PLAIN, REPORT, SIGNED),
        *(path.read_bytes()[:MAX_BYTES] for path in paths),
        *(_TNEF + path.read_bytes() for path in corpus("tnef")),
    ]


SEEDS = seeds()
# The first and the last value of each kind.
KINDS = {
    "insert": (0, len(MORSELS) - 1),
    "flip": (1, 255),
    "cut": (1, 2_000),
    "double": (1, 200),
    "swap lines": (0, PLACES - 1),
    "graft": (0, len(SEEDS) - 1),
    "line ends": (0, 2),
}


def mutate(source, mutations):
    """Apply mutations one after the other; places are thousandths of the message's length."""
    for kind, place, value in mutations:
        at = len(source) * place // PLACES
        if kind == "insert":
            source = source[:at] + MORSELS[value] + source[at:]
        elif kind == "flip" and source:
            source = source[:at] + bytes([source[at] ^ value]) + source[at + 1 :]
        elif kind == "cut":
            source = source[:at] + source[at + value :]
        elif kind == "double":
            source = source[:at] + source[at : at + 300] * value + source[at:]
        elif kind == "swap lines":
            lines = source.split(b"\n")
            one, two = len(lines) * place // PLACES, len(lines) * value // PLACES
            lines[one], lines[two] = lines[two], lines[one]
            source = b"\n".join(lines)
        elif kind == "graft":
            other = SEEDS[value]
            source = source[:at] + other[len(other) * place // PLACES :]
        elif kind == "line ends":
            source = source.replace(b"\r\n", b"\n").replace(b"\n", (b"\n", b"\r", b"\r\n")[value])
        source = source[:MAX_BYTES]
    return source
