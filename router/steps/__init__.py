"""The ways to find a message's place, in their order (docs/design.md#steps)."""

from .admin_rules import AdminRules
from .alias import AliasStep
from .base import Found, Step
from .block_rules import BlockRules
from .fallback import Fallback
from .near_miss import NearMiss
from .quarantine import Quarantine
from .reply_token import ReplyTokenStep
from .sub_address import SubAddress
from .thread import Thread
from .user import UserStep

STEPS: tuple[Step, ...] = (
    BlockRules(),  # what the admin wants sorted by a person or dismissed
    ReplyTokenStep(),  # our own signed address: nothing else can be meant
    Thread(),  # In-Reply-To and References: the record knows the conversation
    AdminRules(),  # what the admin said beats what an address says
    AliasStep(),  # the address says it
    SubAddress(),  # sales+web@ is sales@
    UserStep(),  # a user's own address: their inbox in Odoo
    NearMiss(),  # saels@ is sales@, where a wrong guess does no harm
    Fallback(),  # what the admin wants done with the rest
    Quarantine(),  # a person decides
)

__all__ = ["STEPS", "Found", "Step"]
