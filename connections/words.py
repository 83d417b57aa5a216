"""What the words of a server mean when it refuses: a login, a folder, a message, a connection.

First its response codes (IMAP: RFC 5530; POP3: RFC 2449 §8, RFC 3206), then words that servers
use. Only what says so is about the user name and the password.
"""

import re

from .login_trouble import LoginTrouble

_CODE = re.compile(r"\[\s*([A-Za-z-]{2,40}(?:/[A-Za-z]{2,10})?)[^\]]{0,200}\]")
# SMTP's "credentials invalid" (RFC 4954 §6): Postfix adds "(reason unavailable)" to it.
_SMTP_LOGIN = re.compile(r"\b5\.7\.8\b")
_CODES = {
    "AUTHENTICATIONFAILED": LoginTrouble.LOGIN,
    "AUTH": LoginTrouble.LOGIN,
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
    (re.compile(pattern), trouble)
    for pattern, trouble in (
        (
            r"logindisabled|plaintext auth|cleartext|starttls first|issue a stls",
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
            r"thrott|rate.?limit|bandwidth|too many (login|log-?in|auth|failed|failure|request"
            r"|command|attempt|bad)|try(ing)? too (often|fast)|too (often|frequent|fast)"
            r"|frequency limit|temporarily blocked|logins? per (minute|hour)|slow down"
            r"|exceeded (the |your )?(limit|rate|command)|request limit|wait \d+ (second|minute)",
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
            r"|not enabled for (imap|pop)|no (imap|pop3?) access",
            LoginTrouble.SWITCHED_OFF,
        ),
        (
            r"xoauth2?|oauth|access token|(invalid|expired|bad) token|token (is |has )?(expired"
            r"|invalid|revoked)|invalid_grant|aadsts\d|sasl bearer|invalid sasl argument",
            LoginTrouble.OAUTH,
        ),
        (
            r"(application|app).?specific password|app password|web login required"
            r"|log in via your web browser|less secure|basic ?auth\w* (is )?(blocked|disabled)"
            r"|authorization code|授权码",
            LoginTrouble.APP_PASSWORD,
        ),
        (
            r"temporar|try (it )?again|later|(?<!reason )unavailable|internal (server )?error"
            r"|server (is )?busy"
            r"|auth\w* (server|service|process|daemon)|database|\bldap\b"
            r"|system error|backend|maintenance|timed? ?out|not (yet )?ready|overload|server error",
            LoginTrouble.UNAVAILABLE,
        ),
        (r"read-?only", LoginTrouble.READ_ONLY),
        (
            rf"(log.?(in|on)|sign.?(in|on)|auth\w*|credential\w*|password|passwd|user(name)?|pass"
            rf"|account)\b{_GAP}\b(fail|denied|reject|incorrect|invalid|wrong|unknown|refused"
            rf"|bad\b|not (match|accept|correct|valid|known|recogni|found|exist)|no match"
            rf"|mismatch|does ?n.t (match|exist)|error)"
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
    )
)


def meaning_of(answer: str) -> LoginTrouble | None:
    """Which trouble a server's answer names; None: none that is known."""
    text = answer[:1_000]
    for code in _CODE.findall(text):
        if trouble := _CODES.get(code.upper()):
            return _by_words(text, _MORE_EXACT) or trouble
    if _SMTP_LOGIN.search(text):
        return _by_words(text, _MORE_EXACT) or LoginTrouble.LOGIN
    return _by_words(text)


def is_passing(answer: str) -> bool:
    """Whether an answer says that the server will take it later, as it is."""
    return meaning_of(answer) in _PASSING


def _by_words(text: str, among: frozenset[LoginTrouble] | None = None) -> LoginTrouble | None:
    lowered = text.lower()
    for pattern, trouble in _PATTERNS:
        if (among is None or trouble in among) and pattern.search(lowered):
            return trouble
    return None
