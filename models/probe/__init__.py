from . import mail_catchall_probe
from . import mail_catchall_probe_mail
from . import result
from . import sending
from . import looking
from . import fetchmail_server
