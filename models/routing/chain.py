"""The routing pipeline of this database: the verdicts and steps of every installed addon."""

from odoo import api, models, tools

from ...router.chain import Chain
from ...router.steps import STEPS
from ...router.verdicts import VERDICTS


class CatchallChain(models.AbstractModel):
    """Another addon brings verdicts and steps by extending ``_verdicts`` and ``_steps``."""

    _name = "mail.catchall.chain"
    _description = "Routing Pipeline"

    @api.model
    def _verdicts(self):
        """Return the verdicts in the order in which they are asked, a list of its own each time."""
        return list(VERDICTS)

    @api.model
    def _steps(self):
        """Return the steps (:class:`~..router.steps.Row`) in the order in which they are asked."""
        return list(STEPS)

    @tools.ormcache()
    def _chain(self):
        # Built once per registry: a process serves databases with different addons.
        return Chain(tuple(self._verdicts()), tuple(self._steps()))

    @api.model
    def _decide(self, mail, directory, policy, signed_by=()):
        """Return the :class:`~..router.decision.Decision` about a message; this changes nothing.

        :param mail: a :class:`~..router.message.mail.ReceivedMail`
        :param directory: a :class:`~..router.directory.Directory` that answers for this database
        :param policy: that of the account which received the message
        :param signed_by: domains whose DKIM signature was verified before
        """
        return self._chain().decide(mail, directory, policy, signed_by)

    @api.model
    def _label(self, name):
        """Return the name of a verdict, a step, or another line of a trace for this user.

        One whose addon is gone keeps its technical name, made readable.
        """
        label = self._chain().label(name)
        return self.env._(label) if label else name.replace("_", " ").capitalize()

    @api.model
    def _conditions(self):
        """Return the verdicts that a rule's condition may name, as choices for this user."""
        return [
            (verdict.name, self.env._(verdict.label))
            for verdict in self._chain().verdicts
            if verdict.in_conditions
        ]
