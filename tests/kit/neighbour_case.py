"""What the tests beside OCA's addons share: whether these are there, and configuration files."""

from configparser import ConfigParser
from contextlib import contextmanager
from unittest import SkipTest
from unittest.mock import patch

CONFIG = "odoo.addons.server_environment.models.server_env_mixin.serv_config"


def need(env, *modules):
    """Skip a test class in a database that lacks one of these; ./dev test neighbours has all."""
    installed = env["ir.module.module"]._installed()
    if missing := [module for module in modules if module not in installed]:
        raise SkipTest(f"needs {', '.join(missing)}")


@contextmanager
def configuration_file(env, text):
    """Have ``server_environment`` read this, as if it had stood in its files when Odoo started."""
    parser = ConfigParser()
    parser.optionxform = str  # as server_environment does it
    parser.read_string(text)
    with patch(CONFIG, parser):
        env.flush_all()
        env.invalidate_all()
        yield
    env.invalidate_all()
