"""Mail servers of one's own or of a web host, known by their panel's DNS records."""

from ..translatable import _lt
from .preset import Preset, by_tls

MAILCOW = Preset(
    code="mailcow",
    name="mailcow",
    servers=by_tls("{mx}"),
    catch_all=(
        _lt("Sign in to mailcow as administrator and open E-Mail > Configuration > Aliases."),
        _lt(
            "Add an alias with the address @ and your domain; its target is the catch-all mailbox."
        ),
        _lt(
            "To send as any address, edit the mailbox and allow the domain under “Also allowed to"
            " send as”."
        ),
    ),
    sends_as="listed",
    envelope_header="X-Original-To",
    notes=(_lt("DKIM keys are created under System > Configuration > ARC/DKIM keys."),),
)

CPANEL = Preset(
    code="cpanel",
    name="cPanel",
    servers=by_tls("{mx}"),
    catch_all=(
        _lt("Sign in to cPanel and open Email > Default Address."),
        _lt("Choose the domain, and forward unrouted mail to the catch-all mailbox."),
    ),
    sends_as="any",
    envelope_header="Envelope-To",
    dkim_selectors=("default",),
    notes=(
        _lt(
            "Exim writes Envelope-To. Some hosts refuse to send as others; Odoo remembers such a"
            " refusal."
        ),
    ),
)

PLESK = Preset(
    code="plesk",
    name="Plesk",
    servers=by_tls("{mx}"),
    catch_all=(
        _lt("Sign in to Plesk, open Mail > Mail Settings, and choose the domain."),
        _lt(
            "Under “What to do with mail for non-existent users”, choose “Forward to address” and"
            " enter the catch-all mailbox."
        ),
    ),
    sends_as="unknown",
    dkim_selectors=("default",),
    envelope_note=_lt(
        "Postfix writes X-Original-To or Delivered-To, depending on the version; the mailbox test"
        " finds out."
    ),
)
