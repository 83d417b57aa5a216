"""Mail servers of one's own or of a web host, known by their panel's DNS records."""

from .preset import Preset, Server, _

MAILCOW = Preset(
    code="mailcow",
    name="mailcow",
    imap=Server("{mx}", 993),
    pop=Server("{mx}", 995),
    smtp=Server("{mx}", 465),
    catch_all=(
        _("Sign in to mailcow as administrator and open E-Mail > Configuration > Aliases."),
        _("Add an alias with the address @ and your domain, and the catch-all mailbox as target."),
        _(
            "To send as any address, edit the mailbox and allow the domain under “Also allowed to"
            " send as”."
        ),
    ),
    sends_as="listed",
    envelope_header="X-Original-To",
    notes=(_("DKIM keys are made under System > Configuration > ARC/DKIM keys."),),
)

CPANEL = Preset(
    code="cpanel",
    name="cPanel",
    imap=Server("{mx}", 993),
    pop=Server("{mx}", 995),
    smtp=Server("{mx}", 465),
    catch_all=(
        _("Sign in to cPanel and open Email > Default Address."),
        _("Choose the domain, and forward unrouted mail to the catch-all mailbox."),
    ),
    sends_as="any",
    envelope_header="Envelope-To",
    dkim_selectors=("default",),
    notes=(
        _("Exim writes Envelope-To. Some hosts refuse to send as others; a refusal is learned."),
    ),
)

PLESK = Preset(
    code="plesk",
    name="Plesk",
    imap=Server("{mx}", 993),
    pop=Server("{mx}", 995),
    smtp=Server("{mx}", 465),
    catch_all=(
        _("Sign in to Plesk, open Mail > Mail Settings, and choose the domain."),
        _(
            "Under “What to do with mail for non-existent users” choose “Forward to address” and"
            " give the catch-all mailbox."
        ),
    ),
    sends_as="unknown",
    dkim_selectors=("default",),
    notes=(
        _(
            "Postfix writes X-Original-To or Delivered-To, depending on the version; the probe"
            " finds out."
        ),
    ),
)
