import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { Component, useState } from "@odoo/owl";

const PAUSE = 60000;

/** How many discount requests wait for the user, in the top bar; absent at none. */
export class DiscountsToAnswer extends Component {
    static template = "sales_manager_kpi.DiscountsToAnswer";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ count: session.discounts_to_answer });
        this.asked = Date.now();
        this.title = _t("Discounts to answer");
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.refresh());
    }

    async refresh() {
        const waiting = this.state.count > 0;
        if (!waiting && Date.now() - this.asked < PAUSE) {
            return;
        }
        this.asked = Date.now();
        this.state.count = await this.orm.silent.call(
            "discount.request",
            "get_discounts_to_answer",
            []
        );
    }

    open() {
        return this.action.doAction(
            "sales_manager_kpi.discount_request_action_to_answer",
            { clearBreadcrumbs: true }
        );
    }
}

if (Number.isInteger(session.discounts_to_answer)) {
    registry
        .category("systray")
        .add(
            "sales_manager_kpi.discounts_to_answer",
            { Component: DiscountsToAnswer },
            { sequence: 31 }
        );
}
