"""Bombs (bombs.py) whose charge lies in what is opened: S/MIME, TNEF, PEC, uuencode, yEnc."""

import base64

from .bombs import bomb
from .containers import attribute, compressed, packed_rtf, properties, signed, tlv, tnef

_MIXED = "Content-Type: multipart/mixed; boundary=b"
_BASE64 = "Content-Transfer-Encoding: base64"
_P7M = ('Content-Type: application/pkcs7-mime; name="smime.p7m"', _BASE64)
_TNEF = ("Content-Type: application/ms-tnef", _BASE64)
_PEC = (
    'From: "Per conto di: a@b.test" <posta-certificata@bomb.test>',
    "X-Trasporto: posta-certificata",
    _MIXED,
)
_POSTACERT = "Content-Type: message/rfc822; name=postacert.eml"
_SIX_MEGABYTES = 6_000_000


def _encoded(data):
    return base64.encodebytes(data).decode()


def _parts(number, header, text):
    return f"--b\n{header}\n\n{text}\n" * number + "--b--"


def _signed_around(data):
    """A signed message whose text is these octets, whatever they are."""
    text = b"X" * 999
    return signed(text).replace(tlv(4, text), data)


def _signed_parts(number):
    return signed(b"Content-Type: multipart/mixed; boundary=z\n\n" + b"--z\n\nx\n" * number)


def _wrapped(times):
    data = b"Content-Type: text/plain\n\n" + b"x" * 3_000_000
    for _time in range(times):
        data = b"Content-Type: application/pkcs7-mime\n\n" + signed(data)
    return signed(data)


def _with_properties(unit):
    return tnef() + attribute(1, 0x9003, b"\xff" * 4 + unit * (_SIX_MEGABYTES // len(unit)))


def _within_itself(times):
    stream = tnef(body=[(0x1009, 0x102, packed_rtf(b"{\\rtf1" + b"{" * 900_000))])
    for _time in range(times):
        inner = properties((0x3705, 0x0003, 5), (0x3701, 0x0D, bytes(16) + stream))
        stream = tnef(attribute(2, 0x9002, bytes(14)) + attribute(2, 0x9005, inner))
    return stream


KINDS = {
    "signed: in pieces of pieces": lambda: bomb(
        *_P7M, body=_encoded(_signed_around(b"\x24\x80" * (_SIX_MEGABYTES // 2)))
    ),
    "signed: in many pieces": lambda: bomb(
        *_P7M, body=_encoded(_signed_around(b"\x24\x80" + b"\4\1x" * 2_000_000 + b"\0\0"))
    ),
    "signed: no end": lambda: bomb(*_P7M, body=_encoded(b"\x30\x80" * (_SIX_MEGABYTES // 2))),
    "signed: lengths": lambda: bomb(*_P7M, body=_encoded(b"\x30\xff" + b"\xff" * _SIX_MEGABYTES)),
    "signed: in itself": lambda: bomb(*_P7M, body=_encoded(_wrapped(60))),
    "signed: many with parts": lambda: bomb(
        _MIXED, body=_parts(490, "\n".join(_P7M), _encoded(_signed_parts(450)))
    ),
    "compressed": lambda: bomb(*_P7M, body=_encoded(compressed(bytes(200_000_000)))),
    "compressed: text": lambda: bomb(*_P7M, body=_encoded(compressed(b"a b<" * 4_900_000))),
    "winmail: many values": lambda: bomb(
        *_TNEF, body=_encoded(_with_properties(b"\x1f\x10\x37\0" + b"\xff" * 4))
    ),
    "winmail: no values": lambda: bomb(
        *_TNEF, body=_encoded(_with_properties(b"\x1f\x10\x37\0\xff\xff\xff\0" + bytes(4_000)))
    ),
    "winmail: attributes": lambda: bomb(
        *_TNEF, body=_encoded(tnef(attribute(2, 0x9002, b"") * 400_000))
    ),
    "winmail: rtf": lambda: bomb(*_TNEF, body=_encoded(_within_itself(0))),
    "winmail: in itself": lambda: bomb(*_TNEF, body=_encoded(_within_itself(30))),
    "certified: many": lambda: bomb(*_PEC, body=_parts(490, _POSTACERT, "From: a@b.test\n\nx")),
    "certified: addresses": lambda: bomb(
        *_PEC, body=_parts(1, _POSTACERT, f"From: {'a@' * 200_000}\nSubject: x\n\nx")
    ),
    "uuencode: begins": lambda: bomb(body="begin 644 a\nM\n" * 90_000 + "end\n"),
    "uuencode: files": lambda: bomb(body="begin 644 a\n!80``\n`\nend\n" * 90_000),
    "yenc: begins": lambda: bomb(body="=ybegin line=1 size=1 name=a\n" * 90_000 + "=yend\n"),
    "yenc: signs": lambda: bomb(
        body="=ybegin line=1 size=1 name=a\n" + "=" * _SIX_MEGABYTES + "\n=yend\n"
    ),
}
