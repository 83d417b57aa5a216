"""Tag lists (RFC 6376 §3.2): ``v=DKIM1; k=rsa; p=...``, the form of DKIM, DMARC and others."""


def read_tags(text: str) -> dict[str, str] | None:
    """Tags by name in lower case, in order; None where the text is no tag list."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not equals or not name.replace("_", "").isalnum() or name in tags:
            return None
        tags[name] = value.strip()
    return tags
