import { Component, onMounted, onWillUnmount } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const EVERY = 3000; // milliseconds
const BADGES = {
    bad: "text-bg-danger",
    warning: "text-bg-warning",
    note: "text-bg-info",
    ok: "text-bg-success",
};

/** What a mailbox test has found so far; the form reloads by itself as long as it waits. */
export class CatchallProbeLinesField extends Component {
    static template = "mail_catchall_router.ProbeLines";
    static props = { ...standardFieldProps };

    setup() {
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), EVERY);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    get isWaiting() {
        return this.props.record.data.state !== "done";
    }

    badge(line) {
        return BADGES[line.level];
    }

    async refresh() {
        if (this.isWaiting && document.visibilityState === "visible") {
            await this.props.record.load();
        }
    }
}

export const catchallProbeLinesField = {
    component: CatchallProbeLinesField,
    displayName: _t("Results of a mailbox test"),
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "state", type: "selection" }],
};

registry.category("fields").add("catchall_probe_lines", catchallProbeLinesField);
