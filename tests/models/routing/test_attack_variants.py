"""Attacks of each known kind, different in their particulars: nobody gets in, nobody is spammed."""

from odoo.tests import tagged

from ...kit.attacks.play import AttackCase
from ...kit.attacks.table import each_case
from ...kit.attacks.variants import honest, hosts, names, others, thanks, threads


@tagged("post_install", "-at_install")
@each_case((*names.REPLY_TO, *names.SIGNERS, *names.LOGINS))
class TestNames(AttackCase):
    """Kinds 2, 3 and 19: whose name a proof is taken for."""


@tagged("post_install", "-at_install")
@each_case((*threads.COLLEAGUES, *threads.OURS, *threads.TOKENS, *threads.STRANGERS))
class TestThreads(AttackCase):
    """Kinds 4, 5, 6 and 13: who knows a Message-ID or a reply address."""


@tagged("post_install", "-at_install")
@each_case((*hosts.SHARED, *hosts.LOCAL, *hosts.BELOW))
class TestHosts(AttackCase):
    """Kinds 7, 8 and 14: what servers write, and what strangers write below."""


@tagged("post_install", "-at_install")
@each_case((*thanks.ACKNOWLEDGED, *others.OTHERS))
class TestOthers(AttackCase):
    """Kinds 11 and N: acknowledgements, look-alikes, delivery fields, bounces, markup."""


@tagged("post_install", "-at_install")
@each_case(honest.HONEST)
class TestHonest(AttackCase):
    """Kind 0: what must go on working."""
