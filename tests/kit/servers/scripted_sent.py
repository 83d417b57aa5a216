"""An IMAP server that keeps mail in memory: folders, APPEND, a search by Message-ID (RFC 3501)."""

import re

from .scripted_mailbox import ScriptedMailbox


class ScriptedSent(ScriptedMailbox):
    """``kept`` is {folder: [(flags, date, bytes)]}; ``ends_at`` and ``refuses`` name a command."""

    folders = (rb'(\HasNoChildren) "/" INBOX', rb'(\HasNoChildren \Sent) "/" "Sent Items"')
    ends_at = b"nothing"  # the connection is closed when this command was carried out
    refuses = b"nothing"
    makes_folders = True

    def __init__(self, **quirks):
        super().__init__(**quirks)
        self.kept = {line.rpartition(b'" ')[2].strip(b'"').decode(): [] for line in self.folders}
        self._selected = ""

    def talk(self, lines, write):
        write(b"* OK ready\r\n")
        for line in lines:
            tag, _space, rest = line.strip().partition(b" ")
            self.commands.append(rest.decode("latin-1"))
            words = rest.split()
            command = (words[1] if words[0].upper() == b"UID" else words[0]).upper()
            if command == self.refuses:
                if command == b"APPEND":
                    write(tag + b" NO [OVERQUOTA] the mailbox is full\r\n")
                else:
                    write(tag + b" NO not now\r\n")
                continue
            answer = self._carry_out(command, rest, lines, write)
            if command == self.ends_at:
                return
            write(tag + b" " + answer + b"\r\n")
            if command == b"LOGOUT":
                return

    def _carry_out(self, command, rest, lines, write):
        name = self._folder(rest)
        if command == b"CAPABILITY":
            write(b"* CAPABILITY IMAP4rev1\r\n")
        elif command == b"LIST":
            for folder in self.folders:
                write(b"* LIST " + folder + b"\r\n")
        elif command in (b"SELECT", b"EXAMINE"):
            if name not in self.kept:
                return b"NO no such folder"
            self._selected = name
            write(b"* %d EXISTS\r\n" % len(self.kept[name]))
        elif command == b"CREATE":
            if not self.makes_folders:
                return b"NO not allowed"
            self.kept[name] = []
        elif command == b"SEARCH":
            wanted = rest.rpartition(b' "')[2].strip(b'"')
            found = [
                str(number).encode()
                for number, (_flags, _date, raw) in enumerate(self.kept[self._selected], 1)
                if wanted in raw.partition(b"\r\n\r\n")[0]
            ]
            write(b"* SEARCH " + b" ".join(found) + b"\r\n")
        elif command == b"APPEND":
            size = int(re.search(rb"\{(\d+)\}$", rest)[1])
            write(b"+ go on\r\n")
            raw = lines.read(size)
            lines.readline()
            flags = re.search(rb"\(([^)]*)\)", rest)[1].decode()
            date = re.search(rb'"( ?\d+-[A-Z][^"]+)"', rest)[1].decode()
            self.kept[name].append((flags, date, raw))
        return b"OK done"

    @staticmethod
    def _folder(rest):
        found = re.search(rb'^\w+ "?([^"({]+)"?', rest)
        return found[1].decode().strip() if found else ""
