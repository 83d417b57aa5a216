from . import fetchmail_server
from . import mail_alias
from . import routing_guards
