from . import mail_catchall_secrets
from . import fetchmail_server
from . import ir_mail_server
