import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

export class DiscountStepsPopover extends Component {
    static template = "sales_manager_kpi.DiscountStepsPopover";
    static props = { explained: Object, close: Function };
}

/** An icon on an order line that explains its price, step by step. */
export class DiscountSteps extends Component {
    static template = "sales_manager_kpi.DiscountSteps";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.popover = usePopover(DiscountStepsPopover, { position: "left" });
        this.title = _t("Why this price");
    }

    get isShown() {
        const { resId, data } = this.props.record;
        return Boolean(resId && !data.display_type);
    }

    async open(ev) {
        const target = ev.currentTarget;
        const { resId } = this.props.record;
        const found = await this.orm.call("sale.order.line", "get_discount_steps", [
            [resId],
        ]);
        this.popover.open(target, { explained: found[resId] || { steps: [] } });
    }
}

registry.category("view_widgets").add("discount_steps", {
    component: DiscountSteps,
    fieldDependencies: [{ name: "display_type", type: "selection" }],
    listViewWidth: 26,
});
