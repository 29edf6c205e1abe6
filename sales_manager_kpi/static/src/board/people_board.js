import { useBus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

/** People by days or months; `model` has `get_data(first, branch_id)`. */
export class PeopleBoard extends Component {
    static props = { ...standardActionServiceProps };
    static components = { Layout };
    static model = "";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.choice = { ...this.props.state?.choice };
        this.state = useState({ data: null, loading: false });
        this.display = { controlPanel: {} };
        useSetupAction({ getLocalState: () => ({ choice: this.choice }) });
        useBus(this.env.bus, "CLEAR-CACHES", () => this.load());
        onWillStart(() => this.load());
    }

    get model() {
        return this.constructor.model;
    }

    get data() {
        return this.state.data;
    }

    async load(changes = {}) {
        Object.assign(this.choice, changes);
        this.state.loading = true;
        try {
            const { first = null, branch_id: branchId = null } = this.choice;
            const args = [first, branchId];
            this.state.data = await this.orm.call(this.model, "get_data", args);
        } finally {
            this.state.loading = false;
        }
    }

    onBranch(ev) {
        return this.load({ branch_id: parseInt(ev.target.value) || null });
    }
}
