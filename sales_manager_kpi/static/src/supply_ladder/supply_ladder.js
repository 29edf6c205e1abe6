import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const COLORS = {
    approved: "success",
    arrived: "success",
    delivered: "secondary",
    in_transit: "info",
    partial: "warning",
    rejected: "danger",
    requested: "warning",
};

/** Where the goods of a line come from: a badge for each part. */
export class SupplyLadder extends Component {
    static template = "sales_manager_kpi.SupplyLadder";
    static props = { ...standardFieldProps };

    get rungs() {
        return this.props.record.data[this.props.name] || [];
    }

    color(rung) {
        return COLORS[rung.state] || "light";
    }

    /** All of it in words, since a narrow column cuts the name. */
    title(rung) {
        const words = [rung.quantity, rung.name, rung.state_words, rung.when];
        return words.filter(Boolean).join(" · ");
    }
}

export const supplyLadder = {
    component: SupplyLadder,
    displayName: _t("Where goods come from"),
    supportedTypes: ["json"],
    isEmpty: (record, fieldName) => !record.data[fieldName]?.length,
};

registry.category("fields").add("supply_ladder", supplyLadder);
