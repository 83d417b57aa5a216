"""The name server that all rooms ask: the machine's own, or that of a system parameter."""

import logging

from ..dns_lookup import name_server

_logger = logging.getLogger(__name__)

PARAMETER = "mail_catchall_router.dns_server"


def dns_server(env):
    """Return (address, port) of the system parameter, or None for the machine's own."""
    text = env["ir.config_parameter"].sudo().get_param(PARAMETER)  # sudo: for whoever asks DNS
    try:
        return name_server(text) if text else None
    except ValueError:
        _logger.warning("The system parameter %s is no address: %s", PARAMETER, text)
        return None
