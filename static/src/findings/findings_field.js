import { Component } from "@odoo/owl";

import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const BADGES = {
    bad: "text-bg-danger",
    warning: "text-bg-warning",
    note: "text-bg-info",
    ok: "text-bg-success",
};

/** What a check found: one card per finding, with steps to follow or a DNS record to copy. */
export class CatchallFindingsField extends Component {
    static template = "mail_catchall_router.Findings";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    setup() {
        this.copied = _t("Copied");
        this.copyName = _t("Copy Name");
        this.copyValue = _t("Copy Value");
    }

    get findings() {
        return this.props.record.data[this.props.name] || [];
    }

    badge(finding) {
        return BADGES[finding.level];
    }
}

export const catchallFindingsField = {
    component: CatchallFindingsField,
    displayName: _t("Findings of a check"),
    supportedTypes: ["json"],
};

registry.category("fields").add("catchall_findings", catchallFindingsField);
