import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { paceOf } from "./pace";

/** Effective target and forecast on the form of a plan, loaded after the form. */
export class PlanProspect extends Component {
    static template = "sales_manager_kpi.PlanProspect";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ prospect: null });
        this.keepLast = new KeepLast();
        useRecordObserver((record) => {
            // what the prospect follows from, so that it is asked for again
            const { target_amount: target, state, day_from: from, day_to: to } =
                record.data;
            const key = JSON.stringify([record.resId, target, state, from, to]);
            if (record.resId && !record.dirty && key !== this.key) {
                this.key = key;
                this.load(record.resId);
            }
        });
    }

    async load(id) {
        this.state.prospect = await this.keepLast.add(
            this.orm.silent.call("sales.plan", "get_prospect", [[id]])
        );
    }

    get prospect() {
        return this.state.prospect;
    }

    get pace() {
        return paceOf(this.prospect.forecast);
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.prospect.currency_id });
    }

    days(number) {
        return formatFloat(number || 0, { digits: [16, 2], trailingZeros: false });
    }
}

registry.category("view_widgets").add("sales_plan_prospect", {
    component: PlanProspect,
});
