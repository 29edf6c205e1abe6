import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { MonthBase } from "../my_month/month_base";
import { Waterfall } from "./waterfall";

/** Why the fact of a plan differs from its target, in total and by category. */
export class PlanBridge extends MonthBase {
    static template = "sales_manager_kpi.PlanBridge";
    static components = { ...MonthBase.components, Waterfall };

    setup() {
        super.setup();
        this.state.key = null; // the category that is looked at, none for all
        this.showFacts = this.showFacts.bind(this);
        this.money = this.money.bind(this);
    }

    request() {
        const { plan_id: planId } = this.choice;
        const { active_id: activeId } = this.props.action.context || {};
        return ["sales.plan.bridge", [planId || activeId || false]];
    }

    /** What is explained here has happened. */
    async loadForecast() {}

    /** The row that is looked at, or the whole plan. */
    get shown() {
        const { key } = this.state;
        return key === null ? this.data : this.data.rows.find((row) => row.key === key);
    }

    get shownName() {
        return this.shown.name || _t("The whole plan");
    }

    /** The words of the effects that this row can have, with its amounts. */
    get effects() {
        const { effects, without } = this.shown;
        return this.data.words
            .map((word) => ({
                ...word,
                amount: word.code === "without" ? without : effects?.[word.code],
            }))
            .filter(({ code, amount }) => (code === "without" ? amount : effects));
    }

    get steps() {
        const { plan_amount: plan, fact_amount: fact } = this.shown;
        const planned = { code: "plan", name: _t("Plan"), amount: plan, isWhole: true };
        const counted = { code: "fact", name: _t("Fact"), amount: fact, isWhole: true };
        const changed = this.effects.filter((effect) => effect.amount);
        return [planned, ...changed, counted];
    }

    get columns() {
        return this.data.words;
    }

    amountOf(row, code) {
        return code === "without" ? row.without || null : row.effects?.[code];
    }

    tint(amount) {
        return amount < 0 ? "text-danger" : amount > 0 ? "text-success" : "";
    }

    quantity(number) {
        return formatFloat(number, { digits: [16, 2] });
    }

    choose(key) {
        this.state.key = this.state.key === key ? null : key;
    }

    showFacts(step) {
        if (step.code === "availability") {
            return this.openLate();
        }
        const { rows } = this.data;
        const row = this.state.key === null ? null : this.shown;
        const domains = row ? [row] : rows.length === 1 ? rows : null;
        return domains && this.openRow(domains[0]);
    }

    openRow(row) {
        return this.openFacts(row.name, row.domain);
    }

    openLate() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Late for lack of goods"),
            res_model: "sale.order",
            domain: [["id", "in", this.data.late_orders]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
            context: { create: false },
        });
    }

    openPlan() {
        return this.openRecord("sales.plan", this.data.plan.id, _t("Plan"));
    }
}

registry.category("actions").add("sales_manager_kpi.plan_bridge", PlanBridge);
