from . import mail_catchall_shadow
from . import observation
from . import copies
from . import native_watch
from . import fetchmail_server
from . import mail_catchall_switch
