import { Message } from "@mail/core/common/message_model";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {string|false} for whom a deputy wrote, in words */
        this.actingFor = undefined;
    },
});
