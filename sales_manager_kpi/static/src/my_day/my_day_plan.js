import { Dialog } from "@web/core/dialog/dialog";
import { Component, useState } from "@odoo/owl";

/** From when, and in slots of how many minutes, chosen things go into the calendar. */
export class MyDayPlan extends Component {
    static template = "sales_manager_kpi.MyDayPlan";
    static components = { Dialog };
    static props = { close: Function, items: Array, title: String, confirm: Function };

    setup() {
        this.state = useState({ start: "09:00", minutes: 30, busy: false });
    }

    async confirm() {
        if (this.state.busy || !this.state.start) {
            return;
        }
        this.state.busy = true;
        try {
            await this.props.confirm(this.state.start, parseInt(this.state.minutes));
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}
