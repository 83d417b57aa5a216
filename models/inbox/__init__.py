from . import mail_catchall_readable
from . import mail_catchall_message
from . import mail_catchall_route
from . import mail_message
from . import mail_catchall_alias_wizard
from . import mail_catchall_route_wizard
from . import mail_catchall_preview
from . import mail_catchall_where
