"""Elements of BER (ITU-T X.690), the encoding of ASN.1 that S/MIME is written in.

A library for ASN.1 reads all of it, certificates too, by recursion and into objects. To get at a
signed text it takes a walk over the headers of a few elements. This one goes forward only, so
that its cost grows with the bytes alone, however the elements are nested.
"""

from collections.abc import Iterator
from dataclasses import dataclass

OID, OCTETS, SEQUENCE = 0x06, 0x04, 0x30
CONTEXT_0 = 0xA0  # [0], constructed
_CONSTRUCTED = 0x20
_MANY = 0x1F  # the tag's number stands in the octets that follow
_MAX_DEPTH = 100
_MAX_PIECES = 200_000  # of one element; programs write pieces of a thousand octets and more


class Malformed(ValueError):
    """The bytes are no BER, or are cut."""


@dataclass(frozen=True, slots=True)
class Element:
    """The header of an element: its tag, where its content begins, and where it ends.

    ``end`` is None where the length is indefinite: two zero octets end it (X.690 §8.1.3.6).
    """

    tag: int
    start: int
    end: int | None

    @property
    def is_constructed(self) -> bool:
        """Whether its content is made of elements."""
        return bool(self.tag & _CONSTRUCTED)

    @property
    def is_end(self) -> bool:
        """Whether it is the mark that ends an indefinite length."""
        return self.tag == 0 and self.end == self.start


class Cursor:
    """A place in ``data`` that moves forward only. Every method raises :class:`Malformed`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def enter(self, *tags: int) -> Element:
        """Read the header of the next element, which must have one of these tags."""
        element = self._header()
        if element.tag not in tags:
            raise Malformed(f"{element.tag:#x} at {element.start}")
        return element

    def skip(self) -> None:
        """Go past the next element."""
        element = self._header()
        if element.end is not None:
            self._at = element.end
            return
        for _inner in self._within(element):
            pass

    def oid(self) -> str:
        """The next element as an object identifier, its octets in hexadecimal."""
        element = self.enter(OID)
        return self._content(element).hex()

    def octets(self, limit: int) -> bytes:
        """The next element as an octet string, in one piece or in many (X.690 §8.7.3)."""
        element = self.enter(OCTETS, OCTETS | _CONSTRUCTED)
        elements = self._within(element) if element.is_constructed else iter((element,))
        pieces = [self._content(inner) for inner in elements if inner.tag == OCTETS]
        if sum(map(len, pieces)) > limit:
            raise Malformed("too large")
        return b"".join(pieces)

    def has_more(self, parent: Element) -> bool:
        """Whether another element of ``parent`` follows, which was entered before."""
        if parent.end is not None:
            return self._at < parent.end
        return self._data[self._at : self._at + 2] not in (b"\0\0", b"", b"\0")

    def _within(self, element: Element) -> Iterator[Element]:
        """Yield the elements below ``element``, however deep, and go past all of them."""
        open_ends: list[int | None] = [element.end]
        pieces = 0
        while open_ends:
            end = open_ends[-1]
            if end is not None and self._at >= end:
                open_ends.pop()
                continue
            inner = self._header()
            if inner.is_end and end is None:
                open_ends.pop()
                continue
            pieces += 1
            if pieces > _MAX_PIECES:
                raise Malformed("too many pieces")
            yield inner
            if inner.is_constructed:
                if len(open_ends) >= _MAX_DEPTH:
                    raise Malformed("too deep")
                open_ends.append(inner.end)
            elif inner.end is not None:
                self._at = inner.end

    def _content(self, element: Element) -> bytes:
        if element.end is None:
            raise Malformed("a primitive of no length")
        self._at = element.end
        return self._data[element.start : element.end]

    def _header(self) -> Element:
        tag = self._octet()
        if tag & _MANY == _MANY:
            while self._octet() & 0x80:
                pass
        length = self._octet()
        if length == 0x80:
            if not tag & _CONSTRUCTED:
                raise Malformed("a primitive of no length")
            return Element(tag, self._at, None)
        if length > 0x80:
            count = length & 0x7F
            length = int.from_bytes(self._take(count), "big") if count <= 8 else -1
        end = self._at + length
        if length < 0 or end > len(self._data):
            raise Malformed("cut")
        return Element(tag, self._at, end)

    def _octet(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise Malformed("cut")
        self._at += count
        return found
