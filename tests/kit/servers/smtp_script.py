"""An SMTP server on loopback that answers as a test says: refusals, silence, lost connections."""

from base64 import b64decode
from dataclasses import dataclass, field

from .loopback import LoopbackServer

CLOSE = "close"  # answer nothing and hang up


@dataclass
class Mail:
    mail_from: str
    recipients: list = field(default_factory=list)
    text: str = ""


class ScriptedServer(LoopbackServer):
    """``answer(command, mail)`` returns a reply line, CLOSE, or None for the usual one.

    Commands are MAIL, RCPT, DATA and END (the final dot); for RCPT ``mail.recipients`` holds the
    asked one last. What was taken is in ``taken``; ``commands`` is all that was asked. With a
    ``login`` (user, password) it offers AUTH PLAIN; ``extensions`` are offered as well.
    """

    def __init__(self, answer=lambda command, mail: None, login=None, extensions=()):
        super().__init__()
        self.login, self.parameters = login, []
        self.extensions = ["scripted", *extensions, *(["AUTH PLAIN"] if login else [])]
        self.answer, self.taken, self.commands, self.sessions = answer, [], [], 0

    def serve(self, handler):
        self.sessions += 1
        _Session(self, handler).talk()


class _Session:
    """One connection, and the message that is being handed in."""

    def __init__(self, server, handler):
        self.server, self.lines, self.out = server, handler.rfile, handler.wfile
        self.mail = None

    def say(self, line):
        self.out.write(line.encode() + b"\r\n")

    def talk(self):
        self.say("220 scripted")
        while line := self.lines.readline():
            command = line[:4].decode("ascii", "replace").strip().upper()
            self.server.commands.append(command)
            reply = self.reply(command, line.decode("utf-8"))
            if reply == CLOSE:
                return
            self.say(reply)
            if command == "QUIT" or reply.startswith("421"):
                return

    def reply(self, command, line):
        if command == "QUIT":
            return "221 bye"
        if command in ("EHLO", "HELO"):
            *more, last = self.server.extensions
            for extension in more:
                self.say(f"250-{extension}")
            return f"250 {last}"
        if command == "AUTH":
            _nothing, *said = b64decode(line.split()[2]).decode().split("\0")
            return "235 in" if tuple(said) == self.server.login else "535 5.7.8 wrong password"
        if command == "RSET":
            self.mail = None
            return "250 ok"
        return self.hand_in(command, line)

    def hand_in(self, command, line):
        """MAIL, RCPT and DATA, and whatever else: what the test says, or yes."""
        address = line.partition("<")[2].partition(">")[0]
        if command == "MAIL":
            self.mail = Mail(address)
            self.server.parameters += line.rpartition(">")[2].split()
        if command == "RCPT":
            self.mail.recipients.append(address)
        reply = self.server.answer(command, self.mail)
        if command == "DATA" and not reply:
            return self.take()
        if command == "RCPT" and reply:
            self.mail.recipients.pop()
        return reply or "250 ok"

    def take(self):
        self.say("354 go on")
        self.mail.text = self.text()
        self.server.commands.append("END")
        reply = self.server.answer("END", self.mail) or "250 ok"
        if reply.startswith("2"):
            self.server.taken.append(self.mail)
        self.mail = None
        return reply

    def text(self):
        lines = []
        while (line := self.lines.readline()) not in (b".\r\n", b""):
            lines.append(line.decode("utf-8", "replace"))
        return "".join(lines)
