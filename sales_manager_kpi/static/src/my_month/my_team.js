import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonthBase } from "./month_base";

/** The managers of a branch or of all branches, side by side. */
export class MyTeam extends MonthBase {
    static template = "sales_manager_kpi.MyTeam";

    request() {
        const { period_date: date = null, branch_id: branchId = null } = this.choice;
        return ["sales.my.team", [date, branchId]];
    }

    forecastOf(row) {
        return this.state.forecast?.[row.user_id];
    }

    onBranch(ev) {
        return this.load({ branch_id: parseInt(ev.target.value) || null });
    }

    openManager(row) {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "sales_manager_kpi.my_month",
            name: row.name,
            params: { user_id: row.user_id, period_date: this.data.period.date },
        });
    }

    openRow(row) {
        return this.openFacts(_t("Fact: %s", row.name), row.domain);
    }

    openPlan(row) {
        return this.openPlans(row.plan_ids);
    }

    openUnassigned() {
        return this.openFacts(
            _t("Unassigned"),
            this.data.not_counted.unassigned.domain
        );
    }

    openExcluded() {
        return this.openFacts(_t("Not counted"), this.data.not_counted.excluded.domain);
    }
}

registry.category("actions").add("sales_manager_kpi.my_team", MyTeam);
