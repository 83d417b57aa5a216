"""Wizards: what a person names in one is what that person may see.

A wizard is its user's own, and Odoo shows the name of whatever it refers to without asking. So who
refers to a record must be allowed to read it, when the wizard is made, changed, or tried in a form.
"""

from odoo import api, models

_KINDS = ("many2one", "many2many", "reference")


class LinkedRows(models.AbstractModel):
    _name = "mail.catchall.linked.rows"
    _description = "Wizard about Records That Its User May Read"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_linked(vals)
        rows = super().create(vals_list)
        rows._check_all_linked()
        return rows

    def write(self, vals):
        self._check_linked(vals)
        result = super().write(vals)
        self._check_all_linked()
        return result

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_linked(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_linked(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_linked(self, vals):
        """Raise an AccessError unless the user may read every record that these values name."""
        if self.env.su:
            return
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type in _KINDS and value:
                # As Odoo itself reads values: commands, ids, records, "model,id".
                self.new({name: value})._check_all_linked([name])

    def _check_all_linked(self, names=None):
        if self.env.su:
            return
        stored = [field.name for field in self._fields.values() if field.store]
        for name in names or stored:
            if self._fields[name].type not in _KINDS or name in models.MAGIC_COLUMNS:
                continue
            # sudo: all that is linked, also what a search by its reader would leave out
            for row in self.sudo():
                if linked := row[name]:
                    linked.sudo(False)._origin.check_access("read")
