import { registerMessageAction } from "@mail/core/common/message_actions";
import { Message } from "@mail/core/common/message_model";

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** What people do with an email that stays internal; the server decides who may. */

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {"unproven"|"stranger"|false|undefined} why it stays internal */
        this.catchall_note = undefined;
        /** @type {number|false|undefined} the user whose address it claims */
        this.catchall_claimed_id = undefined;
    },
});

async function act(message, store, thread, method) {
    const data = await store.env.services.orm.call("mail.message", method, [[message.id]]);
    store.insert(data);
    const chatter = thread?.model === message.model ? thread : message.thread;
    await chatter?.fetchNewMessages();
}

registerMessageAction("catchall-release", {
    condition: ({ message, store }) =>
        message.catchall_note === "unproven" &&
        Boolean(message.catchall_claimed_id) &&
        message.catchall_claimed_id === store.self.main_user_id?.id,
    icon: "fa fa-check-circle-o",
    name: _t("I Wrote This: Release"),
    onSelected: ({ message, store, thread }) => act(message, store, thread, "catchall_release"),
    sequence: 5,
});

registerMessageAction("catchall-send-on", {
    condition: ({ message, store }) =>
        message.catchall_note === "unproven" &&
        message.catchall_claimed_id !== store.self.main_user_id?.id &&
        Boolean(message.res_id),
    icon: "fa fa-share-square-o",
    name: _t("Send On Under My Name"),
    onSelected: ({ message, store, thread }) =>
        store.env.services.dialog.add(ConfirmationDialog, {
            title: _t("Send On Under My Name"),
            body: _t(
                "Nothing proves who wrote this email. It is quoted in a message of yours, which everybody who follows the record receives."
            ),
            confirmLabel: _t("Send On"),
            confirm: () => act(message, store, thread, "catchall_send_on"),
            cancel: () => {},
        }),
    sequence: 6,
});

registerMessageAction("catchall-is-customer", {
    condition: ({ message }) => message.catchall_note === "stranger",
    icon: "fa fa-user-plus",
    name: _t("It Is the Customer"),
    onSelected: ({ message, store, thread }) => act(message, store, thread, "catchall_is_customer"),
    sequence: 5,
});
