import { registerMessageAction } from "@mail/core/common/message_actions";
import { Message } from "@mail/core/common/message_model";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {number|undefined} the received message in the ledger that this one came from */
        this.catchall_message_id = undefined;
    },
});

registerMessageAction("catchall-received-mail", {
    condition: ({ message }) => Boolean(message.catchall_message_id),
    icon: "fa fa-envelope-open-o",
    name: _t("Show Received Email"),
    onSelected: ({ message, store }) =>
        store.env.services.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mail.catchall.message",
            res_id: message.catchall_message_id,
            views: [[false, "form"]],
        }),
    sequence: 105,
});
