import { Component, onMounted, onWillUnmount } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 3000; // milliseconds

/** Says that a mailbox test still waits, and reloads its form as long as it does. */
export class CatchallProbeWaiting extends Component {
    static template = "mail_catchall_router.ProbeWaiting";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), EVERY);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get isWaiting() {
        return this.props.record.data.state !== "done";
    }

    async refresh() {
        if (this.isWaiting && document.visibilityState === "visible") {
            const { record } = this.props;
            await this.orm.silent.call(record.resModel, "wake_when_due", [[record.resId]]);
            await record.load();
        }
    }
}

export const catchallProbeWaiting = {
    component: CatchallProbeWaiting,
    fieldDependencies: [{ name: "state", type: "selection" }],
};

registry.category("view_widgets").add("catchall_probe_waiting", catchallProbeWaiting);
