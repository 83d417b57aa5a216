"""Why an account cannot connect or log in: the kinds that need different remedies, in words.

``_lt`` only marks the sentences for translation: who shows them translates them. Each takes
``account``, ``host``, ``port`` and ``error``, what the server or the system said.
"""

from enum import Enum

from ..translatable import _lt


class LoginTrouble(str, Enum):
    """What keeps a login from succeeding."""

    NO_NAME = "no_name"  # DNS has no such server
    NO_DNS = "no_dns"  # nobody could be asked for it
    REFUSED = "refused"  # nobody listens
    SILENT = "silent"  # no answer in time
    UNREACHABLE = "unreachable"  # no way there
    NEEDS_TLS = "needs_tls"  # the port speaks SSL/TLS from the start
    NOT_TLS = "not_tls"  # it does not
    CERTIFICATE = "certificate"  # somebody else's, or expired
    NO_STARTTLS = "no_starttls"  # no encryption is offered
    PLAIN_FORBIDDEN = "plain_forbidden"  # no password without encryption
    CLOSED = "closed"  # the server hung up
    NOT_ASCII = "not_ascii"  # Odoo cannot say this user name or password
    CUT = "cut"  # it hung up in the middle of its work
    BYE = "bye"  # it said goodbye instead of a greeting or an answer
    TOO_MANY = "too_many"  # connections at once
    THROTTLED = "throttled"  # too often, or too much
    OVER_QUOTA = "over_quota"  # the mailbox is full
    IN_USE = "in_use"  # somebody else has it open
    UNAVAILABLE = "unavailable"  # the server cannot just now
    NOT_CONNECTED = "not_connected"  # Exchange: the login holds, the mailbox is not there
    SWITCHED_OFF = "switched_off"  # IMAP or POP3 is not allowed for this mailbox
    READ_ONLY = "read_only"  # the mailbox may be read alone
    OAUTH = "oauth"  # the token
    APP_PASSWORD = "app_password"  # another password is wanted
    EXPIRED = "expired"  # the password has
    DENIED = "denied"  # the login was refused, and nobody said why
    LOGIN = "login"  # user name or password
    SENDER = "sender"  # logged in, and refused to send
    RECIPIENT = "recipient"  # logged in, and the account's own address is not known

    def __str__(self) -> str:
        return str(self.value)


SENTENCES = {
    LoginTrouble.NO_NAME: _lt(
        "“%(account)s”: there is no server named %(host)s. Check the spelling of the server's name."
    ),
    LoginTrouble.NO_DNS: _lt(
        "“%(account)s”: Odoo's machine gets no answer from any name server, so %(host)s cannot be"
        " found (%(error)s). Check the machine's network, and try again."
    ),
    LoginTrouble.REFUSED: _lt(
        "“%(account)s”: nothing answers at %(host)s, port %(port)s. Check the server's name, the"
        " port, and whether this port uses SSL/TLS."
    ),
    LoginTrouble.SILENT: _lt(
        "“%(account)s”: %(host)s, port %(port)s, does not answer in time. Check the port, whether"
        " it uses SSL/TLS, and whether a firewall lets Odoo's machine connect to it."
    ),
    LoginTrouble.UNREACHABLE: _lt(
        "“%(account)s”: no connection to %(host)s, port %(port)s (%(error)s). Check the server's"
        " name, the port, and whether this port uses SSL/TLS."
    ),
    LoginTrouble.NEEDS_TLS: _lt(
        "“%(account)s”: %(host)s speaks SSL/TLS on port %(port)s. Switch on SSL/TLS for the"
        " account."
    ),
    LoginTrouble.NOT_TLS: _lt(
        "“%(account)s”: %(host)s does not speak SSL/TLS on port %(port)s. Choose a port that does"
        " (usually 993 for IMAP, 995 for POP3, 465 for sending), or STARTTLS for sending."
    ),
    LoginTrouble.CERTIFICATE: _lt(
        "“%(account)s”: the certificate of %(host)s is not valid for this server (%(error)s). Enter"
        " the name in the certificate, or ask the server's administrator to renew it."
    ),
    LoginTrouble.NO_STARTTLS: _lt(
        "“%(account)s”: %(host)s offers no encryption (STARTTLS) on port %(port)s. Choose a port "
        "that does, usually 587, or SSL/TLS on port 465."
    ),
    LoginTrouble.PLAIN_FORBIDDEN: _lt(
        "“%(account)s”: %(host)s accepts no password without encryption. Switch on SSL/TLS, with"
        " the port for it (993 for IMAP, 995 for POP3, 465 or 587 for sending)."
    ),
    LoginTrouble.CLOSED: _lt(
        "“%(account)s”: %(host)s, port %(port)s, closed the connection. Check the port, and whether"
        " it uses SSL/TLS."
    ),
    LoginTrouble.NOT_ASCII: _lt(
        "“%(account)s”: Odoo cannot log in with accented or other special characters in the user"
        " name or the password. Give the mailbox a password of plain letters, digits and"
        " punctuation."
    ),
    LoginTrouble.CUT: _lt(
        "“%(account)s”: %(host)s closed the connection in the middle (%(error)s). What was fetched"
        " is safe, and the next fetch continues by itself. If it happens at every fetch, ask the"
        " provider about limits."
    ),
    LoginTrouble.BYE: _lt(
        "“%(account)s”: %(host)s ended the connection with “%(error)s”. It is tried again"
        " automatically. If it lasts, ask the provider."
    ),
    LoginTrouble.TOO_MANY: _lt(
        "“%(account)s”: %(host)s allows no further connection (“%(error)s”). It is tried again"
        " automatically, and succeeds as soon as others end. If it lasts, close mail programs that"
        " use this mailbox, or ask the provider to allow more connections."
    ),
    LoginTrouble.THROTTLED: _lt(
        "“%(account)s”: %(host)s wants fewer logins or less traffic (“%(error)s”). It continues by"
        " itself once the provider's waiting time is over. If it lasts, fetch less often, and close"
        " other programs that use this mailbox."
    ),
    LoginTrouble.OVER_QUOTA: _lt(
        "“%(account)s”: %(host)s says that the mailbox is full (“%(error)s”). Delete mail in the"
        " mailbox or buy more space; then it continues by itself."
    ),
    LoginTrouble.IN_USE: _lt(
        "“%(account)s”: another program has the mailbox open, and %(host)s lets in one at a time"
        " (“%(error)s”). It continues by itself when that program ends. If it lasts, switch off"
        " POP3 in the other program, or use IMAP."
    ),
    LoginTrouble.UNAVAILABLE: _lt(
        "“%(account)s”: %(host)s cannot serve the mailbox at the moment (“%(error)s”). It is tried"
        " again automatically, and continues when the server does."
    ),
    LoginTrouble.NOT_CONNECTED: _lt(
        "“%(account)s”: %(host)s accepted the login, but its mailbox server did not open the"
        " mailbox (“%(error)s”). It is tried again automatically. If it lasts, check in the"
        " provider's administration that the mailbox exists, has a license, and allows IMAP or"
        " POP3."
    ),
    LoginTrouble.SWITCHED_OFF: _lt(
        "“%(account)s”: %(host)s says that this kind of access is switched off for the mailbox"
        " (“%(error)s”). Switch IMAP, POP3 or authenticated SMTP on in the provider's settings;"
        " then it continues by itself."
    ),
    LoginTrouble.READ_ONLY: _lt(
        "“%(account)s”: %(host)s opens the mailbox read-only (“%(error)s”). Emails are fetched, but"
        " stay in the mailbox as they are. Give the account full rights in the mailbox."
    ),
    LoginTrouble.OAUTH: _lt(
        "“%(account)s”: %(host)s refused the OAuth token (“%(error)s”). Open the account and"
        " connect it with the provider again, as the user whose mailbox it is."
    ),
    LoginTrouble.APP_PASSWORD: _lt(
        "“%(account)s”: %(host)s wants a password made for programs, or OAuth (“%(error)s”). Create"
        " an app password with the provider and enter it, or connect the account with OAuth."
    ),
    LoginTrouble.EXPIRED: _lt(
        "“%(account)s”: %(host)s says that the password has expired (“%(error)s”). Set a new one"
        " with the provider, and enter it here."
    ),
    LoginTrouble.DENIED: _lt(
        "“%(account)s”: %(host)s refused the login with “%(error)s”. It is tried again"
        " automatically. If it lasts, ask the provider what this answer means."
    ),
    LoginTrouble.LOGIN: _lt(
        "“%(account)s”: the mail server answered “%(error)s”. Check the user name and the password,"
        " and whether the provider requires an app password or OAuth."
    ),
    LoginTrouble.SENDER: _lt(
        "“%(account)s”: the login works, but the mail server then refuses to send as this account"
        " (“%(error)s”). Check the account's address, and whether the provider allows it to send."
    ),
    LoginTrouble.RECIPIENT: _lt(
        "“%(account)s”: the login works, but the mail server then refuses an email to the account's"
        " own address (“%(error)s”). Check the spelling of the address."
    ),
}
