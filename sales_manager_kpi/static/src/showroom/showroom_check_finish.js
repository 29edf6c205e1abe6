import { Dialog } from "@web/core/dialog/dialog";
import { Component, useState } from "@odoo/owl";

/** What the check comes to, before it is closed for good. */
export class ShowroomCheckFinish extends Component {
    static template = "sales_manager_kpi.ShowroomCheckFinish";
    static components = { Dialog };
    static props = { check: Object, share: String, finish: Function, close: Function };

    setup() {
        this.state = useState({ saving: false });
    }

    async finish() {
        this.state.saving = true;
        try {
            await this.props.finish();
            this.props.close();
        } finally {
            this.state.saving = false;
        }
    }
}
