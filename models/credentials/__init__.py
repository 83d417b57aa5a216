from . import mail_catchall_secrets
from . import ir_mail_server
