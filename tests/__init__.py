from . import test_router_tokens
