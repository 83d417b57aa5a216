"""DNS from a table, for tests of what asks it."""

from collections.abc import Iterable, Mapping

from ...dns_lookup.client import Answer, Status, is_name
from ...router.message.addresses import normalise_domain


class MemoryDns:
    """A table of answers: ``{("example.com", "MX"): ["10 mx.example.com"]}``.

    A :class:`Status` in place of records is the answer itself. A name that stands nowhere in the
    table does not exist; ``default`` says otherwise. ``asked`` is what was looked up, in order.
    """

    def __init__(
        self,
        table: Mapping[tuple[str, str], "Iterable[str] | Status"],
        default: Status | None = None,
    ) -> None:
        self._table = {(name.lower(), kind): value for (name, kind), value in table.items()}
        self._names = {name for name, _kind in self._table}
        self._default = default
        self.asked: list[tuple[str, str]] = []

    def ask(self, name: str, kind: str) -> Answer:
        """Answer from the table."""
        name = normalise_domain(name)
        self.asked.append((name, kind))
        if not is_name(name):
            return Answer(Status.BAD_NAME)
        value = self._table.get((name, kind))
        if isinstance(value, Status):
            return Answer(value)
        if value is not None:
            return Answer(Status.FOUND, tuple(value))
        if self._default:
            return Answer(self._default)
        exists = name in self._names or any(known.endswith(f".{name}") for known in self._names)
        return Answer(Status.NO_ANSWER if exists else Status.NXDOMAIN)

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Answer one after the other."""
        return [self.ask(name, kind) for name, kind in questions]
