"""An SMTP server on loopback that answers as a test says: refusals, silence, lost connections."""

import socketserver
import threading
from base64 import b64decode
from dataclasses import dataclass, field

CLOSE = "close"  # answer nothing and hang up


@dataclass
class Mail:
    mail_from: str
    recipients: list = field(default_factory=list)
    text: str = ""


class ScriptedServer:
    """``answer(command, mail)`` returns a reply line, CLOSE, or None for the usual one.

    Commands are MAIL, RCPT, DATA and END (the final dot); for RCPT ``mail.recipients`` holds the
    asked one last. What was taken is in ``taken``; ``commands`` is all that was asked. With a
    ``login`` (user, password) it offers AUTH PLAIN; ``extensions`` are offered as well.
    """

    def __init__(self, answer=lambda command, mail: None, login=None, extensions=()):
        self.login, self.parameters = login, []
        self.extensions = ["scripted", *extensions, *(["AUTH PLAIN"] if login else [])]
        self.answer, self.taken, self.commands, self.sessions = answer, [], [], 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.sessions += 1
                outer._talk(self)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _talk(self, handler):
        def say(line):
            handler.wfile.write(line.encode() + b"\r\n")

        say("220 scripted")
        mail = None
        while line := handler.rfile.readline():
            command = line[:4].decode("ascii", "replace").strip().upper()
            self.commands.append(command)
            address = line.decode("utf-8").partition("<")[2].partition(">")[0]
            if command == "QUIT":
                say("221 bye")
                return
            if command in ("EHLO", "HELO"):
                *more, last = self.extensions
                for extension in more:
                    say(f"250-{extension}")
                say(f"250 {last}")
                continue
            if command == "AUTH":
                _nothing, *said = b64decode(line.split()[2]).decode().split("\0")
                say("235 in" if tuple(said) == self.login else "535 5.7.8 wrong password")
                continue
            if command == "RSET":
                mail = None
                say("250 ok")
                continue
            if command == "MAIL":
                mail = Mail(address)
                self.parameters += line.decode().rpartition(">")[2].split()
            if command == "RCPT":
                mail.recipients.append(address)
            reply = self.answer(command, mail)
            if reply == CLOSE:
                return
            if command == "DATA" and not reply:
                say("354 go on")
                mail.text = self._text(handler)
                self.commands.append("END")
                reply = self.answer("END", mail)
                if reply == CLOSE:
                    return
                if not reply or reply.startswith("2"):
                    self.taken.append(mail)
                mail, command = None, "END"
            if command == "RCPT" and reply:
                mail.recipients.pop()
            say(reply or "250 ok")
            if reply and reply.startswith("421"):
                return

    @staticmethod
    def _text(handler):
        lines = []
        while (line := handler.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.decode("utf-8", "replace"))
        return "".join(lines)
