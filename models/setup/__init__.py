from . import mail_catchall_setup
from . import screen
from . import servers
from . import logins
from . import accounts
from . import mail_catchall_setup_account
from . import fetchmail_server
from . import ir_mail_server
