from . import fetchmail_server
from . import database
from . import fetch_job
from . import fetching
from . import trust
from . import proofs
from . import mail_catchall_folder
from . import mail_catchall_activate
