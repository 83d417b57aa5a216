"""Mail servers that do what the standards allow and few servers do, for real imaplib and poplib."""

from .loopback import LoopbackServer


class ScriptedMailbox(LoopbackServer):
    """A mailbox, in the words of a protocol; what clients said is in ``commands``."""

    def __init__(self, mails=(), **quirks):
        super().__init__()
        self.mails = dict(enumerate(mails, 1)) if not isinstance(mails, dict) else dict(mails)
        self.commands = []
        for name, value in quirks.items():
            if not hasattr(type(self), name):
                raise TypeError(name)
            setattr(self, name, value)

    def serve(self, handler):
        self.talk(handler.rfile, handler.wfile.write)


class ScriptedImap(ScriptedMailbox):
    """IMAP4rev1 as far as a fetch needs it (RFC 3501), with quirks."""

    before_login = "IMAP4rev1 AUTH=PLAIN"
    after_login = "IMAP4rev1 UIDPLUS MOVE"
    folders = (b'(\\HasNoChildren) "/" INBOX',)
    seen = frozenset()  # UIDs of messages that somebody has read
    refused = frozenset()  # UIDs: a FETCH that names one gets NO
    nil = frozenset()  # UIDs whose body is NIL
    vanished = frozenset()  # UIDs that are found, and gone when they are fetched
    chatter = ()  # lines between the answers of a FETCH
    reverse = False  # answers come last first
    ends_at = b"nothing"  # the command that ends the connection instead of being answered
    token = b""  # what XOAUTH2 must say
    quota = b""  # what GETQUOTAROOT says
    password = ""  # what LOGIN must say; empty: anything

    def talk(self, lines, write):
        """One connection. A command that has no method ``on_...`` is done without an answer."""
        write(b"* OK ready\r\n")
        logged_in = False
        for line in lines:
            tag, _space, rest = line.strip().partition(b" ")
            self.commands.append(rest.decode("latin-1"))
            if rest.startswith(self.ends_at):
                return
            name, *arguments = rest.split()
            if name.upper() == b"UID":
                name, *arguments = [b"uid_" + arguments[0], *arguments[1:]]
            name = name.lower()
            status = b"OK done"
            if name == b"capability":
                known = self.after_login if logged_in else self.before_login
                write(f"* CAPABILITY {known}\r\n".encode())
            elif name == b"login":
                logged_in, status = self._log_in(arguments[1])
            elif name == b"authenticate":
                write(b"+ \r\n")
                logged_in = lines.readline().strip() == self.token
                status = b"OK in" if logged_in else b"NO not you"
            elif answer := getattr(self, f"on_{name.decode()}", None):
                status = answer(rest, arguments, write) or status
            write(tag + b" " + status + b"\r\n")

    def _log_in(self, password):
        if self.password and password.decode().strip('"') != self.password:
            return False, b"NO [AUTHENTICATIONFAILED] wrong password"
        return True, b"OK in"

    def on_list(self, _line, _arguments, write):
        for folder in self.folders:
            write(b"* LIST " + folder + b"\r\n")

    def on_select(self, _line, _arguments, write):
        write(
            b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT %d] .\r\n"
            % (len(self.mails), max(self.mails, default=0) + 1)
        )

    def on_uid_search(self, _line, arguments, write):
        if arguments == [b"UNSEEN"]:
            uids = sorted(set(self.mails) - self.seen)
        else:
            uids = self._chosen(arguments[1])
        write(b" ".join([b"* SEARCH", *(b"%d" % uid for uid in uids)]) + b"\r\n")

    def on_uid_fetch(self, line, arguments, write):
        return self._fetch(line, self._chosen(arguments[0]), write)

    def on_uid_move(self, _line, arguments, _write):
        for uid in self._chosen(arguments[0]):
            del self.mails[uid]

    def on_getquotaroot(self, _line, _arguments, write):
        if self.quota:
            write(b'* QUOTAROOT INBOX "all"\r\n* QUOTA "all" ' + self.quota + b"\r\n")

    def on_logout(self, _line, _arguments, write):
        write(b"* BYE\r\n")

    def _chosen(self, sequence_set):
        last = max(self.mails, default=0)
        chosen = set()
        for item in sequence_set.replace(b"*", b"%d" % last).split(b","):
            low, _colon, high = item.partition(b":")
            ends = sorted((int(low), int(high or low)))
            chosen |= set(range(ends[0], ends[1] + 1))
        return sorted(chosen & set(self.mails))

    def _fetch(self, command, uids, write):
        if b"HEADER.FIELDS" in command:
            self._fetch_headers(command, uids, write)
            return b"OK done"
        body = b"BODY.PEEK[]" in command
        if body and self.refused & set(uids):
            return b"NO [SERVERBUG] cannot read a mail"
        numbers = sorted(self.mails)
        for uid in sorted(uids, reverse=self.reverse):
            number, mail = numbers.index(uid) + 1, self.mails[uid]
            for line in self.chatter:
                write(line + b"\r\n")
            if not body and not (uid in self.vanished and b"RFC822.SIZE" in command and self._seen):
                date = b"02-Nov-2026 10:00:00 +0100"
                write(
                    b'* %d FETCH (INTERNALDATE "%b" RFC822.SIZE %d UID %d)\r\n'
                    % (number, date, len(mail), uid)
                )
            elif body and uid in self.nil:
                write(b"* %d FETCH (UID %d BODY[] NIL)\r\n" % (number, uid))
            elif body and uid not in self.vanished:
                # the attributes may come in any order
                write(b"* %d FETCH (BODY[] {%d}\r\n%b UID %d)\r\n" % (number, len(mail), mail, uid))
        self._seen = self._seen or body
        return b"OK done"

    def _fetch_headers(self, command, uids, write):
        asked = command.partition(b"HEADER.FIELDS (")[2].partition(b")")[0]
        for uid in uids:
            lines = self.mails[uid].partition(b"\r\n\r\n")[0].split(b"\r\n")
            wanted = [
                line for line in lines if line.partition(b":")[0].upper() in asked.upper().split()
            ]
            head = b"\r\n".join([*wanted, b"", b""])
            start = b"* %d FETCH (UID %d BODY[HEADER.FIELDS (%b)] {%d}\r\n"
            number = sorted(self.mails).index(uid) + 1
            write(start % (number, uid, asked, len(head)) + head + b")\r\n")

    _seen = False


class ScriptedPop3(ScriptedMailbox):
    """POP3 (RFC 1939) with quirks."""

    has_uidl = True
    capabilities = (b"TOP", b"UIDL")  # None: a server without CAPA
    refused = frozenset()
    ends_in = 0  # number of the message in the middle of which the connection ends

    def talk(self, lines, write):
        """One connection."""
        write(b"+OK ready\r\n")
        for line in lines:
            self.commands.append(line.strip().decode())
            name, _space, number = line.strip().partition(b" ")
            if name == b"CAPA" and self.capabilities is not None:
                write(b"\r\n".join([b"+OK", *self.capabilities, b".", b""]))
            elif name == b"LIST":
                write(b"+OK\r\n")
                for uid, mail in self.mails.items():
                    write(b"%d %d\r\n" % (uid, len(mail)))
                write(b".\r\n")
            elif name == b"UIDL" and self.has_uidl:
                write(b"+OK\r\n")
                for uid in self.mails:
                    write(b"%d name-%d\r\n" % (uid, uid))
                write(b".\r\n")
            elif name in (b"UIDL", b"CAPA") or (name == b"RETR" and int(number) in self.refused):
                write(b"-ERR no\r\n")
            elif name == b"RETR":
                mail = self.mails[int(number)]
                if int(number) == self.ends_in:
                    write(b"+OK\r\n" + mail[: len(mail) // 2])
                    return
                stuffed = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:]
                write(b"+OK\r\n" + stuffed + b".\r\n")
            else:
                write(b"+OK\r\n")
