"""Hosts that are known to take mail in for the mailboxes of a provider."""

from ..providers.detect import find_by_server


def known_hosts(server: str) -> tuple[str, ...]:
    """Return the hosts that take mail in for a mailbox on this server, where that is certain.

    Not the whole domain of a provider: its other customers' mail comes from there as well. In
    Exchange Online each machine has a name of its own, and none vouches for what it sends.
    """
    preset = find_by_server(server)
    if preset is None:
        return ()
    if preset.code == "microsoft":
        return ("*.outlook.com",)
    return tuple(host for host in preset.own_hosts if host in preset.authserv_ids)
