from . import catchall_activate
from . import catchall_alias_wizard
from . import catchall_invitation
from . import catchall_preview
from . import catchall_route_wizard
from . import catchall_where
from . import catchall_switch
