from . import mail_catchall_chain
from . import mail_catchall_message
