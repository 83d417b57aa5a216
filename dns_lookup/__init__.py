"""DNS over the network, for the domain check: ``router/`` asks, this package answers."""

from .resolver import Resolver, name_server

__all__ = ["Resolver", "name_server"]
