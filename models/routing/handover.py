"""Handing one message to Odoo's own engine for one route. The engine does the record work."""

import ast

from markupsafe import Markup
from odoo.tools import parse_contact_from_email
from odoo.tools.mail import email_normalize_all

from ...router.codes import AuthorCheck
from ...router.contact import persons_name
from .notes import note_of
from .odoo_directory import like_escaped
from .parsing import NAMING
from .routing_context import RouteRefused


class Handover:
    """A parsed message of a row, in its routing context.

    ``values`` is a fresh copy of the message dict for this route: the engine changes it.
    ``reaction`` is the emoji of a message that is nothing else.
    """

    def __init__(self, row, message, values, decision, context, *, reaction=""):
        self.thread = row.env["mail.thread"].with_context(
            default_fetchmail_server_id=row.fetchmail_server_id.id,
            # Files are bytes: Odoo would open each picture, shrink what is larger than 1920 pixels
            # and raise on what Pillow refuses (ir_attachment.py, _postprocess_contents).
            image_no_postprocess=True,
        )
        self.env = self.thread.env
        self.message, self.values, self.decision = message, values, decision
        self.context, self.reaction = context, reaction
        context.contact = values.get("email_from") or ""
        self.contact = decision.contact
        self.nameless = decision.nameless

    def take(self, route, sender=""):
        """Let Odoo's engine take the message along this route.

        :param sender: the address that the engine is given in place of an unproven one
        :return: ``(model, id of the record)``
        :raises RouteRefused: when the alias or the record's application refuses the sender
        """
        self._set_note(route, sender)
        if route.user_id:
            return self._notify_user(route)
        self._set_parent(route)
        native = self._native_route(route)
        thread, values = self.thread, self.values
        values.update(thread._message_parse_post_process(self.message, values, [native]))
        if self.context.author_hidden:
            values["author_id"] = False
        if self._react(route):
            return route.model, route.res_id
        model, thread_id, custom, *rest = native[:-1]
        # The alias is left out on purpose: with it the engine writes the alias's status inside
        # this transaction, which another lane would wait for. The lane writes it afterwards.
        routes = [(model, thread_id, self._with_name(model, custom), *rest, None)]
        res_id = thread._message_route_process(self.message, values, routes) or thread_id or 0
        if route.continues and res_id:
            self._link(model, res_id, route.continues)
        return model, res_id

    def _set_note(self, route, sender):
        """Say whether what is posted stays internal, and what nobody may be believed to be."""
        context, values = self.context, self.values
        user = context.batch.directory.user(self.contact)
        context.note = note = note_of(self.env, self.decision, route, user)
        failed = self.decision.author_check is AuthorCheck.FAILED
        context.author_hidden = self.nameless or bool(note and failed)
        # Being known on the record makes a reply public; From alone brings nobody else in.
        proved = self.decision.proofs.of(self.contact, (route.model, route.res_id))
        context.only_inside = bool(note) or not proved
        if self.nameless:
            # Applications look for a contact or an employee of that address, or make one.
            values |= {"author_id": False, "email_from": sender, "from": sender}
        if note and route.res_id:
            # Nothing that it names becomes a follower or a recipient of the record.
            values |= dict.fromkeys(NAMING, "")

    def _set_parent(self, route):
        """Say what the message replies to; whether the reply is internal follows from that."""
        values = self.values
        if not route.parent_id:
            # as message_route: no route by reference, so the parent means nothing
            values.pop("parent_id", None)
        elif values.get("parent_id") != route.parent_id:
            # A signed address names its message: without References, a reply to an internal
            # note would be shown to the customer.
            parent = self.env["mail.message"].browse(route.parent_id).exists()
            values.pop("parent_id", None)
            values.update(self.thread._message_parse_extract_from_parent(parent))
        if route.internal or self.context.note:
            values["is_internal"] = True
        if values.get("is_internal"):  # also a colleague's reply to a note
            parent = self.env["mail.message"].browse(values.get("parent_id") or False)
            if parent.author_id.partner_share:
                values.pop("parent_id", None)  # whose author would be notified, outside

    def _react(self, route):
        """Put a reaction on the message that it answers; return whether that is done.

        Of somebody who is not known, or whose address is not verified, it is posted as text.
        """
        message = self.env["mail.message"].browse(route.parent_id or False).exists()
        author = self.env["res.partner"].browse(self.values.get("author_id") or False)
        is_here = (message.model, message.res_id) == (route.model, route.res_id)
        if not (self.reaction and message and is_here and author) or self.context.note:
            return False
        message._message_reaction(self.reaction, "add", author, self.env["mail.guest"])
        return True

    def _link(self, model, res_id, older_id):
        """Note on a record which older one it goes on with."""
        record, older = self.env[model].browse([res_id, older_id])
        record._message_log(
            body=self.env._(
                "This is a reply to a closed or older conversation: %(record)s",
                record=older._get_html_link(),  # markup: the sentence is escaped around it
            )
        )

    def _notify_user(self, route):
        """Put the message into a user's Odoo inbox; never by email, which would come back here."""
        values, author = self.values, self.env["res.partner"]
        if not self.context.author_hidden:
            author = self.thread._partner_find_from_emails_single(
                [values["email_from"]], no_create=True
            )
        user, note = self.env["res.users"].browse(route.user_id), self.context.note
        self.context.inbox_only = True
        self.context.posted = self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=values.get("subject") or False,
            body=(note.why if note else Markup()) + (values.get("body") or ""),
            author_id=author.id,
            email_from=self.context.contact,
            attachments=values.get("attachments") or [],
            date=values.get("date"),
        )
        return "res.users", user.id

    def _native_route(self, route):
        """Return Odoo's five-tuple for a route, checked as ``message_route`` checks it."""
        values, nameless = self.values, self.nameless
        alias = self.env["mail.alias"].browse(route.alias.id if route.alias else False)
        self._check_proof(alias, route)
        user = self.env["res.users"]
        if not nameless:
            user = self.thread._mail_find_user_for_gateway(values["email_from"], alias=alias)
        custom = self._custom_values(route, alias)
        native = (route.model, route.res_id, custom, user.id or self.env.uid, alias)
        checked = dict(values, email_from="") if nameless else values
        result = self._checker(route, alias)._routing_check_route(
            self.message, checked, native, raise_exception=False
        )
        if not result:
            raise RouteRefused(
                self.env._("%(model)s does not accept emails of this kind", model=route.model)
            )
        if not nameless:
            values["author_id"] = checked.get("author_id")
        return result

    def _check_proof(self, alias, route):
        """An alias for some senders takes only those who are proved to be one of them."""
        restricted = alias.alias_contact in ("employees", "followers") or (
            self.nameless and alias.alias_contact == "partners"
        )
        if not restricted:
            return
        if self.decision.admits(route):
            if alias.alias_contact == "employees" and not self._is_employees():
                raise RouteRefused(
                    self.env._(
                        "%(alias)s does not accept mail from this sender", alias=alias.display_name
                    )
                )
            return
        proved = self.decision.proofs.of(self.contact, (route.model, route.res_id))
        text = (
            self.env._(
                "%(alias)s accepts only certain senders. The address of this one is verified, but "
                "%(address)s is not in To or Cc: somebody may have sent a copy of an email again",
                alias=alias.display_name,
                address=route.address,
            )
            if proved
            else self.env._(
                "%(alias)s accepts only certain senders, and the address of this one is not "
                "verified",
                alias=alias.display_name,
            )
        )
        raise RouteRefused(text)

    def _is_employees(self):
        """Whether an employee has the very address that is proved.

        hr takes any that contains it (``ilike``: "a@x.test" is in "anna@x.test", "%" in all), and
        looks at From with another reader than ours.
        """
        like = like_escaped(self.contact)
        theirs = ["|", ("work_email", "ilike", like), ("user_id.email", "ilike", like)]
        # sudo: addresses of employees are compared, never shown
        found = self.env["hr.employee"].sudo().search(theirs)
        written = [*found.mapped("work_email"), *found.user_id.mapped("email")]
        return any(self.contact in email_normalize_all(text or "") for text in written)

    def _custom_values(self, route, alias):
        """Values for a new record: the alias's defaults, and over them those of rules."""
        custom = ast.literal_eval(alias.alias_defaults) if alias and not route.parent_id else None
        if not route.defaults or route.res_id:
            return custom
        # the router keeps no lists: commands of many2many fields come as tuples
        wanted = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in route.defaults
        }
        return {**(custom or {}), **wanted}

    def _with_name(self, model, custom):
        """Values for a new record, with the customer's name where a lead keeps it by itself.

        Natively it stands in ``email_from`` alone until somebody makes a contact of the lead.
        """
        values = self.values
        name = persons_name(parse_contact_from_email(values.get("email_from") or "")[0])
        is_kept = "contact_name" in self.env[model]._fields and not values.get("author_id")
        if not is_kept or not name or "@" in name:
            return custom
        return {"contact_name": name, **(custom or {})}

    def _checker(self, route, alias):
        """The model that checks a route.

        Aliases are checked on their own model, replies on mail.thread, as natively: an invoice
        would refuse a "thanks" otherwise. The original message may be gone.
        """
        is_reply = route.parent_id or (route.res_id and not alias)
        Model = self.thread if is_reply else self.env[route.model]
        return Model if hasattr(Model, "_routing_check_route") else self.thread
