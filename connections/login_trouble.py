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
