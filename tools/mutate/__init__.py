"""./dev mutate: small changes of the pure packages, and which of them no test notices."""
