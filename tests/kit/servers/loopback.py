"""What the mail servers of the tests share: a port on loopback, and a thread a connection."""

import socketserver
import threading


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class LoopbackServer:
    """A server on a free port, ``port``, as long as it is entered.

    ``serve(handler)`` is one connection: ``handler.rfile`` and ``wfile``, or its socket itself,
    ``handler.request``.
    """

    def __init__(self):
        serve = self.serve

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                serve(self)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler):
        """Talk to one client; the connection ends when this returns."""
        raise NotImplementedError
