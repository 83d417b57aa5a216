from . import mail_catchall_rule
from . import rule_part
from . import mail_catchall_rule_condition
from . import mail_catchall_rule_default
from . import mail_catchall_message
