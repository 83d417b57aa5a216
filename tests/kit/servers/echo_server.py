"""Mail servers of the worst kind: each refuses the login and says back what it was sent."""

from .loopback import LoopbackServer


class EchoServer(LoopbackServer):
    """A server on loopback; ``talk(line)`` answers each line with lines of its own."""

    def __init__(self, greeting, talk):
        super().__init__()
        self.greeting, self.talk = greeting, talk

    def serve(self, handler):
        handler.wfile.write(self.greeting + b"\r\n")
        for line in handler.rfile:
            handler.wfile.write(self.talk(line.strip()) + b"\r\n")


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
