"""./dev fuzz: mutated messages for the router."""
