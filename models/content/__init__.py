from . import mail_thread
from . import signature_pictures
