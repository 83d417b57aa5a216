from . import fetchmail_server
from . import trust
from . import mail_catchall_folder
from . import mail_catchall_activate
