import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const MAX_HEIGHT = 20000;
const REMOTE = "data-remote-src";

/**
 * A received message, shown in a frame of its own: no script runs in it, and its policy lets nothing
 * load from outside until the reader asks for the pictures. See models/safe_body.py.
 */
export class CatchallMailBody extends Component {
    static template = "mail_catchall_router.MailBody";
    static props = { ...standardFieldProps };

    setup() {
        this.frame = useRef("frame");
        this.state = useState({ allowedFor: false });
        onWillUnmount(() => this.observer?.disconnect());
    }

    get html() {
        return (this.props.record.data[this.props.name] || "").toString();
    }

    get hasRemotePictures() {
        return this.html.includes(REMOTE);
    }

    /** Permission is for the message that is shown, not for the next one of the pager. */
    get picturesAllowed() {
        return this.state.allowedFor === this.props.record.resId;
    }

    get title() {
        return _t("Text of the email");
    }

    get page() {
        const pictures = this.picturesAllowed ? "data: https: http:" : "data:";
        const policy = `default-src 'none'; img-src ${pictures}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'`;
        return `<!DOCTYPE html><html><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="${policy}">
            <meta name="referrer" content="no-referrer">
            <style>
                html { background: #fff; color: #212529; }
                body { margin: 0; padding: 12px; font: 14px/1.5 system-ui, sans-serif;
                       overflow-wrap: anywhere; }
                img { max-width: 100%; height: auto; }
                img:not([src]) { display: inline-block; min-width: 16px; min-height: 16px;
                                 border: 1px dashed #adb5bd; color: #6c757d; }
                pre { white-space: pre-wrap; }
                table { max-width: 100%; }
            </style></head><body>${this.body}</body></html>`;
    }

    get body() {
        if (!this.picturesAllowed) {
            return this.html;
        }
        // a parsed document is inert: nothing loads while addresses are put back
        const parsed = new DOMParser().parseFromString(this.html, "text/html");
        for (const image of parsed.querySelectorAll(`img[${REMOTE}]`)) {
            image.setAttribute("src", image.getAttribute(REMOTE));
            image.removeAttribute(REMOTE);
        }
        return parsed.body.innerHTML;
    }

    loadPictures() {
        this.state.allowedFor = this.props.record.resId;
    }

    onLoad() {
        const body = this.frame.el?.contentDocument?.body;
        if (!body) {
            return;
        }
        this.observer?.disconnect();
        this.observer = new ResizeObserver(() => this.fit());
        this.observer.observe(body);
        this.fit();
    }

    /** The form scrolls, not the frame; a message that claims to be endless scrolls inside. */
    fit() {
        const root = this.frame.el?.contentDocument?.documentElement;
        if (root) {
            const height = Math.min(root.querySelector("body").scrollHeight, MAX_HEIGHT);
            this.frame.el.style.height = `${Math.max(height, 80) + 2}px`;
        }
    }
}

export const catchallMailBody = {
    component: CatchallMailBody,
    displayName: _t("Received email"),
    supportedTypes: ["html"],
};

registry.category("fields").add("catchall_mail_body", catchallMailBody);
