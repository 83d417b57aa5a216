"""A certificate authority of our own and one server certificate, made with openssl."""

from __future__ import annotations

from pathlib import Path

from ..system import run

EXTENSIONS = """
basicConstraints = critical, CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, DNS:mx.example.com, IP:127.0.0.1
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_certificates(folder: Path, days: int = 3650) -> None:
    """Write ca.pem, server.pem (certificate, then CA) and server.key into the folder.

    The server's certificate ends after so many ``days``.

    Clients trust ca.pem, for Odoo and Python by SSL_CERT_FILE.
    """
    if (folder / "server.pem").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    error = "The certificates of the private mail domain could not be made with openssl."
    subject = ("-subj", "/CN=Private mail domain")
    # Python 3.13 and newer insist on it.
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    authority = ("-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    run(
        ["openssl", "req", "-x509", "-days", "3650", *KEY, *subject, *usage, *authority],
        error=error,
    )
    request = ("-keyout", folder / "server.key", "-out", folder / "server.csr")
    run(["openssl", "req", *KEY, "-subj", "/CN=localhost", *request], error=error)
    (folder / "extensions").write_text(EXTENSIONS, "utf-8")
    signed = run(
        [
            *("openssl", "x509", "-req", "-days", str(days), "-in", folder / "server.csr"),
            *("-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial"),
            *("-extfile", folder / "extensions"),
        ],
        error=error,
    )
    for name in ("ca.key", "server.key"):
        (folder / name).chmod(0o600)
    (folder / "server.pem").write_text(signed + (folder / "ca.pem").read_text("utf-8"), "utf-8")
