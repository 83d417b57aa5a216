"""Whom a reply may go to besides the customer: those who stood in To or Cc of what was received."""

from collections.abc import Callable, Container, Iterable, Iterator

from ..router.message.addresses import Mailbox, parse


def named_beside(texts: Iterable[str], is_ours: Callable[[str], bool]) -> Iterator[Mailbox]:
    """Yield those outside whom a message was written to, each once, in their order.

    :param texts: values of To and Cc
    :param is_ours: whether an address is an alias, a user, an account or a domain of ours: what is
        sent there comes in here again
    """
    seen: set[str] = set()
    for mailbox in (mailbox for text in texts for mailbox in parse(text)):
        if mailbox.address and mailbox.address not in seen:
            seen.add(mailbox.address)
            if not is_ours(mailbox.address):
                yield mailbox


def offered(
    texts: Iterable[str], is_ours: Callable[[str], bool], known: Container[str]
) -> tuple[Mailbox, ...]:
    """Whom to offer as Cc; ``known`` are the addresses that a reply goes to anyway."""
    return tuple(item for item in named_beside(texts, is_ours) if item.address not in known)
