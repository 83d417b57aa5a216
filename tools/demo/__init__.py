"""./dev demo: a company and its customers."""
