from . import mail_catchall_rule
from . import mail_catchall_rule_condition
from . import mail_catchall_rule_default
