"""The ways to find a message's place, in their order (docs/design.md#steps)."""

from .admin_rules import AdminRules
from .alias import AliasStep
from .base import Found, Row, Step, When
from .block_rules import BlockRules
from .event import EventStep
from .fallback import Fallback
from .near_miss import NearMiss
from .quarantine import Quarantine
from .reply_token import ReplyTokenStep
from .sub_address import SubAddress
from .thread import Thread
from .user import UserStep

STEPS: tuple[Row, ...] = (
    # what the admin wants sorted by a person or dismissed
    Row(BlockRules(), When.ALWAYS),
    # our own signed address: nothing else can be meant
    Row(ReplyTokenStep(), When.UNLESS_HELD),
    # In-Reply-To and References: the record knows the conversation
    Row(Thread(), When.UNLESS_HELD),
    # a reply to an invitation names its event
    Row(EventStep(), When.UNLESS_HELD),
    # what the admin said beats what an address says
    Row(AdminRules(), When.UNLESS_HELD),
    # the address says it
    Row(AliasStep(), When.UNLESS_HELD),
    # sales+web@ is sales@
    Row(SubAddress(), When.UNLESS_HELD),
    # a user's own address: their inbox in Odoo
    Row(UserStep(), When.UNLESS_HELD),
    # saels@ is sales@, where a wrong guess does no harm
    Row(NearMiss(), When.LAST),
    # what the admin wants done with the rest
    Row(Fallback(), When.LAST),
    # a person decides
    Row(Quarantine(), When.LAST),
)

__all__ = ["STEPS", "Found", "Row", "Step", "When"]
