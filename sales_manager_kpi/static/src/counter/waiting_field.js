import { _t } from "@web/core/l10n/translation";
import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const TICK = 20000; // milliseconds

/** How long somebody has been waiting since this moment, while one looks at it. */
export class BranchVisitWaiting extends Component {
    static template = "sales_manager_kpi.BranchVisitWaiting";
    static props = { ...standardFieldProps, norm: { type: String, optional: true } };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = setInterval(() => {
            this.state.now = DateTime.now();
        }, TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    get minutes() {
        const since = this.props.record.data[this.props.name];
        if (!since) {
            return 0;
        }
        return Math.max(0, Math.floor(this.state.now.diff(since).as("minutes")));
    }

    get isLong() {
        const norm = this.props.norm ? this.props.record.data[this.props.norm] : 0;
        return Boolean(norm) && this.minutes > norm;
    }

    get words() {
        return _t("waiting %s min", this.minutes);
    }
}

registry.category("fields").add("branch_visit_waiting", {
    component: BranchVisitWaiting,
    displayName: _t("Waiting time"),
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({ norm: options.norm }),
});
