"""A name server on loopback: answers from a table, or with an error, or not at all."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENT, SERVFAIL, REFUSED = "silent", "servfail", "refused"


class DnsServer:
    """``table``: ``{(name, type): [records] or SILENT, SERVFAIL, REFUSED}``; others do not exist.

    ``address`` is what to ask, ``asked`` what was asked. A name without the wanted type exists.
    """

    def __init__(self, table):
        self.table = dict(table)
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = self._socket.getsockname()

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        self._thread.join(5)
        self._socket.close()

    def _serve(self):
        while True:
            data, client = self._socket.recvfrom(4096)
            if not data:
                return
            answer = self._answer(dns.message.from_wire(data))
            if answer is not None:
                self._socket.sendto(answer.to_wire(), client)

    def _answer(self, query):
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        found = self.table.get((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if found == SILENT:
            return None
        if found in (SERVFAIL, REFUSED):
            answer.set_rcode(dns.rcode.from_text(found.upper()))
        elif found:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _kind in self.table):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
