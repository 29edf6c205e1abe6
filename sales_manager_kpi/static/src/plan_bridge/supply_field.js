import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** A warning in words with its sign; nothing where there is nothing to warn of. */
export class SupplyField extends Component {
    static template = "sales_manager_kpi.SupplyField";
    static props = { ...standardFieldProps };

    get words() {
        return this.props.record.data[this.props.name] || "";
    }
}

registry.category("fields").add("sales_plan_supply", {
    component: SupplyField,
    displayName: _t("Supply warning"),
    supportedTypes: ["char"],
});
