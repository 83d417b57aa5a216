"""EHLO names the account's email domain, never a host name of ours.

The provider writes what we call ourselves into its ``Received``, which every customer gets. Core
leaves it to smtplib, which takes the name of the machine (``socket.getfqdn``), and neither offers
a setting. A name of the domain is what providers expect that let a network send without a login.
"""

import functools

from odoo import models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _register_hook(self):
        """Core hands the connection out at the login: before it has said EHLO, or after STARTTLS,
        which makes the server forget the one before (RFC 3207 §4.2).

        Not by an override: microsoft_outlook, loaded after this addon, says EHLO in its own one
        and does not call the others. As base_automation does, the outermost is wrapped.
        """
        Server = self.env.registry[self._name]
        if "_smtp_login__" not in vars(Server):
            Server._smtp_login__ = _greeting(Server._smtp_login__)
        return super()._register_hook()

    def _unregister_hook(self):
        Server = self.env.registry[self._name]
        if "_smtp_login__" in vars(Server):
            del Server._smtp_login__
        return super()._unregister_hook()

    def _catchall_greet(self, connection):
        """Say EHLO once more where core has said it with the machine's name.

        That is where nobody logs in, so that no state is lost (RFC 5321 §4.1.4). A server that
        refuses the name has the old one.
        """
        name, before = self._catchall_greeting(), getattr(connection, "local_hostname", None)
        if before and before != name:
            connection.local_hostname = name
            code, _answer = connection.ehlo()
            if not 200 <= code < 300:
                connection.local_hostname = before
                connection.ehlo()
        return connection

    def _catchall_greeting(self):
        """The domain of the account's address, if it serves that, else one that it serves."""
        own = self._catchall_account_address().rpartition("@")[2]
        served = self._catchall_served_domains()
        return own if own in served or not served else min(served)


def _greeting(login):
    @functools.wraps(login)
    def greeting_login(server, connection, smtp_user, smtp_password):
        if server.is_catchall and not server.owner_user_id:
            connection.local_hostname = server._catchall_greeting()
        return login(server, connection, smtp_user, smtp_password)

    return greeting_login
