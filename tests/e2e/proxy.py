"""A TCP proxy between Odoo and a mail server that can hold one command back, for ever.

It makes "the process died exactly here" a fact instead of a matter of luck.
"""

import contextlib
import re
import socket
import threading


class Proxy:
    """Pass everything on, until a line of the client matches ``stall_at``."""

    def __init__(self, port, stall_at=None):
        self._target = port
        self._stall_at = re.compile(stall_at) if stall_at else None
        self.stalled = threading.Event()
        self.lines = []
        self._sockets = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.cut()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # close alone would leave accept() waiting
        self._server.close()

    def cut(self):
        """Break all connections, as a dead network would."""
        for item in self._sockets:
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        self._sockets.clear()

    def _accept(self):
        while True:
            try:
                client, _address = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._sockets += [client, server]
            for run in (self._commands, self._answers):
                threading.Thread(target=run, args=(client, server), daemon=True).start()

    def _commands(self, client, server):
        with contextlib.suppress(OSError):
            for line in client.makefile("rb"):
                self.lines.append(line)
                if self._stall_at and self._stall_at.search(line):
                    self.stalled.set()
                    return  # neither passed on nor answered
                server.sendall(line)
            server.shutdown(socket.SHUT_WR)

    def _answers(self, client, server):
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
