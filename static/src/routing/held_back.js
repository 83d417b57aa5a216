import { Message as MessageComponent } from "@mail/core/common/message";
import { Message } from "@mail/core/common/message_model";

import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {boolean|undefined} whether this note is about an email that is held back */
        this.catchall_held = undefined;
    },
});

patch(MessageComponent.prototype, {
    async onClickCatchallSendHeld() {
        const { message } = this;
        await this.store.env.services.orm.call("mail.message", "action_catchall_send_held", [
            [message.id],
        ]);
        message.catchall_held = false;
        await message.thread?.fetchNewMessages();
    },
});
