"""Containers as other programs write them, made from what lies in them: S/MIME, TNEF, PEC.

Written from the specifications and not by our readers' code: what these make, other programs open.
"""

import base64
import zlib

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = bytes.fromhex("06092a864886f70d010703")
_AUTHENTICATED = bytes.fromhex("060b2a864886f70d0109100117")
_COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")
DATA = bytes.fromhex("06092a864886f70d010701")
OIDS = {"enveloped": _ENVELOPED, "authenticated": _AUTHENTICATED, "signed": _SIGNED}
_ZLIB = bytes.fromhex("060b2a864886f70d0109100308")
_SHA256 = bytes.fromhex("300b0609608648016503040201")


def tlv(tag, *contents):
    """An element of definite length (X.690 §8.1.3)."""
    content = b"".join(contents)
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def endless(tag, *contents):
    """An element of indefinite length, as programs write that do not know it yet."""
    return bytes((tag, 0x80)) + b"".join(contents) + b"\0\0"


def _octets(data, form):
    if form is tlv:
        return tlv(0x04, data)
    half = len(data) // 2
    return endless(0x24, tlv(0x04, data[:half]), endless(0x24, tlv(0x04, data[half:])))


def signed(entity, *, form=tlv, inner=DATA):
    """A CMS SignedData around a MIME entity (RFC 5652 §5.1), with no signer but all the fields."""
    content = form(0x30, inner, form(0xA0, _octets(entity, form)))
    body = form(0x30, tlv(2, b"\1"), form(0x31, _SHA256), content, tlv(0x31))
    return form(0x30, _SIGNED, form(0xA0, body))


def compressed(entity, *, form=tlv):
    """A CMS CompressedData (RFC 3274)."""
    packed = zlib.compress(entity)
    content = form(0x30, DATA, form(0xA0, _octets(packed, form)))
    body = form(0x30, tlv(2, b"\0"), form(0x30, _ZLIB), content)
    return form(0x30, _COMPRESSED, form(0xA0, body))


def encrypted(kind="enveloped"):
    """A CMS EnvelopedData, or one of its kin, that nobody can open."""
    return tlv(0x30, OIDS[kind], tlv(0xA0, tlv(0x30, tlv(2, b"\0"), tlv(0x31), tlv(0x30, DATA))))


def in_base64(data, *header):
    """Header fields and a base64 body, as one part or message."""
    lines = [*header, "Content-Transfer-Encoding: base64", "", base64.encodebytes(data).decode()]
    return "\n".join(lines)


# --- TNEF


def _number(value, octets=4):
    return value.to_bytes(octets, "little")


def attribute(level, number, data, kind=6):
    """An attribute of a stream ([MS-OXTNEF] §2.1.3.2)."""
    checksum = _number(sum(data) & 0xFFFF, 2)
    return (
        bytes((level,))
        + _number(number, 2)
        + _number(kind, 2)
        + _number(len(data))
        + data
        + checksum
    )


def properties(*items):
    """A list of properties: (id, type, value), of which a string is encoded as its type wants."""
    out = _number(len(items))
    for number, kind, value in items:
        out += _number(kind, 2) + _number(number, 2)
        if kind in (0x1E, 0x1F, 0x0D, 0x102):
            if isinstance(value, str):
                value = (value + "\0").encode("utf-16-le" if kind == 0x1F else "cp1252")
            out += _number(1) + _number(len(value)) + value + bytes(-len(value) % 4)
        else:
            out += _number(value)
    return out


def attached(name, data, *more):
    """A file: rendering data, its title in an old form, its content, its properties."""
    items = ((0x3707, 0x1F, name), *more)
    content = attribute(2, 0x800F, data) if data is not None else b""
    short = attribute(2, 0x8010, b"SHORT~1.PDF\0")
    return (
        attribute(2, 0x9002, bytes(14)) + short + content + attribute(2, 0x9005, properties(*items))
    )


def tnef(*attributes, body=(), message_class="IPM.Microsoft Mail.Note"):
    """A stream: ``body`` are properties of the message, ``attributes`` what is attached."""
    head = attribute(1, 0x9006, _number(0x10000)) + attribute(1, 0x9007, _number(1252) + bytes(4))
    head += attribute(1, 0x8008, message_class.encode() + b"\0")
    return (
        b"\x78\x9f\x3e\x22\1\0"
        + head
        + attribute(1, 0x9003, properties(*body))
        + b"".join(attributes)
    )


def packed_rtf(text):
    """PidTagRtfCompressed of literal octets, and what ends it ([MS-OXRTFCP] §3.1)."""
    out, tokens = b"", [*(bytes((octet,)) for octet in text), None]
    place = 207 + len(text)
    for at in range(0, len(tokens), 8):
        group = tokens[at : at + 8]
        flags = sum(1 << bit for bit, token in enumerate(group) if token is None)
        end = ((place % 4096) << 4).to_bytes(2, "big")
        out += bytes((flags,)) + b"".join(end if token is None else token for token in group)
    return _number(len(out) + 12) + _number(len(text)) + b"LZFu" + bytes(4) + out


# --- certified mail

BEHALF = "lena@pec.customer.test"


def envelope(inner, *header, behalf=BEHALF, transport="posta-certificata", encoding=""):
    """An envelope of certified mail around the source of a message (DM 2 November 2005, §6.3.3)."""
    notice = "Messaggio di posta certificata. Il messaggio originale e' allegato."
    name = encoding or "Content-Description: original"
    return "\n".join(
        [
            f'From: "Per conto di: {behalf}" <posta-certificata@pec.provider.test>',
            "To: sales@example.com",
            "Subject: POSTA CERTIFICATA: Richiesta",
            "Message-ID: <opec1@pec.provider.test>",
            f"Reply-To: {behalf}",
            f"X-Trasporto: {transport}",
            *header,
            'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="s"',
            *("", "--s", 'Content-Type: multipart/mixed; boundary="m"', ""),
            *("--m", "Content-Type: text/plain; charset=utf-8", "", notice),
            *("--m", 'Content-Type: message/rfc822; name="postacert.eml"', name, "", inner),
            *("--m", 'Content-Type: application/xml; name="daticert.xml"', "", "<postacert/>"),
            *("--m--", "", "--s"),
            'Content-Type: application/pkcs7-signature; name="smime.p7s"',
            *("Content-Disposition: attachment; filename=smime.p7s", "", "c2lnbmVk", "--s--", ""),
        ]
    )
