"""Mail servers that do what the standards allow and few servers do, for real imaplib and poplib."""

from contextlib import suppress

from .loopback import LoopbackServer


class _HangUp(Exception):
    """The server ends the connection here, without a word."""


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
        with suppress(_HangUp, ConnectionError):
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
    farewell = b""  # what is said before that
    token = b""  # what XOAUTH2 must say
    quota = b""  # what GETQUOTAROOT says
    password = ""  # what LOGIN must say; empty: anything
    greeting = b"* OK ready"
    uidvalidity = 7
    next_uid = 0  # 0: the one after the last; None: not said
    refuses = {}  # by command, as in on_...: its answer. Replaced, never changed
    empty = frozenset()  # UIDs whose body is ""
    short = frozenset()  # UIDs of which half is handed out
    poison = frozenset()  # UIDs whose body ends the connection
    sizes = {}  # by UID: the size that is said
    date = b"02-Nov-2026 10:00:00 +0100"  # the INTERNALDATE of all others
    dates = {}  # by UID: the INTERNALDATE that is said
    search_line = 0  # how many numbers a line of a SEARCH has; 0: all
    says_nothing = False  # where a SEARCH finds nothing: no line of it at all
    read_only = False
    wants_id = False  # nobody is let into a folder without ID

    def talk(self, lines, write):
        """One connection. A command that has no method ``on_...`` is done without an answer."""
        write(self.greeting + b"\r\n")
        logged_in = self._knows_client = False
        if not self.greeting.startswith(b"* OK"):
            return
        for line in lines:
            tag, _space, rest = line.strip().partition(b" ")
            self.commands.append(rest.decode("latin-1"))
            if rest.startswith(self.ends_at):
                write(self.farewell and self.farewell + b"\r\n")
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
            elif name.decode() in self.refuses:
                status = self.refuses[name.decode()]
            elif answer := getattr(self, f"on_{name.decode()}", None):
                status = answer(rest, arguments, write) or status
            write(tag + b" " + status + b"\r\n")

    def _log_in(self, password):
        if "login" in self.refuses:
            return False, self.refuses["login"]
        if self.password and password.decode().strip('"') != self.password:
            return False, b"NO [AUTHENTICATIONFAILED] wrong password"
        return True, b"OK in"

    def on_list(self, _line, _arguments, write):
        for folder in self.folders:
            write(b"* LIST " + folder + b"\r\n")

    def on_id(self, _line, _arguments, write):
        self._knows_client = True
        write(b'* ID ("name" "mail")\r\n')

    def on_select(self, _line, _arguments, write):
        if self.wants_id and not self._knows_client:
            return b"NO SELECT Unsafe Login. Please contact kefu@188.com for help"
        write(b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] .\r\n" % (len(self.mails), self.uidvalidity))
        if self.next_uid is not None:
            next_uid = self.next_uid or max(self.mails, default=0) + 1
            write(b"* OK [UIDNEXT %d] .\r\n" % next_uid)
        return b"OK [READ-ONLY] opened" if self.read_only else b"OK [READ-WRITE] opened"

    def on_uid_search(self, _line, arguments, write):
        if arguments == [b"UNSEEN"]:
            uids = sorted(set(self.mails) - self.seen)
        else:
            uids = self._chosen(arguments[1])
        if self._seen:
            uids = [uid for uid in uids if uid not in self.vanished]
        if self.says_nothing and not uids:
            return
        step = self.search_line or max(len(uids), 1)
        for start in range(0, max(len(uids), 1), step):
            some = (b"%d" % uid for uid in uids[start : start + step])
            write(b" ".join([b"* SEARCH", *some]) + b"\r\n")

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
        if b"BODY.PEEK[HEADER])" in command:
            for uid in uids:
                head = self.mails[uid].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                start = b"* %d FETCH (UID %d BODY[HEADER] {%d}\r\n" % (uid, uid, len(head))
                write(start + head + b")\r\n")
            return b"OK done"
        if b"HEADER.FIELDS" in command:
            self._fetch_headers(command, uids, write)
            return b"OK done"
        body = b"BODY.PEEK[]" in command
        if body and self.refused & set(uids):
            return b"NO [SERVERBUG] cannot read a mail"
        numbers = sorted(self.mails)
        for uid in sorted(uids, reverse=self.reverse):
            number, mail = numbers.index(uid) + 1, self.mails[uid]
            if body and uid in self.poison:
                raise _HangUp
            for line in self.chatter:
                write(line + b"\r\n")
            if not body and not (uid in self.vanished and b"RFC822.SIZE" in command and self._seen):
                date = self.dates.get(uid, self.date)
                size = self.sizes.get(uid, len(mail))
                write(
                    b'* %d FETCH (INTERNALDATE "%b" RFC822.SIZE %d UID %d)\r\n'
                    % (number, date, size, uid)
                )
            elif body and uid in self.nil:
                write(b"* %d FETCH (UID %d BODY[] NIL)\r\n" % (number, uid))
            elif body and uid in self.empty:
                write(b'* %d FETCH (UID %d BODY[] "")\r\n' % (number, uid))
            elif body and uid not in self.vanished:
                mail = mail[: len(mail) // 2] if uid in self.short else mail
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
    """POP3 (RFC 1939) with quirks. ``mails`` are numbered anew for each session, in their order."""

    has_uidl = True
    capabilities = (b"TOP", b"UIDL")  # None: a server without CAPA
    refused = frozenset()
    ends_in = 0  # number of the message in the middle of which the connection ends
    names = {}  # by key of ``mails``: its UIDL
    renamed = ""  # what its UIDLs begin with now
    newest = 0  # how many messages are listed; 0: all
    hidden = frozenset()  # keys of ``mails`` that are not listed
    short = frozenset()  # numbers of which half is handed out
    has_top = True
    greeting = b"+OK ready"
    refuses = {}  # by command: its answer

    def talk(self, lines, write):
        """One connection."""
        write(self.greeting + b"\r\n")
        if not self.greeting.startswith(b"+OK"):
            return
        session = {}
        deleted = set()
        for line in lines:
            self.commands.append(line.strip().decode())
            name, _space, argument = line.strip().partition(b" ")
            if not deleted:
                shown = [key for key in self.mails if key not in self.hidden]
                session = dict(enumerate(shown[-self.newest :], 1))
            number = int(argument.split()[0]) if argument[:1].isdigit() else 0
            if name.decode() in self.refuses:
                write(self.refuses[name.decode()] + b"\r\n")
            elif name == b"DELE":
                deleted.add(session[number])
                write(b"+OK\r\n")
            elif name == b"QUIT":
                for key in deleted:
                    del self.mails[key]
                write(b"+OK\r\n")
            else:
                self._answer(name, number, session, write)

    def _answer(self, name, number, session, write):
        if name == b"CAPA" and self.capabilities is not None:
            write(b"\r\n".join([b"+OK", *self.capabilities, b".", b""]))
        elif name == b"LIST":
            sizes = [b"%d %d" % (item, len(self.mails[key])) for item, key in session.items()]
            write(b"\r\n".join([b"+OK", *sizes, b".", b""]))
        elif name == b"UIDL" and self.has_uidl:
            names = [
                b"%d %b" % (item, (self.renamed + self.names.get(key, f"name-{key}")).encode())
                for item, key in session.items()
            ]
            write(b"\r\n".join([b"+OK", *names, b".", b""]))
        elif name in (b"UIDL", b"CAPA") or (name == b"RETR" and number in self.refused):
            write(b"-ERR no\r\n")
        elif name == b"TOP" and not self.has_top:
            write(b"-ERR unknown command\r\n")
        elif name in (b"RETR", b"TOP"):
            mail = self.mails[session[number]]
            if name == b"TOP":
                mail = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            elif number == self.ends_in:
                write(b"+OK\r\n" + mail[: len(mail) // 2])
                raise _HangUp
            elif number in self.short:
                mail = mail[: mail.rindex(b"\r\n", 0, len(mail) // 2) + 2]
            stuffed = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:]
            write(b"+OK\r\n" + stuffed + b".\r\n")
        else:
            write(b"+OK\r\n")
