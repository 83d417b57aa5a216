from . import chain
from . import mail_alias
from . import notice
from . import routing_guards
from . import notes
