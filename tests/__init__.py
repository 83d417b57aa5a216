from . import test_router_tokens
from . import test_catchall_lane
from . import test_same_as_odoo
from . import test_catchall_routing
