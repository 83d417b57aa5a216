"""Keys and signatures for the tests of DKIM: made here, never stored."""

import base64
from functools import lru_cache

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ...signatures.keys import KeyUnavailable, Records


@lru_cache(maxsize=4)
def make_key(bits):
    """A private key in PEM and the ``p=`` of its DNS record."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, base64.b64encode(public)


def record(bits=1024, tags=b"v=DKIM1; k=rsa"):
    """The TXT record of that key."""
    return tags + b"; p=" + make_key(bits)[1]


def sign(source, domain="example.com", *, selector="s1", bits=1024, fields=None, **options):
    """``source`` with a signature on top; ``fields`` are the names that are signed."""
    signer = dkim.DKIM(source)
    line = signer.sign(
        selector.encode(),
        domain.encode(),
        make_key(bits)[0],
        include_headers=[name.encode() for name in fields] if fields else None,
        **options,
    )
    return line + source


class Zone:
    """DNS in memory: ``texts`` at the selector of the tests. ``asked``: what was looked up."""

    def __init__(self, *texts):
        self.records = {"s1._domainkey.example.com": texts or (record(),)}
        self.asked = []

    def __call__(self, name, seconds):
        self.asked.append(name)
        return Records(tuple(self.records.get(name, ())))


class BrokenDns:
    """Name servers that do not answer; ``seconds`` are the limits that they were given."""

    def __init__(self):
        self.seconds = []

    def __call__(self, name, seconds):
        self.seconds.append(seconds)
        raise KeyUnavailable("timed out")


def raw_key(modulus, exponent=65537):
    """The record of a key of any numbers, also such as no library makes (RFC 8017 §A.1.1)."""
    numbers = b"".join(_der(2, _bytes(number)) for number in (modulus, exponent))
    return b"v=DKIM1; p=" + base64.b64encode(_der(0x30, numbers))


def _bytes(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content
