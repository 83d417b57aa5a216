"""A message of a trial in two lines: what Odoo did, and what the router would have done."""

from odoo import api, fields, models

from ...router.places import Alias, Route
from ...trial.comparison import Did
from ..inbox.decision_story import outcome_line, place_name


class CatchallShadow(models.Model):
    _inherit = "mail.catchall.shadow"

    native_text = fields.Char("What Odoo Did", compute="_compute_texts")
    router_text = fields.Char("What the Router Would Have Done", compute="_compute_texts")

    @api.depends("did", "native_places", "state", "places", "bounced_to", "native_error")
    def _compute_texts(self):
        names = self._record_names()
        for row in self:
            row.native_text = row._native_line(names)
            row.router_text = row._router_line(names)

    def _record_names(self):
        """Names of all records that these rows name, as far as the user may see them."""
        wanted = {}
        for row in self:
            for place in (*(row.native_places or ()), *(row.places or ())):
                if place["res_id"] and place["model"] in self.env:
                    wanted.setdefault(place["model"], set()).add(place["res_id"])
        names = {}
        for model, ids in wanted.items():
            records = self.env[model].browse(sorted(ids)).exists()
            readable = records._filtered_access("read") if records else records
            names |= {(model, record.id): record.display_name for record in readable}
        return names

    def _place_line(self, place, names):
        # sudo: the kind's name only, which every user sees in menus
        kind = self.env["ir.model"].sudo()._get(place["model"]).name or place["model"]
        name = names.get((place["model"], place["res_id"]), place["res_id"])
        return f"{kind} “{name}”"

    def _native_line(self, names):
        made = []
        for place in self.native_places or ():
            text = self._place_line(place, names)
            made.append(self.env._("new: %(record)s", record=text) if place.get("new") else text)
        back = self.bounced_to and self.env._("bounced to %(sender)s", sender=self.bounced_to)
        if made:
            return ", ".join(filter(None, [*made, back]))
        if self.did == Did.BOUNCED:
            return self.env._("Bounced to %(sender)s", sender=self.bounced_to)
        said = dict(self._fields["did"]._description_selection(self.env)).get(self.did, "")
        if self.did == Did.FAILED:
            return " · ".join(filter(None, [said, self.native_error, back]))
        return said

    def _router_line(self, names):
        if self.decision_error:
            return self.env._("No decision: %(error)s", error=self.decision_error)
        places = [
            self._place_line(place, names) if place["res_id"] else self._new_place(place)
            for place in self.places or ()
            if place["model"] in self.env or place["user_id"]
        ]
        if not places:
            return outcome_line(self.env, self.state, self.reason, ())
        # the places say that it is routed, and a list has little room
        reason = outcome_line(self.env, "", self.reason, ())
        return " · ".join(filter(None, [", ".join(places), reason]))

    def _new_place(self, place):
        alias = Alias(place["alias_id"], place["address"], place["model"])
        return place_name(
            self.env,
            Route(
                place["model"],
                alias=alias if place["alias_id"] else None,
                user_id=place["user_id"],
                address=place["address"],
                defaults=tuple((name, None) for name in place["defaults"]),
            ),
        )
