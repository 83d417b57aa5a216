import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The records that a message reached, each a click away, in lists as well as in forms. */
export class CatchallRecordsField extends Component {
    static template = "mail_catchall_router.Records";
    static props = { ...standardFieldProps, showKind: { type: Boolean, optional: true } };
    static defaultProps = { showKind: false };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get routes() {
        return this.props.record.data[this.props.name].records;
    }

    label(route) {
        const { record_name: name, model_name: kind } = route.data;
        return this.props.showKind ? `${kind}: ${name}` : name;
    }

    async open(route) {
        const action = await this.orm.call("mail.catchall.route", "action_open_record", [
            route.resId,
        ]);
        return this.action.doAction(action);
    }
}

export const catchallRecordsField = {
    component: CatchallRecordsField,
    displayName: _t("Records of a received email"),
    supportedTypes: ["one2many"],
    relatedFields: [
        { name: "record_name", type: "char", readonly: true },
        { name: "model_name", type: "char", readonly: true },
    ],
    extractProps: ({ options }) => ({ showKind: Boolean(options.show_kind) }),
};

registry.category("fields").add("catchall_records", catchallRecordsField);
