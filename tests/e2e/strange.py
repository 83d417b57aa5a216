"""Messages that break programs, by what is strange about them."""

HEAD = (
    b"From: Carla <carla-%(name)s@customer.test>\r\nTo: sales@example.com\r\n"
    b"Subject: %(name)s\r\nMessage-ID: <%(name)s.strange@customer.test>\r\n"
    b"Date: Mon, 02 Nov 2026 09:59:58 +0000\r\nMIME-Version: 1.0\r\n"
)
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"


def head(name, *without):
    """A header named after the case, without some of its fields."""
    lines = (HEAD % {b"name": name.encode()}).splitlines(keepends=True)
    return b"".join(line for line in lines if line.split(b":")[0].decode() not in without)


def nested(depth):
    """Multiparts in each other, with a text in the innermost."""
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(depth)
    )
    closing = b"".join(b"--b%d--\r\n" % level for level in reversed(range(depth)))
    return opening + PLAIN + closing


def attached(number):
    """A text and many small attachments."""
    part = (
        b"--b\r\nContent-Type: application/octet-stream; name=n%d.bin\r\n"
        b"Content-Disposition: attachment; filename=n%d.bin\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
    )
    parts = b"".join(part % (index, index) for index in range(number))
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + PLAIN + parts + b"--b--\r\n"
    )


def forwarded(inner):
    """A text and a message inside."""
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + PLAIN
        + b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--b--\r\n"
    )


STRANGE = {
    "no-subject": head("no-subject", "Subject") + PLAIN,
    "no-date": head("no-date", "Date") + PLAIN,
    "no-message-id": head("no-message-id", "Message-ID") + PLAIN,
    "no-from": head("no-from", "From") + PLAIN,
    "nothing-but-to": b"To: sales@example.com\r\n\r\nHello\r\n",
    "no-body": head("no-body"),
    "unknown-charset": head("unknown-charset")
    + b"Content-Type: text/plain; charset=x-klingon\r\n\r\nqapla \xff\xfe\r\n",
    "charset-that-is-no-charset": head("charset-that-is-no-charset")
    + b"Content-Type: text/plain; charset=base64\r\n\r\nHello\r\n",
    "nul-in-body": head("nul-in-body") + PLAIN + b"a\0b\0\r\n",
    "nul-in-html": head("nul-in-html") + b"Content-Type: text/html\r\n\r\n<p>a\0b</p>\r\n",
    "nul-in-encoded-subject": head("nul-in-encoded-subject", "Subject")
    + b"Subject: =?utf-8?q?nul=00-in-encoded-subject?=\r\n"
    + PLAIN,
    "raw-8-bit-header": head("raw-8-bit-header", "From")
    + "From: Zoë Grün <zoe@customer.test>\r\n".encode("latin-1")
    + PLAIN,
    "nested-120": head("nested-120") + nested(120),
    "nested-2000": head("nested-2000") + nested(2000),
    "attachments-3000": head("attachments-3000") + attached(3000),
    "broken-forward": head("broken-forward")
    + forwarded(b"From: \xff\xfe<<>>,;@\r\nContent-Type: multipart/mixed\r\nSubject\r\n\r\n--x"),
    "forward-without-header": head("forward-without-header") + forwarded(b"\r\n\r\n"),
    "forward-in-base64": head("forward-in-base64")
    + forwarded(b"x").replace(
        b"message/rfc822\r\n", b"message/rfc822\r\nContent-Transfer-Encoding: base64\r\n"
    ),
    "boundary-that-never-comes": head("boundary-that-never-comes")
    + b"Content-Type: multipart/mixed; boundary=never\r\n\r\nHello\r\n",
    "boundary-missing": head("boundary-missing")
    + b"Content-Type: multipart/mixed\r\n\r\nHello\r\n",
    "broken-base64": head("broken-base64")
    + b"Content-Type: application/pdf; name=a.pdf\r\n"
    + b"Content-Transfer-Encoding: base64\r\n\r\n!!a=b\r\n",
    "hostile-file-name": head("hostile-file-name")
    + attached(1).replace(b"filename=n0.bin", b"filename*=x-klingon''%00%ff%2e%2e%2fetc%2fpasswd"),
    "date-of-nowhen": head("date-of-nowhen", "Date")
    + b"Date: Tue, 99 Foo 99999 99:99:99 +9999\r\n"
    + PLAIN,
    "message-id-of-4-kb": head("message-id-of-4-kb", "Message-ID")
    + b"Message-ID: <"
    + b"x" * 4000
    + b"@customer.test>\r\n"
    + PLAIN,
    "many-recipients": head("many-recipients", "To")
    + b"To: "
    + b",\r\n ".join(b"user%d@elsewhere.test" % index for index in range(2000))
    + b",\r\n sales@example.com\r\n"
    + PLAIN,
    "html-of-half-a-tag": head("html-of-half-a-tag")
    + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p <<b><!--<script>alert(1)</\r\n",
    "surrogates": head("surrogates")
    + b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80 \xf0\x9f\x98\x80 \x80\r\n",
    "utf-7": head("utf-7") + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2D3YAA-\r\n",
}
