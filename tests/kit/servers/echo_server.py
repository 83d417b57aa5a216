"""Mail servers of the worst kind: each refuses the login and says back what it was sent."""

import socketserver
import threading


class EchoServer:
    """A server on loopback; ``talk(line)`` answers each line with lines of its own."""

    def __init__(self, greeting, talk):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(greeting + b"\r\n")
                for line in self.rfile:
                    self.wfile.write(talk(line.strip()) + b"\r\n")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()


def echo_imap():
    def talk(line):
        tag, _space, rest = line.partition(b" ")
        if rest.upper() == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done"
        if rest.upper() == b"LOGOUT":
            return b"* BYE\r\n" + tag + b" OK done"
        return tag + b" NO [AUTHENTICATIONFAILED] cannot run " + rest

    return EchoServer(b"* OK ready", talk)


def echo_pop3():
    def talk(line):
        return b"+OK" if line.startswith((b"USER", b"QUIT")) else b"-ERR cannot run " + line

    return EchoServer(b"+OK ready", talk)


def echo_smtp(methods=b"PLAIN LOGIN"):
    def talk(line):
        if line.upper().startswith(b"EHLO"):
            return b"250-echo\r\n250 AUTH " + methods
        if line.upper().startswith(b"QUIT"):
            return b"221 bye"
        return b"535 5.7.8 cannot run " + line

    return EchoServer(b"220 ready", talk)
