from . import mail_catchall_account
