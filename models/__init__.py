# Not sorted: a room comes after those whose models it extends, since Odoo defines classes in this
# order and lets the last one come first. tests/pure/test_import_order.py notices what goes wrong.
from . import findings
from . import companies
from . import storage
from . import credentials
from . import incoming
from . import inbox
from . import content
from . import rules
from . import routing
from . import outgoing
from . import health
from . import sent_copies
from . import probe
from . import domain_check
from . import users_without_mailbox
from . import setup
from . import accounts
from . import trial
