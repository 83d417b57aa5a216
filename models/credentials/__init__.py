from . import mail_catchall_secrets
from . import audit_log
from . import file_values
from . import ir_mail_server
