"""Names after commas, and lines of ``name: value, value``, as an admin writes them."""

from ..router.message.addresses import normalise, normalise_domain


class BadLine(ValueError):
    """A line that has no name, or no values; the text is the line."""


def read_names(text: str | None) -> list[str]:
    """The names between commas, lower case."""
    return [name.strip().lower() for name in (text or "").split(",") if name.strip()]


def read_pairs(text: str) -> dict[str, tuple[str, ...]]:
    """The values of each name, lower case; a name on two lines has the values of both.

    :raises BadLine: for a line without ``:``, or with nothing on one side of it
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _colon, rest = line.lower().partition(":")
        values = tuple(filter(None, map(str.strip, rest.replace(";", ",").split(","))))
        if not name.strip() or not values:
            raise BadLine(line)
        found[name.strip()] = (*found.get(name.strip(), ()), *values)
    return found


def write_pairs(pairs: dict[str, tuple[str, ...]]) -> str:
    """The lines of :func:`read_pairs`, each value once."""
    return "\n".join(f"{name}: {', '.join(dict.fromkeys(pairs[name]))}" for name in pairs)


def read_logins(text: str) -> dict[str, frozenset[str]]:
    """Addresses that each login may write from.

    :raises BadLine: for one that is no address, too
    """
    found = {}
    for login, values in read_pairs(text).items():
        addresses = frozenset(map(normalise, values))
        if not all(addresses):
            raise BadLine(f"{login}: {', '.join(values)}")
        found[(normalise(login) if "@" in login else "") or login] = addresses
    return found


def read_signers(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of a domain of ours and the name that its provider signs with."""
    return frozenset(
        (normalise_domain(domain), normalise_domain(signer))
        for domain, signers in read_pairs(text).items()
        for signer in signers
    )


def read_methods(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of an authserv-id and a method."""
    pairs = read_pairs(text).items()
    return frozenset((name, method) for name, methods in pairs for method in methods)
