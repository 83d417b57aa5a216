"""What Odoo did with a message beside what the router would have done."""

from collections.abc import Collection

from ..router.codes import Codes, State
from ..router.verdicts.bounce import Bounce


class Did(Codes):
    """What Odoo's own engine did with a message."""

    PENDING = "pending", "Not known yet"
    RECORD = "record", "Created or updated a record"
    NOTED = "noted", "Recorded a bounce"
    BOUNCED = "bounced", "Sent it back to the sender"
    NOTHING = "nothing", "Nothing"
    FAILED = "failed", "Failed with an error"


class Comparison(Codes):
    """How the two compare."""

    SAME = "same", "Same"
    BETTER = "better", "Router is better"
    DIFFERS = "differs", "Different"
    PENDING = "pending", "Not known yet"


_KEPT = (State.ROUTED, State.QUARANTINED)


def is_lost(did: Did, state: str | None) -> bool:
    """Whether nobody at the company got from Odoo what the router would have kept for them.

    What Odoo makes nothing of is not lost: it knows the Message-ID, often because it sent it.

    :param state: what the router would have made of it, None when it could not decide
    """
    return did in (Did.FAILED, Did.BOUNCED) and state != State.IGNORED


def compare(
    did: Did,
    native: Collection[str],
    state: str | None,
    reason: str | None,
    targets: Collection[str],
) -> Comparison:
    """Compare two outcomes of one message.

    :param native: places that Odoo has put the message into, in the form of ``Route.target``
    :param state, reason, targets: what the router would have done; no state when it could not
        decide
    """
    if did is Did.PENDING:
        return Comparison.PENDING
    if state is None:
        return Comparison.DIFFERS
    if did is Did.RECORD:
        return _placed(set(native), set(targets) if state == State.ROUTED else set())
    if is_lost(did, state):
        return Comparison.BETTER if state in _KEPT else Comparison.DIFFERS
    if did is Did.NOTED:
        return Comparison.SAME if reason == Bounce.reason else Comparison.DIFFERS
    # The sender of a message that the router dismisses was answered by Odoo.
    alike = did is not Did.BOUNCED and state == State.IGNORED
    return Comparison.SAME if alike else Comparison.DIFFERS


def _placed(native: set[str], targets: set[str]) -> Comparison:
    if native == targets:
        return Comparison.SAME
    if not targets:
        return Comparison.DIFFERS
    if native < targets or all(_is_fallback(target) for target in native):
        return Comparison.BETTER
    return Comparison.DIFFERS


def _is_fallback(target: str) -> bool:
    """Whether a place is a new record that no address named: the account's own model."""
    return target.startswith("record:") and target.endswith(":0")
