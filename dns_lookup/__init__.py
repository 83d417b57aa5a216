"""DNS over the network: the domain check and the setup ask, this package answers."""

from .resolver import Resolver, name_server
