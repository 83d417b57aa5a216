from . import mail_catchall_health
from . import facts
from . import screen
from . import mail_catchall_health_account
from . import fetchmail_server
from . import ir_mail_server
