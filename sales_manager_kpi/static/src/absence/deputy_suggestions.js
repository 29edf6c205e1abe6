import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** Who could stand in, the best first, and why; a click chooses. */
export class DeputySuggestions extends Component {
    static template = "sales_manager_kpi.DeputySuggestions";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    isChosen(row) {
        return this.props.record.data.deputy_id?.id === row.id;
    }

    choose(row) {
        const deputy = { id: row.id, display_name: row.name };
        return this.props.record.update({ deputy_id: deputy });
    }
}

registry.category("fields").add("sales_deputy_suggestions", {
    component: DeputySuggestions,
    supportedTypes: ["json"],
});
