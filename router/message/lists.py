"""Mailing lists by their own headers (RFC 2369, RFC 2919): whose they are."""

from collections.abc import Iterator

from . import addresses, headers
from .mail import ReceivedMail


def list_names(mail: ReceivedMail) -> Iterator[tuple[str, str, str]]:
    """Header, lower-case identifier and domain of every list that the message came through."""
    for item in mail.all(headers.LIST_ID)[:20]:
        # RFC 2919 §2: "Description <list.example.com>"; some leave the brackets out
        name = item.value.rpartition("<")[2].strip("> \t").lower()[:255]
        if name:
            yield "List-Id", name, name.rpartition("@")[2]
    for item in mail.all(headers.LIST_POST)[:20]:
        for mailbox in addresses.parse(item.value.replace("mailto:", "").partition("?")[0])[:5]:
            yield "List-Post", mailbox.address, mailbox.domain


def foreign_list(mail: ReceivedMail, domains: frozenset[str]) -> tuple[str, str] | None:
    """Header and identifier of the first list that is no group of our own domains."""
    for header, name, domain in list_names(mail):
        if not is_under(domain, domains):
            return header, name
    return None


def is_own_group(mail: ReceivedMail, domains: frozenset[str]) -> bool:
    """A group of our own domain passed it on; its bulk headers say nothing of the author."""
    return any(is_under(domain, domains) for _header, _name, domain in list_names(mail))


def is_under(domain: str, domains: frozenset[str]) -> bool:
    """Whether a domain is one of these or a subdomain of one."""
    return any(domain == name or domain.endswith(f".{name}") for name in domains)
