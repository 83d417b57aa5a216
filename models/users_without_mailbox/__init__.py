from . import advice
from . import mail_catchall_invitation
from . import checkup
