// What nodemailer's mailparser reads of messages: one JSON line in, one JSON line out.
// In: {"name", "source" (base64)}. Out: {"name", "text", "html", "files": [[name, size, SHA-256]]}.
"use strict";
const { createHash } = require("crypto");
const { createInterface } = require("readline");
const { simpleParser } = require("mailparser");

// Nothing is added to what the message says; a delivery status is a file, as it is on our records.
const OPTIONS = { skipHtmlToText: true, skipTextLinks: true, skipImageLinks: true, keepDeliveryStatus: true };

function file(attachment) {
    const bytes = attachment.content || Buffer.alloc(0);
    const digest = createHash("sha256").update(bytes).digest("hex");
    return [attachment.filename || "", bytes.length, digest, attachment.contentType || ""];
}

async function main() {
    for await (const line of createInterface({ input: process.stdin })) {
        const { name, source } = JSON.parse(line);
        let read = { name };
        try {
            const mail = await simpleParser(Buffer.from(source, "base64"), OPTIONS);
            read = { name, text: mail.text || "", html: mail.html || "", files: mail.attachments.map(file) };
        } catch (error) {
            read.error = String(error);
        }
        process.stdout.write(JSON.stringify(read) + "\n");
    }
}

main();
