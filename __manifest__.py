{
    "name": "Catch-all Mail Router",
    "version": "19.0.1.0.0",
    "category": "Productivity/Discuss",
    "summary": "One mailbox receives everything, one account sends everything, nothing is lost",
    "author": "Catch-all Mail Router contributors",
    "license": "LGPL-3",
    "depends": ["mail"],
    "external_dependencies": {
        "python": ["dnspython", "flufl.bounce", "google-re2", "idna", "imapclient", "rapidfuzz"],
    },
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/ir_cron.xml",
        "data/mail_template.xml",
        "wizards/catchall_activate_views.xml",
        "wizards/catchall_route_wizard_views.xml",
        "wizards/catchall_alias_wizard_views.xml",
        "wizards/catchall_preview_views.xml",
        "views/mail_catchall_message_views.xml",
        "views/fetchmail_server_views.xml",
        "views/ir_mail_server_views.xml",
<<<<<<< ours
        "views/mail_catchall_checkup_views.xml",
=======
        "views/fetchmail_server_notice_views.xml",
        "views/mail_alias_views.xml",
        "views/mail_catchall_replay_views.xml",
        "views/mail_catchall_rule_views.xml",
>>>>>>> theirs
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["mail_catchall_router/static/src/**/*"],
    },
    "application": True,
    "installable": True,
}
