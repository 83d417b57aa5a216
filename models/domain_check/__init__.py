from . import mail_catchall_checkup
from . import mail_alias_domain
