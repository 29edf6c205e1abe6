import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { Component } from "@odoo/owl";

const { DateTime } = luxon;

/** For whom the user acts, in the top bar; absent while it is nobody. */
export class ActingFor extends Component {
    static template = "sales_manager_kpi.ActingFor";
    static props = {};
    static components = { Dropdown, DropdownItem };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.words = {
            customers: _t("Customers"),
            quotations: _t("Quotations"),
            orders: _t("Orders"),
            invoices: _t("Invoices"),
            leads: _t("Leads and opportunities"),
            activities: _t("Activities"),
        };
    }

    get people() {
        const now = DateTime.now();
        return (session.sales_acting_for || []).filter(
            (row) => deserializeDateTime(row.stop) > now
        );
    }

    get title() {
        const names = this.people.map((row) => row.name).join(", ");
        return _t("You act for %s", names);
    }

    async open(row, method, args = []) {
        const action = await this.orm.call("sales.substitution", method, [
            [row.id],
            ...args,
        ]);
        return this.action.doAction(action, { clearBreadcrumbs: true });
    }
}

if (session.sales_acting_for?.length) {
    registry
        .category("systray")
        .add("sales_manager_kpi.acting_for", { Component: ActingFor }, { sequence: 30 });
}
