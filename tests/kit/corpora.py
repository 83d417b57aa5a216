"""Where the public corpora lie: beside the checkout, or where MAIL_ROUTER_CORPORA says."""

import json
import os
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("MAIL_ROUTER_CORPORA") or _CHECKOUT.parent / "shared" / "corpora")
MISSING = f"the public corpora are not at {FOLDER}; MAIL_ROUTER_CORPORA may name another folder"


def corpus(name):
    """The messages of a corpus, in the order of their names; empty where it is missing."""
    folder = FOLDER / name
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")


def expected_bounces():
    """What is known of the bounces: {file name: {"addresses": […], "temporary": bool}}."""
    return json.loads((FOLDER / "bounces" / "expected.json").read_text(encoding="utf-8"))
