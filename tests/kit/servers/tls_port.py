"""A port with a certificate of its own making: SSL/TLS from the start, or after STARTTLS."""

import ssl
import tempfile
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .loopback import LoopbackServer

BEGIN, END = datetime(2020, 1, 1), datetime(2049, 11, 3, 10, 0)  # UTC


@lru_cache(maxsize=8)
def certificate(*names):
    """A certificate with these common names and its key, both as one PEM; and the former as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    # a stranger's certificate may have a name longer than the standard allows
    parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name, _validate=False) for name in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(parts))
        .issuer_name(x509.Name(parts))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = private + made.public_bytes(serialization.Encoding.PEM)
    return pem, made.public_bytes(serialization.Encoding.DER)


class TlsPort(LoopbackServer):
    """``kind``: tls, from the first byte; imap or pop, once it is asked. ``commands`` were said."""

    def __init__(self, kind, *names):
        super().__init__()
        self.commands = []
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            Path(file.name).write_bytes(certificate(*names)[0])
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(file.name)
        self._talk = {"tls": self._silent, "imap": self._imap, "pop": self._pop}[kind]

    def serve(self, handler):
        handler.request.settimeout(10)
        with suppress(OSError):  # of a client that has seen enough
            self._talk(handler.request, self._context)

    def _silent(self, sock, context):
        with context.wrap_socket(sock, server_side=True) as secured:
            secured.recv(1)

    def _imap(self, sock, context):
        sock.sendall(b"* OK ready\r\n")
        lines = sock.makefile("rb")
        while line := lines.readline():
            tag, _space, command = line.strip().partition(b" ")
            self.commands.append(command.decode())
            if command == b"CAPABILITY":
                sock.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n")
            sock.sendall(tag + b" OK done\r\n")
            if command == b"STARTTLS":
                sock = context.wrap_socket(sock, server_side=True)
                lines = sock.makefile("rb")

    def _pop(self, sock, context):
        sock.sendall(b"+OK ready\r\n")
        lines = sock.makefile("rb")
        while line := lines.readline():
            self.commands.append(line.strip().decode())
            sock.sendall(b"+OK\r\nSTLS\r\n.\r\n" if line == b"CAPA\r\n" else b"+OK\r\n")
            if line == b"STLS\r\n":
                sock = context.wrap_socket(sock, server_side=True)
                lines = sock.makefile("rb")
