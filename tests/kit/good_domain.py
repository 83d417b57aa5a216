"""The records of a domain that is well, in the form in which a name server holds them."""

from .dkim_keys import RSA_2048

DOMAIN = "example.com"
GOOD = {
    (DOMAIN, "MX"): ["10 mail.example.com."],
    ("mail.example.com", "A"): ["192.0.2.1"],
    (DOMAIN, "TXT"): ['"v=spf1 mx " "-all"', '"other=1"'],
    ("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@example.com"'],
    ("s1._domainkey.example.com", "TXT"): [f'"p={RSA_2048[:200]}" "{RSA_2048[200:]}"'],
}
NO_SPF = {**GOOD, (DOMAIN, "TXT"): ['"other=1"']}
