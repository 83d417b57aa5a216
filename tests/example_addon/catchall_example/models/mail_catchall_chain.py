from odoo import api, models
from odoo.addons.mail_catchall_router.router.steps import Row, When

from ..invitation import Invitation
from ..plural import Plural


class CatchallChain(models.AbstractModel):
    _inherit = "mail.catchall.chain"

    @api.model
    def _verdicts(self):
        verdicts = super()._verdicts()
        at = [verdict.name for verdict in verdicts].index("bulk")
        verdicts.insert(at, Invitation())  # before newsletters: a calendar may send to many
        return verdicts

    @api.model
    def _steps(self):
        steps = super()._steps()
        at = [row.step.name for row in steps].index("near_miss")
        steps.insert(at, Row(Plural(), When.UNLESS_HELD))  # before it is taken for a misspelling
        return steps
