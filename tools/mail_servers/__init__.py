"""Private mail servers: Postfix, Dovecot, DNS, signing, certificates."""
