from . import chain
from . import mail_alias
from . import notice
from . import acknowledge
from . import held_back
from . import routing_guards
from . import machines
from . import notes
