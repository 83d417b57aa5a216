"""What servers say when they refuse, in their own words, and what it means."""

import imaplib
import poplib
import smtplib

from ....connections import is_passing, meaning_of, trouble_of
from ....connections.login_trouble import SENTENCES, LoginTrouble
from ...kit.pure import PureCase

ANSWERS = {
    LoginTrouble.TOO_MANY: (
        "Too many simultaneous connections. (Failure)",  # Gmail
        "[UNAVAILABLE] Maximum number of connections from user+IP exceeded "
        "(mail_max_userip_connections=10)",  # Dovecot
        "-ERR [IN-USE] too many connections",
        "[LIMIT] Too many concurrent sessions",
    ),
    LoginTrouble.THROTTLED: (
        "[THROTTLED] Account exceeded command or bandwidth limits. x1",  # Gmail
        "-ERR [LOGIN-DELAY] minimum time between mail checks violation",
        "[UNAVAILABLE] Too many login attempts, try later",
        "Request is throttled. Suggested Backoff Time: 299922 milliseconds",  # Exchange
        "-ERR login frequency limited",
    ),
    LoginTrouble.OVER_QUOTA: ("[OVERQUOTA] Quota exceeded", "-ERR mailbox is full, no space"),
    LoginTrouble.IN_USE: (
        "-ERR [IN-USE] Do you have another POP session running?",
        "-ERR maildrop already locked",
        "-ERR unable to lock maildrop",
        "[INUSE] Mailbox is locked by another process",
    ),
    LoginTrouble.NOT_CONNECTED: ("User is authenticated but not connected.",),
    LoginTrouble.SWITCHED_OFF: (
        "[ALERT] Your account is not enabled for IMAP use.",
        "-ERR [SYS/PERM] Your account is not enabled for POP access.",
        "IMAP access is disabled for your domain",
    ),
    LoginTrouble.OAUTH: (
        "[AUTHENTICATIONFAILED] Invalid SASL argument. m1",
        "SASL XOAUTH2 authentication failed",
        "AADSTS70008: the refresh token has expired",
    ),
    LoginTrouble.APP_PASSWORD: (
        "[ALERT] Application-specific password required: https://support.google.com (Failure)",
        "[WEBALERT https://accounts.google.com] Web login required.",
    ),
    LoginTrouble.UNAVAILABLE: (
        "[UNAVAILABLE] Temporary authentication failure.",
        "-ERR [SYS/TEMP] Temporary system problem. Please try again later.",
        "Server busy",
        "[SERVERBUG] Internal error occurred.",
    ),
    LoginTrouble.LOGIN: (
        "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        "LOGIN failed.",
        "-ERR [AUTH] Username and password not accepted.",
        "Login incorrect",
        "-ERR invalid user name or password.",
        "-ERR Logon failure: unknown user name or bad password.",
        "[AUTHENTICATIONFAILED] x",
    ),
    None: ("Something else", "", "Mailbox moved", "Kein Zugriff"),
}


class TestServersWords(PureCase):
    def test_what_answers_mean(self):
        """Server: refuses in its own words → what it means is told apart, and only a refused user
        name or password is called so (thunderbird/thunderbird-android#2000).
        """
        for trouble, answers in ANSWERS.items():
            for answer in answers:
                with self.subTest(answer):
                    self.assertEqual(meaning_of(answer), trouble)
                    expected = trouble or LoginTrouble.DENIED
                    self.assertEqual(trouble_of(imaplib.IMAP4.error(answer)), expected)

    def test_what_goes_on_by_itself(self):
        """Server: busy for now → it is called so, and tried again."""
        self.assertTrue(is_passing("[THROTTLED] slow down"))
        self.assertTrue(is_passing("[UNAVAILABLE] x"))
        self.assertFalse(is_passing("[NOPERM] no"))
        self.assertFalse(is_passing("[OVERQUOTA] full"))

    def test_goodbyes(self):
        """Server: BYE at the greeting, or later → its own words are told, none of passwords."""
        for error, trouble in (
            (imaplib.IMAP4.error(b"* BYE Too many connections"), LoginTrouble.TOO_MANY),
            (imaplib.IMAP4.error(b"* BYE see you"), LoginTrouble.BYE),
            (imaplib.IMAP4.abort("Autologout; idle for too long"), LoginTrouble.BYE),
            (poplib.error_proto(b"-ERR too many connections"), LoginTrouble.TOO_MANY),
        ):
            with self.subTest(error):
                self.assertEqual(trouble_of(error), trouble)

    def test_in_the_middle(self):
        """Server: ends the connection after the login → no advice about ports or passwords."""
        for error in (
            imaplib.IMAP4.abort("command: UID => socket error: EOF"),
            imaplib.IMAP4.abort("unexpected response: b'x'"),
            ConnectionResetError("x"),
            TimeoutError("timed out"),
            poplib.error_proto("-ERR EOF"),
        ):
            with self.subTest(error):
                self.assertEqual(trouble_of(error, logged_in=True), LoginTrouble.CUT)
        wrong = poplib.error_proto(b"-ERR login failed")
        self.assertEqual(trouble_of(wrong, logged_in=True), LoginTrouble.UNAVAILABLE)
        closed = imaplib.IMAP4.readonly("INBOX is not writable")
        self.assertEqual(trouble_of(closed), LoginTrouble.READ_ONLY)

    def test_smtp(self):
        """Server: SMTP refuses a login for now → nothing of passwords; a wrong one is called so."""
        for code, words, trouble in (
            (535, b"5.7.8 no", LoginTrouble.LOGIN),
            (
                535,
                b"5.7.8 Error: authentication failed: (reason unavailable)",
                LoginTrouble.LOGIN,
            ),
            (535, b"Error: authentication failed: (reason unavailable)", LoginTrouble.LOGIN),
            (535, b"no", LoginTrouble.LOGIN),
            (454, b"4.7.0 Temporary authentication failure", LoginTrouble.UNAVAILABLE),
            (421, b"4.7.0 Too many connections", LoginTrouble.TOO_MANY),
        ):
            error = smtplib.SMTPAuthenticationError(code, words)
            self.assertEqual(trouble_of(error), trouble)

    def test_passwords_are_spoken_of_where_the_server_did(self):
        """Server: refuses for another reason → nobody is told to check the user name and the
        password.
        """
        advice = "Check the user name and the password"
        said = {trouble for trouble, text in SENTENCES.items() if advice in str(text)}
        self.assertEqual(said, {LoginTrouble.LOGIN})
