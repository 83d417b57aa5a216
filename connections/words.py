"""What the words of a server mean when it refuses: a login, a folder, a message, a connection.

First its response codes (IMAP: RFC 5530; POP3: RFC 2449 §8, RFC 3206), then words that servers
use. Only what says so is about the user name and the password.
"""

import re

from .foreign_words import FOREIGN
from .login_trouble import LoginTrouble

_CODE = re.compile(r"\[\s*([A-Za-z-]{2,40}(?:/[A-Za-z]{2,10})?)[^\]]{0,200}\]")
# SMTP's "credentials invalid" (RFC 4954 §6): Postfix adds "(reason unavailable)" to it.
_SMTP_LOGIN = re.compile(r"\b5\.7\.8\b")
_CODES = {
    "AUTHENTICATIONFAILED": LoginTrouble.LOGIN,
    "AUTH": LoginTrouble.LOGIN,
    "AUTHORIZATIONFAILED": LoginTrouble.DENIED,  # the login held, and may not be used so
    "EXPIRED": LoginTrouble.EXPIRED,
    "UNAVAILABLE": LoginTrouble.UNAVAILABLE,
    "SYS/TEMP": LoginTrouble.UNAVAILABLE,
    "IN-USE": LoginTrouble.IN_USE,
    "INUSE": LoginTrouble.IN_USE,
    "LOGIN-DELAY": LoginTrouble.THROTTLED,
    "THROTTLED": LoginTrouble.THROTTLED,
    "LIMIT": LoginTrouble.THROTTLED,
    "OVERQUOTA": LoginTrouble.OVER_QUOTA,
    "PRIVACYREQUIRED": LoginTrouble.PLAIN_FORBIDDEN,
    "READ-ONLY": LoginTrouble.READ_ONLY,
}
_GAP = r"[^.;]{0,40}"
_PATTERNS = tuple(
    (re.compile("|".join(filter(None, (pattern, FOREIGN.get(trouble))))), trouble)
    for pattern, trouble in (
        (
            r"logindisabled|plaintext auth|cleartext|starttls first|issue a stls"
            # Cyrus; and Exchange, of a login before the connection is encrypted
            r"|only available under a layer|no mechanism available"
            r"|command (is not valid in this|received in invalid) state",
            LoginTrouble.PLAIN_FORBIDDEN,
        ),
        (
            r"too many (simultaneous |concurrent |open |imap |pop3? )*(connection|session|user)"
            r"|(maximum|max)\b[^.;]{0,30}(connection|session)s?\b"
            r"|(connection|session) (limit|count)|connections? from your ip"
            r"|(connection|session)s? (limit )?exceeded",
            LoginTrouble.TOO_MANY,
        ),
        (
            r"thrott|rate.?limit|bandwidth|too many (log.?(in|on)|auth|failed|failure|request"
            r"|command|attempt|bad|invalid|incorrect|wrong|unsuccessful|error)"
            r"|try(ing)? too (often|fast)|too (often|frequent|fast)"
            r"|frequency limit|temporarily blocked|logins? per (minute|hour)|slow down"
            r"|exceeded (the |your )?(limit|rate|command)|request limit|wait \d+ (second|minute)"
            r"|credits? exceeded",  # SendGrid
            LoginTrouble.THROTTLED,
        ),
        (
            r"over.?quota|quota (is )?(exceed|full|reached)|exceed\w* (\w+ )?quota"
            r"|mailbox (is )?(full|over)|disk (is )?full|no space|out of (disk )?space"
            r"|(storage|space) limit",
            LoginTrouble.OVER_QUOTA,
        ),
        (
            r"in use\b|maildrop[^.;]{0,30}lock|mailbox[^.;]{0,30}(lock|busy)|already locked"
            r"|another (pop3?|session|connection|client|user|process)|lock busy|unable to lock"
            r"|can'?t (get|obtain) (the )?lock|is locked by",
            LoginTrouble.IN_USE,
        ),
        (r"authenticated but not connected", LoginTrouble.NOT_CONNECTED),
        (
            r"(imap|pop3?)\b[^.;]{0,30}(disabled|not enabled|not (allowed|permitted|activated)"
            r"|deactivated|switched off|turned off)|(enable|activate|turn on) (imap|pop)"
            r"|not enabled for (imap|pop)|no (imap|pop3?) access"
            r"|(disabled|blocked|deactivated|switched off|turned off) (imap|pop)"
            r"|smtp ?client ?auth\w{0,12} is disabled",  # Microsoft, of a whole tenant
            LoginTrouble.SWITCHED_OFF,
        ),
        (
            r"xoauth2?|oauth|(?<!password or )access token|(invalid|expired|bad) token"
            r"|token (is |has )?(expired|invalid|revoked)|invalid_grant|aadsts\d"
            r"|sasl bearer|invalid sasl argument",
            LoginTrouble.OAUTH,
        ),
        (
            r"(application|app).?specific password|app(lication)? password|web login required"
            r"|log in via your web browser|less secure|basic ?auth\w* (is )?(blocked|disabled)"
            r"|authorization code|授权码",
            LoginTrouble.APP_PASSWORD,
        ),
        (
            r"temporar|try (it )?again|later|(?<!reason )unavailable|internal (server )?error"
            r"|(server|system) (is )?busy"
            r"|auth\w* (server|service|process|daemon)|database|\bldap\b"
            r"|system error|backend|maintenance|timed? ?out|not (yet )?ready|overload|server error",
            LoginTrouble.UNAVAILABLE,
        ),
        (r"read-?only", LoginTrouble.READ_ONLY),
        (
            rf"(log.?(in|on)|sign.?(in|on)|auth\w*|credential\w*|password|passwd|user(name)?|pass"
            rf"|account)\b{_GAP}\b(fail|denied|reject|incorrect|invalid|wrong|unknown|refused"
            rf"|bad\b|not (match|accept|correct|valid|known|recogni|found|exist)|no match"
            rf"|mismatch|does ?n.t (match|exist)|error)|passerr"
            rf"|(invalid|wrong|incorrect|bad|unknown|unrecogni[sz]ed|fail\w*|no such"
            rf"|not a valid){_GAP}\b(log.?(in|on)|sign.?(in|on)|auth\w*|credential|password"
            rf"|passwd|pass\b|user|account)|credentials|not authenticated|\b5\.7\.8\b",
            LoginTrouble.LOGIN,
        ),
    )
)
_PASSING = frozenset(
    (
        *(LoginTrouble.THROTTLED, LoginTrouble.TOO_MANY, LoginTrouble.UNAVAILABLE),
        *(LoginTrouble.IN_USE, LoginTrouble.NOT_CONNECTED),
    )
)


# Codes that several troubles share: there the words say which. Exchange refuses tokens and
# passwords alike with AUTHENTICATIONFAILED, Gmail an app password that is wanted with ALERT.
_MORE_EXACT = frozenset(
    (
        *(LoginTrouble.OAUTH, LoginTrouble.APP_PASSWORD, LoginTrouble.SWITCHED_OFF),
        *(LoginTrouble.TOO_MANY, LoginTrouble.THROTTLED, LoginTrouble.NOT_CONNECTED),
        LoginTrouble.PLAIN_FORBIDDEN,
    )
)
_OUTAGE = re.compile(r"service (is )?(temporarily )?unavailable|internal error")
# "... or IMAP is disabled" (Yandex) is said of every wrong password.
_ELSE = re.compile(r"\bor (imap|pop3?)\b[^.;]{0,20}")
_BLOCKED = re.compile(
    r"\b(account|user|mailbox|konto|compte|cuenta|аккаунт|ящик)\b[^.;]{0,30}(suspended|blocked"
    r"|disabled|locked|deactivated|inactive|frozen|closed|gesperrt|deaktiviert|bloqu|заблокирован)"
)
MAX_REASONS = 2  # that one answer names; with more it says: one of these


def meaning_of(answer: str) -> LoginTrouble | None:
    """Which trouble a server's answer names; None: none that is known.

    Where it leaves open which of many it is, or speaks of an account that is blocked, it is the
    refusal alone: nobody is sent to look for another password.
    """
    text = _ELSE.sub("", answer[:1_000].lower())
    found = _by_code(text) or _by_words(text)
    if found is LoginTrouble.LOGIN and is_blocked(text):
        return LoginTrouble.DENIED
    named = [trouble for pattern, trouble in _PATTERNS if pattern.search(text)]
    is_open = len(named) > MAX_REASONS and LoginTrouble.LOGIN in named and " or " in text
    return LoginTrouble.DENIED if is_open else found


def is_blocked(answer: str) -> bool:
    """Whether an answer speaks of an account that its provider has blocked."""
    return bool(_BLOCKED.search(answer[:1_000].lower()))


def is_passing(answer: str) -> bool:
    """Whether an answer says that the server will take it later, as it is."""
    return meaning_of(answer) in _PASSING


def _by_code(text: str) -> LoginTrouble | None:
    """What its response code says, or words that say it more exactly; ``text`` in lower case."""
    codes = (_CODES.get(code.upper()) for code in _CODE.findall(text))
    trouble = next(filter(None, codes), None)
    if not trouble and _SMTP_LOGIN.search(text):
        trouble = LoginTrouble.LOGIN
    if trouble is LoginTrouble.LOGIN and _OUTAGE.search(text):
        trouble = LoginTrouble.UNAVAILABLE
    return trouble and (_by_words(text, _MORE_EXACT) or trouble)


def _by_words(text: str, among: frozenset[LoginTrouble] | None = None) -> LoginTrouble | None:
    for pattern, trouble in _PATTERNS:
        if (among is None or trouble in among) and pattern.search(text):
            return trouble
    return None
