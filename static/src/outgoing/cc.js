import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Composer } from "@mail/core/common/composer";
import { Message as MessageComponent } from "@mail/core/common/message";
import { Message } from "@mail/core/common/message_model";
import { Store } from "@mail/core/common/store_service";
import { Thread } from "@mail/core/common/thread_model";

import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** @param {string} name @param {string} email */
const written = (name, email) => (name ? `${name} <${email}>` : email);

/** Who stood in To or Cc of an email: nobody is written to who is not ticked here. */
export class CatchallCc extends Component {
    static template = "mail_catchall_router.Cc";
    static props = { people: Array, toggle: Function };

    written({ name, email }) {
        return written(name, email);
    }
}

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {[string, string][]} name and address of whom a reply may go to as well */
        this.catchall_cc = [];
        /** @type {string[]} addresses of those who are ticked */
        this.catchallCcChosen = [];
    },
    get catchallCcPeople() {
        return this.catchall_cc.map(([name, email]) => ({
            name,
            email,
            chosen: this.catchallCcChosen.includes(email),
        }));
    },
    toggleCatchallCc(email) {
        const chosen = this.catchallCcChosen;
        this.catchallCcChosen = chosen.includes(email)
            ? chosen.filter((other) => other !== email)
            : [...chosen, email];
    },
});

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {[string, string][]|undefined} name and address of who else got this email */
        this.catchall_others = undefined;
    },
});

patch(MessageComponent.prototype, {
    get catchallOthersText() {
        const others = this.message.catchall_others.map(([name, email]) => written(name, email));
        return _t("Also sent to: %s", others.join(", "));
    },
});

Object.assign(Chatter.components, { CatchallCc });

patch(Store.prototype, {
    async getMessagePostParams({ postData, thread }) {
        const params = await super.getMessagePostParams(...arguments);
        const offered = (thread.catchall_cc || []).map(([, email]) => email);
        const chosen = (thread.catchallCcChosen || []).filter((email) => offered.includes(email));
        if (!postData.isNote && chosen.length) {
            params.post_data.catchall_cc = chosen;
        }
        return params;
    },
});

patch(Composer.prototype, {
    async _sendMessage() {
        const message = await super._sendMessage(...arguments);
        if (this.props.composer.thread) {
            this.props.composer.thread.catchallCcChosen = [];
        }
        return message;
    },
    get fullComposerAdditionalContext() {
        const chosen = this.props.type === "note" ? [] : this.thread?.catchallCcChosen || [];
        const context = super.fullComposerAdditionalContext;
        return chosen.length ? { ...context, catchall_cc_chosen: chosen } : context;
    },
});

/** The same in the full composer: the field is a list of name, email and chosen. */
export class CatchallCcField extends Component {
    static template = "mail_catchall_router.CcField";
    static components = { CatchallCc };
    static props = { ...standardFieldProps };

    get people() {
        return this.props.record.data[this.props.name] || [];
    }

    toggle(email) {
        const people = this.people.map((person) => ({
            ...person,
            chosen: person.email === email ? !person.chosen : person.chosen,
        }));
        return this.props.record.update({ [this.props.name]: people });
    }
}

registry.category("fields").add("catchall_cc", {
    component: CatchallCcField,
    displayName: _t("Cc of a reply"),
    supportedTypes: ["json"],
});
