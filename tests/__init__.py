"""Odoo's own runner finds what this module holds under a name that begins with ``test_``.

Names are unique: of two modules of one name Odoo would see the second alone. Whatever is missing
here, a module or a whole folder, says why in ``NOT_IN_ODOO``; ``models/test_loader.py`` compares
both with the files.
"""

from .pure.connections import test_connection
from .pure.connections import test_server_quota
from .pure.connections import test_servers_login_words
from .pure.connections import test_servers_words
from .pure.connections import test_trouble
from .pure.content import test_certified
from .pure.content import test_container_bombs
from .pure.content import test_content_comparison
from .pure.content import test_file_names
from .pure.content import test_file_parts
from .pure.content import test_first_texts
from .pure.content import test_folding
from .pure.content import test_in_text
from .pure.content import test_pictures
from .pure.content import test_plain
from .pure.content import test_preview
from .pure.content import test_quotes
from .pure.content import test_reader
from .pure.content import test_reader_variants
from .pure.content import test_signature_pictures
from .pure.content import test_smime
from .pure.content import test_tnef
from .pure.credentials import test_keeping
from .pure.credentials import test_login_links
from .pure.credentials import test_redact
from .pure.dns_lookup import test_dns_client
from .pure.dns_lookup import test_resolver
from .pure.domain_check import test_alignment
from .pure.domain_check import test_deliverability
from .pure.domain_check import test_dkim_keys
from .pure.domain_check import test_dmarc
from .pure.domain_check import test_dmarc_tags
from .pure.domain_check import test_other_findings
from .pure.domain_check import test_spf
from .pure.domain_check import test_spf_costs
from .pure.domain_check import test_spf_findings
from .pure.domain_check import test_spf_suite
from .pure.domain_check import test_spf_terms
from .pure.domain_check import test_staff
from .pure.findings import test_findings
from .pure.findings import test_stored_findings
from .pure.health import test_health_findings
from .pure.health import test_health_limits
from .pure.incoming import test_folders
from .pure.incoming import test_known_hosts
from .pure.incoming import test_mailboxes
from .pure.incoming import test_new_messages
from .pure.incoming import test_pairs
from .pure.incoming import test_servers_answers
from .pure.incoming import test_servers_folders
from .pure.incoming import test_suggest_hosts
from .pure.outgoing import test_calendar
from .pure.outgoing import test_cc_offered
from .pure.outgoing import test_dispatch
from .pure.outgoing import test_header_text
from .pure.outgoing import test_identity
from .pure.outgoing import test_references
from .pure.outgoing import test_refusals
from .pure.outgoing import test_servers_provider_words
from .pure.outgoing import test_servers_refusal_words
from .pure.outgoing import test_session
from .pure.outgoing import test_wire
from .pure.probe import test_probe_answers
from .pure.probe import test_probe_conclusions
from .pure.probe import test_probe_findings
from .pure.probe import test_probe_forged
from .pure.probe import test_probe_messages
from .pure.providers import test_proposal
from .pure.providers import test_provider_servers
from .pure.providers import test_providers
from .pure.router import test_acknowledge_terms
from .pure.router.message import test_addresses
from .pure.router.trust import test_authentication
from .pure.router.trust import test_proof_kinds
from .pure.router.trust import test_set_ups
from .pure.router.trust import test_threat_model
from .pure.router.reports import test_bounce_signs
from .pure.router.reports import test_bounces
from .pure.router.message import test_brief
from .pure.router import test_chain
from .pure.router.message import test_bounded
from .pure.router.message import test_charsets
from .pure.router import test_codes
from .pure.router import test_contact
from .pure.router.trust import test_envelope_spf
from .pure.router.message import test_header_names
from .pure.router import test_mails
from .pure.router.tokens import test_marks
from .pure.router.message import test_message_limits
from .pure.router.message import test_message_reading
from .pure.router.message import test_parameters
from .pure.router.message import test_readable
from .pure.router.trust import test_received
from .pure.router.message import test_received_mail
from .pure.router import test_own_copy
from .pure.router import test_recipients
from .pure.router.message import test_repair
from .pure.router.reports import test_service_notices
from .pure.router.reports import test_report_parts
from .pure.router.rules import test_rule_texts
from .pure.router.rules import test_rules
from .pure.router.reports import test_sign_words
from .pure.router import test_stages
from .pure.router.reports import test_status_codes
from .pure.router.steps import test_step_details
from .pure.router.steps import test_steps
from .pure.router.tokens import test_thread_token
from .pure.router.tokens import test_tokens
from .pure.router.trust import test_trust_limits
from .pure.router.verdicts import test_verdict_details
from .pure.router.verdicts import test_verdicts
from .pure.sent_copies import test_sent_folder
from .pure.signatures import test_dkim
from .pure.signatures import test_dkim_limits
from .pure import test_import_order
from .pure import test_shared_attacks
from .pure import test_translatable
from .pure.trial import test_comparison
from .models.companies import test_company_rules
from .models.companies import test_linked_rows
from .models.content import test_content_hooks
from .models.content import test_files
from .models.content import test_folds
from .models.content import test_opened
from .models.content import test_record_as_read
from .models.content import test_record_content
from .models.credentials import test_login_mail
from .models.credentials import test_secrets
from .models.domain_check import test_domain_check
from .models.health import test_health
from .models.inbox import test_download
from .models.inbox import test_note_actions
from .models.inbox import test_route_again
from .models.inbox import test_screens
from .models.inbox import test_security
from .models.inbox import test_where
from .models.incoming import test_fetch_job
from .models.incoming import test_fetch_session
from .models.incoming import test_mailbox_faults
from .models.incoming import test_proof_settings
from .models.incoming import test_servers_beside_lanes
from .models.incoming import test_servers_reading
from .models.incoming import test_servers_rows
from .models.outgoing import test_cc
from .models.outgoing import test_outgoing
from .models.outgoing import test_outgoing_advice
from .models.outgoing import test_outgoing_automatic
from .models.outgoing import test_outgoing_bounce
from .models.outgoing import test_outgoing_everything
from .models.outgoing import test_outgoing_injection
from .models.outgoing import test_outgoing_replies
from .models.outgoing import test_outgoing_retry
from .models.outgoing import test_outgoing_signed
from .models.outgoing import test_servers_identity
from .models.outgoing import test_servers_refusals
from .models.outgoing import test_servers_rows_sent
from .models.probe import test_probe
from .models.probe import test_probe_trouble
from .models.routing import test_acknowledge
from .models.routing import test_alias_policies
from .models.routing import test_attack_properties
from .models.routing import test_attack_variants
from .models.routing import test_attacks
from .models.routing import test_authors
from .models.routing import test_bombs
from .models.routing import test_lane
from .models.routing import test_lane_recovery
from .models.routing import test_likely
from .models.routing import test_malformed
from .models.routing import test_notices
from .models.routing import test_notes
from .models.routing import test_routing
from .models.routing import test_same_as_odoo
from .models.routing import test_scoring
from .models.routing import test_servers_own_mail
from .models.routing import test_waiting
from .models.rules import test_lost_conditions
from .models.rules import test_rule_records
from .models.rules import test_rules_of_companies
from .models.sent_copies import test_sent_copies
from .models.setup import test_setup
from .models.trial import test_trial
from .models.users_without_mailbox import test_users_without_mailbox
from .models import test_loader

# Run by ./dev test alone, and why.
NOT_IN_ODOO = {
    "test_docs": "reads docs/ and README.md, which an installation may lack",
    "test_extending": "puts names in place of Odoo's modules",
    "test_fuzz": "needs hypothesis",
    "test_mails_page": "reads docs/",
    "test_law": "needs hypothesis",
    "test_properties": "needs hypothesis",
    "test_purity": "reads every source file of the pure packages",
    "test_regular_expressions": "reads every source file",
    "test_requirements": "reads tools/, which an installation may lack",
    "test_style": "reads every source file, and tools/, which an installation may lack",
    "e2e": "starts mail servers and Odoo itself, and ends them in the middle of their work",
    "browser": "drives a running Odoo in Chromium",
}
