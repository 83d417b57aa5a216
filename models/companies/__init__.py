from . import of_account
from . import linked_rows
