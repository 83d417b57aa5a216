from . import mail_catchall_source
