"""One message through plain Odoo, and through this addon: what came of it, as JSON.

Plain Odoo's side needs nothing of this addon, so that it is measured in a database without it.
"""

from dataclasses import replace
from email import message_from_bytes
from email.utils import getaddresses
from itertools import count

from .odoo_outcomes import observed

_numbers = count(1)


def senders(source):
    """Everybody who could get a bounce: whatever address stands in From, Reply-To, Return-Path."""
    message = message_from_bytes(source)
    values = [
        str(value)
        for name in ("From", "Reply-To", "Return-Path", "Sender", "X-Original-From")
        for value in message.get_all(name, [])
    ]
    return {address.lower() for _name, address in getaddresses(values) if address}


class PlainOdoo:
    """Odoo 19 as its own fetchmail runs it, on the same mailbox (mail/models/fetchmail.py)."""

    def __init__(self, world, new_cursor):
        """``new_cursor`` gives a cursor whose commit can be undone (registry test mode)."""
        self.world = world
        self.new_cursor = new_cursor
        self.server = world.env["fetchmail.server"].create(
            {"name": "Catch-all", "server_type": "imap", "server": "imap.example.com"}
        )

    def run(self, source, expected):
        """Process one message; what is in the Junk folder is never looked at."""
        if expected.get("junk"):
            return {"places": [], "error": "", "not_fetched": True}
        account = self.world.world["accounts"][expected.get("account", "default")]
        with observed(self.world) as observer, self.new_cursor() as cr:
            Thread = self.world.env(cr=cr)["mail.thread"].with_context(
                default_fetchmail_server_id=self.server.id
            )
            error = ""
            try:
                Thread.message_process(
                    model=account.get("fallback_model", False),
                    message=source,
                    save_original=False,
                    strip_attachments=False,
                )
                cr.commit()
            except Exception as problem:  # fetchmail logs it and marks the message as read
                cr.rollback()
                error = f"{type(problem).__name__}: {problem}"
            self.world.env.invalidate_all()
            routes = [] if error else observer.routes
            return {
                "places": sorted(self.world.place(*route) for route in routes),
                "error": error[:200],
                **observer.outcome(senders(source)),
            }


class Router:
    """This addon: a row of the ledger, and what a lane does with it."""

    def __init__(self, world):
        self.world = world
        env = world.env
        parameters = env["ir.config_parameter"]
        parameters.set_param("database.secret", world.world["secret"])
        parameters.set_param("database.uuid", world.world["database"])
        self.servers = {
            name: self._server(settings) for name, settings in world.world["accounts"].items()
        }

    def _server(self, settings):
        env = self.world.env
        fallback = settings.get("fallback_model")
        domains = [domain.id for domain in self.world.domains.values()]
        return env["fetchmail.server"].create(
            {
                "name": "Catch-all",
                "server_type": "imap",
                "server": "imap.example.com",
                "user": self.world.world["own_addresses"][0],
                "password": "secret",
                "is_catchall": True,
                "alias_domain_ids": [(6, 0, domains)],
                "own_hosts": ", ".join(settings.get("own_hosts", ())),
                "exclusive_hosts": ", ".join(settings.get("exclusive_hosts", ())),
                "results_shown": "\n".join(map(": ".join, settings.get("results_shown", ()))),
                "trusted_authserv_ids": ", ".join(settings.get("trusted_authserv_ids", ())),
                "envelope_header": settings.get("envelope_header", False),
                "near_miss_policy": settings.get("near_miss", "alias"),
                "object_id": env["ir.model"]._get_id(fallback) if fallback else False,
            }
        )

    def run(self, source, expected):
        """Route one message in its own transaction part; an error is an outcome as well."""
        with observed(self.world) as observer:
            row = self._receive(source, expected)
            try:
                with self.world.env.cr.savepoint():
                    for error in self._delivery(row).route()[:1]:
                        raise error
            except Exception as problem:  # the lane keeps it with the row
                return {"state": "failed", "reason": "error", "error": repr(problem)[:500]}
            return {
                "state": row.state,
                "reason": row.reason,
                "places": sorted(self._place(route) for route in row.route_ids),
                "contact": row.contact or "",
                "author_check": row.author_check,
                "suggestions": (row.facts or {}).get("suggestions", {}),
                "explanation": row.explanation or "",
                **observer.outcome(senders(source)),
            }

    def _receive(self, source, expected):
        from ...models.incoming.ledger import Ledger
        from ...router.message.mail import ReceivedMail

        env = self.world.env
        self._deliver_copy(ReceivedMail.from_bytes(source))
        server = self.servers[expected.get("account", "default")]
        key = f"imap:INBOX:1:{next(_numbers)}"
        ledger = Ledger(server, env)
        ledger.insert(key, source, is_junk=expected.get("junk", False))
        return ledger.row(key)

    def _deliver_copy(self, mail):
        """Put the copy that came before into the ledger, if the world knows of one."""
        message = self.world.delivered.get(mail.message_id)
        if not message:
            return
        env = self.world.env
        row = env["mail.catchall.message"].create(
            {
                "fetchmail_server_id": self.servers["default"].id,
                "state": "routed",
                "reason": "alias",
                "message_id": mail.message_id,
                "identity": mail.fingerprint,
            }
        )
        for address in self.world.world["delivered"][mail.message_id]:
            alias = next(a for a in self.world.aliases.values() if a.alias_full_name == address)
            env["mail.catchall.route"].create(
                {
                    "catchall_message_id": row.id,
                    "model": message.model,
                    "res_id": message.res_id,
                    "mail_message_id": message.id,
                    "alias_id": alias.id,
                    "target": f"alias:{alias.id}",
                    "identity": mail.fingerprint,
                }
            )

    def _delivery(self, row):
        from ...models.routing.delivery import Delivery

        return Delivery(row, self._batch())

    def _batch(self):
        """A batch whose directory knows the numbers in the world's signed addresses."""
        from ...models.routing.odoo_directory import OdooDirectory
        from ...models.routing.routing_context import Batch
        from .odoo_world import NOWHERE

        world = self.world
        models = {number: name for name, number in world.world["models"].items()}

        class Directory(OdooDirectory):
            def reply_target(self, token, sender):
                model = models.get(token.model_id, "")
                record = world.records.get((model, token.res_id))
                message = world.messages.get(token.parent_id)
                partner = world.partners.get(token.partner_id)
                real = replace(
                    token,
                    model_id=self.env["ir.model"]._get_id(model) if model else 0,
                    res_id=record.id if record else NOWHERE,
                    parent_id=message.id if message else 0,
                    partner_id=partner.id if partner else 0,
                )
                return super().reply_target(real, sender)

        batch = Batch(world.env)
        batch.directory = Directory(world.env)
        return batch

    def _place(self, route):
        kind, _colon, rest = route.target.partition(":")
        if kind == "user":
            return self.world.env["res.users"].browse(int(rest)).email_normalized
        if kind == "alias":
            return route.alias_id.alias_full_name
        model, _colon, number = rest.partition(":")
        if kind == "continues":
            older = self.world.place(model, int(number)).partition("/")[2]
            return f"{model}/new, continues {older}"
        place = self.world.place(model, int(number))
        is_note = route.mail_message_id.subtype_id.internal and place.partition("/")[2].isdigit()
        return f"{place}, internal note" if is_note else place
