"""Faults of mailbox servers for a generator: what a server does then, and what may be said of it.

Every kind that the public reports know of is here; some are of a whole server, others of single
messages.
"""

from .scripted_mailbox import ScriptedImap, ScriptedPop3

SLOW = b"[THROTTLED] slow down"
FULL = b"[OVERQUOTA] mailbox is full"
PREFIX = b"NO Mailbox name should probably be prefixed with: INBOX."
INBOX = b'(\\HasNoChildren) "/" INBOX'
JUNK = b'(\\Junk) "/" Junk'
ODD = (b'() "/" "R&D"', b'() "/" "&AOk"', b'() "/" "\xc3\xa9"', b"() NIL alone")
CHATTER = (b"* 1 FETCH (FLAGS ())", b"* 9 EXISTS", b"* FLAGS (\\Seen)", b"* OK [ALERT] soon down")

# Fault: (what a server does then, what the account may say of it)
IMAP_FAULTS = {
    "bye": ({"greeting": b"* BYE Too many connections"}, "no further connection"),
    "login": ({"refuses": {"login": b"NO [UNAVAILABLE] not now"}}, "at the moment"),
    "password": ({"refuses": {"login": b"NO [AUTHENTICATIONFAILED] no"}}, "user name and the pass"),
    "oauth": (
        {"refuses": {"login": b"NO [AUTHENTICATIONFAILED] Invalid SASL argument."}},
        "refused the OAuth token",
    ),
    "not connected": (
        {"refuses": {"select": b"BAD User is authenticated but not connected."}},
        "accepted the login",
    ),
    "slow": ({"refuses": {"uid_fetch": b"NO " + SLOW}}, "fewer logins"),
    "store": ({"refuses": {"uid_store": b"NO [NOPERM] store"}}, "[NOPERM] store"),
    "full": ({"refuses": {"uid_move": b"NO " + FULL, "create": b"NO " + FULL}}, "mailbox is full"),
    "prefix": ({"refuses": {"uid_move": PREFIX, "create": PREFIX}}, "prefixed with: INBOX."),
    "expunge": ({"refuses": {"uid_expunge": b"NO [NOPERM] expunge"}}, "[NOPERM] expunge"),
    "no move": ({"after_login": "IMAP4rev1 UIDPLUS"}, ""),
    "copy": (
        {"after_login": "IMAP4rev1 UIDPLUS", "refuses": {"uid_copy": PREFIX}},
        "prefixed with: INBOX.",
    ),
    "read-only": ({"read_only": True}, "read-only"),
    "search ends": ({"ends_at": b"UID SEARCH"}, "in the middle"),
    "store ends": ({"ends_at": b"UID STORE"}, "in the middle"),
    "fetch ends": ({"ends_at": b"UID FETCH"}, "in the middle"),
    "goodbye": (
        {"ends_at": b"UID SEARCH", "farewell": b"* BYE Autologout; idle for too long"},
        "ended the connection with",
    ),
    "lines": ({"search_line": 2}, ""),
    "no line": ({"says_nothing": True}, ""),
    "order": ({"reverse": True, "chatter": CHATTER}, ""),
    "no next": ({"next_uid": None}, ""),
    "id": ({"wants_id": True}, ""),
    "dates": ({"date": b"31-Feb-2026 10:00:00 +2500"}, ""),
    "folders": ({"folders": (INBOX, *ODD)}, ""),
    "junk": ({"folders": (INBOX, JUNK)}, "does not open the Junk folder"),
    "others' junk": ({"folders": (b'(\\Junk) "/" "user/anna/Junk"', INBOX)}, ""),
}
POP_FAULTS = {
    "busy": ({"greeting": b"-ERR too many connections"}, "no further connection"),
    "password": ({"refuses": {"PASS": b"-ERR [AUTH] no"}}, "user name and the pass"),
    "later": ({"refuses": {"PASS": b"-ERR [SYS/TEMP] not now"}}, "at the moment"),
    "delay": ({"refuses": {"PASS": b"-ERR [LOGIN-DELAY] too soon"}}, "fewer logins"),
    "in use": ({"refuses": {"PASS": b"-ERR [IN-USE] locked"}}, "another program"),
    "delete": ({"refuses": {"DELE": b"-ERR no way"}}, "no way"),
    "no top": ({"has_top": False}, ""),
    "newest": ({"newest": 2}, ""),
    "poison": ({"ends_in": 1}, "in the middle"),
    "refused": ({"refused": frozenset({1, 2})}, ""),
    "short": ({"short": frozenset({1, 3})}, "comes cut short"),
    "hidden": ({"hidden": frozenset({1, 3, 4})}, ""),
    "new names": ({"renamed": "new-"}, ""),
}
# What is done to single messages of an IMAP mailbox, and what the account may say of it.
SPOILS = {
    **dict.fromkeys(("empty", "short", "nil", "refused", "huge"), ""),
    "poison": "in the middle",
    "stuck": "[NOPERM] stuck",
}
# What is said of a message in the ledger: the faults that may be the reason.
OF_A_MESSAGE = {
    "closes the connection": {"poison"},
    "SERVERBUG": {"refused"},
    "(-ERR no)": {"refused"},
    " bytes)": {"short", "empty"},
    "did not return this message": {"nil", "empty"},
    "slow down": {"slow"},
    "The size of this email": {"huge"},
    "no longer in the mailbox": {"numbered anew", "hidden", "newest", "new names"},
}


class Removing:
    """A server that keeps what it was told to remove."""

    def __init__(self, *arguments, **quirks):
        self.removed = []
        super().__init__(*arguments, **quirks)

    def play(self, names):
        """Begin these faults."""
        for name in names:
            for quirk, value in self.faults[name][0].items():
                if quirk == "refuses":
                    value = {**self.refuses, **value}
                setattr(self, quirk, value)

    def calm(self):
        """No fault any more."""
        for name in {name for faults, _words in self.faults.values() for name in faults}:
            setattr(self, name, getattr(type(self), name))


class FaultyImap(Removing, ScriptedImap):
    faults = IMAP_FAULTS
    marked = frozenset()
    stuck = frozenset()  # UIDs that nothing may be done to
    huge = frozenset()  # UIDs whose size is more than any

    @property
    def sizes(self):
        return dict.fromkeys(self.huge, 2**31 + 5)

    def spoil(self, name="", uids=frozenset()):
        """Do this to these messages, and nothing to others."""
        for quirk in SPOILS:
            setattr(self, quirk, frozenset(uids) if quirk == name else frozenset())

    def renumber(self, back=()):
        """Give all messages new numbers, and those of a backup with them."""
        texts = dict.fromkeys([*back, *self.mails.values()])
        self.mails, self.marked = dict(enumerate(texts, 1)), frozenset()

    def on_select(self, line, arguments, write):
        if b"Junk" in line:
            return b"NO Mailbox does not allow this"
        return super().on_select(line, arguments, write)

    def on_uid_store(self, line, arguments, _write):
        if refusal := self._refusal(arguments):
            return refusal
        if b"Deleted" in line:
            self.marked |= set(self._chosen(arguments[0]))

    def on_uid_expunge(self, _line, arguments, _write):
        for uid in set(self._chosen(arguments[0])) & self.marked:
            self.removed.append(self.mails.pop(uid))
        self.marked = frozenset()

    def on_uid_copy(self, _line, arguments, _write):
        return self._refusal(arguments)

    def on_uid_move(self, _line, arguments, _write):
        if refusal := self._refusal(arguments):
            return refusal
        for uid in self._chosen(arguments[0]):
            self.removed.append(self.mails.pop(uid))

    def _refusal(self, arguments):
        return b"NO [NOPERM] stuck" if self.stuck & set(self._chosen(arguments[0])) else None


class FaultyPop3(Removing, ScriptedPop3):
    faults = POP_FAULTS

    def talk(self, lines, write):
        before = dict(self.mails)
        try:
            super().talk(lines, write)
        finally:
            self.removed += [text for key, text in before.items() if key not in self.mails]
