import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

export class SupplyAvailabilityPopover extends Component {
    static template = "sales_manager_kpi.SupplyAvailabilityPopover";
    static props = { found: Object, hold: Function, close: Function };

    format(quantity) {
        return formatFloat(quantity, { trailingZeros: false });
    }

    onHold() {
        this.props.close();
        this.props.hold();
    }
}

/** An icon on a quotation line that tells where its goods are, and holds them. */
export class SupplyAvailability extends Component {
    static template = "sales_manager_kpi.SupplyAvailability";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.popover = usePopover(SupplyAvailabilityPopover, { position: "left" });
        this.title = _t("Where the goods are");
    }

    get isShown() {
        const { resId, data } = this.props.record;
        const isQuotation = ["draft", "sent"].includes(data.state);
        return Boolean(resId && isQuotation && data.is_storable && !data.display_type);
    }

    get color() {
        const { supply_promised_on, supply_own_qty } = this.props.record.data;
        if (supply_own_qty) {
            return "text-success";
        }
        return supply_promised_on ? "text-primary" : "text-danger";
    }

    async open(ev) {
        const target = ev.currentTarget;
        const { record } = this.props;
        const orderId = record.data.order_id?.id || record.evalContext.parent?.id;
        const found = await this.orm.call("sale.order", "get_supply_availability", [
            [orderId],
        ]);
        if (found[record.resId]) {
            this.popover.open(target, {
                found: found[record.resId],
                hold: () => this.hold(),
            });
        }
    }

    async hold() {
        const { record } = this.props;
        const root = record.model.root;
        if (!(await root.save())) {
            return;
        }
        const action = await this.orm.call("sale.order.line", "action_hold_goods", [
            [record.resId],
        ]);
        await this.action.doAction(action, { onClose: () => root.load() });
    }
}

registry.category("view_widgets").add("supply_availability", {
    component: SupplyAvailability,
    fieldDependencies: [
        { name: "display_type", type: "selection" },
        { name: "state", type: "selection" },
        { name: "is_storable", type: "boolean" },
        { name: "supply_promised_on", type: "date" },
        { name: "supply_own_qty", type: "float" },
    ],
    listViewWidth: 26,
});
