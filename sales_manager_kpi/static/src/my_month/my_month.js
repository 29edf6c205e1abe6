import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { MonthBase } from "./month_base";
import { MyTeam } from "./my_team";
import { TrendChart } from "./trend_chart";
import { KeepLast } from "@web/core/utils/concurrency";

const ICON = /^fa-[a-z0-9-]+$/;

/** The month of one manager: plan against fact, what is left, and the score. */
export class MyMonth extends MonthBase {
    static template = "sales_manager_kpi.MyMonth";
    static components = { ...MonthBase.components, MyTeam, TrendChart };

    /** Who directs branches and belongs to none comes for the team. */
    get comesForTeam() {
        const { status, has_team: hasTeam, managers } = this.data;
        return status === "no_branch" && hasTeam && managers.length > 0;
    }

    request() {
        const { period_date: date = null, user_id: userId = null } = this.choice;
        return ["sales.my.month", [date, userId]];
    }

    setup() {
        this.keepLastPlace = new KeepLast();
        super.setup();
        this.state.place = null;
    }

    load(changes = {}) {
        const { period_date: date = null } = { ...this.choice, ...changes };
        this.loadPlace(date);
        return super.load(changes);
    }

    /** The own place reads everybody's sales: the month is shown before it is there. */
    async loadPlace(date) {
        this.state.place = null;
        this.state.place = await this.keepLastPlace.add(
            this.orm.silent.call("sales.my.month", "get_place", [date])
        );
    }

    /** Of oneself alone, however many months of others one may open. */
    get place() {
        return this.isOwn && this.state.place;
    }

    placeName(row) {
        return row.by === "size" ? _t("By turnover") : _t("By growth to the year before");
    }

    icon(name) {
        return ICON.test(name) ? name : "fa-trophy";
    }

    openRanking() {
        return this.action.doAction("sales_manager_kpi.sales_ranking_action");
    }

    get title() {
        return `${this.data.user.name} · ${this.data.period.name}`;
    }

    get isOwn() {
        return this.data.user.id === user.userId;
    }

    get hasChoice() {
        return this.data.managers.some((manager) => manager.id !== this.data.user.id);
    }

    get forecast() {
        return this.state.forecast;
    }

    /** Planned categories that miss most, in money. */
    get categoryGaps() {
        return this.data.categories
            .filter((line) => line.target && line.target > line.amount)
            .map((line) => ({ ...line, gap: line.target - line.amount }))
            .sort((one, other) => other.gap - one.gap)
            .slice(0, 5);
    }

    onManager(ev) {
        return this.load({ user_id: parseInt(ev.target.value) });
    }

    openTeam() {
        return this.action.doAction("sales_manager_kpi.sales_my_month_action_team", {
            stackPosition: "replaceCurrentAction",
        });
    }

    openFact() {
        return this.openFacts(_t("Fact"), this.data.fact.domain);
    }

    openNotCounted() {
        return this.openFacts(_t("Not counted"), this.data.not_counted.domain);
    }

    openOther() {
        return this.openFacts(_t("Not planned"), this.data.other.domain);
    }

    openMonth(month) {
        return this.openFacts(_t("Fact"), month.domain);
    }

    openPlan() {
        return this.openPlans(this.data.plan.ids);
    }

    openUncovered() {
        return this.openFacts(_t("Without a plan"), this.data.uncovered.domain);
    }

    openCustomer(row) {
        return this.openFacts(row.name, row.domain);
    }

    /** Documents of this month that did not count, each with its reason. */
    openRegister() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Not counted"),
            res_model: "sales.not.counted",
            domain: this.forecast.register,
            views: [
                [false, "list"],
                [false, "pivot"],
            ],
            context: { search_default_group_reason: 1 },
        });
    }

    /** Customers who wait longer than they should, now. */
    openGaps() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Open service gaps"),
            res_model: "service.gap",
            domain: this.data.gaps.domain,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
        });
    }

    openCard() {
        const { card_id: cardId } = this.data.score;
        return this.openRecord("evaluation.scorecard", cardId, _t("Scorecard"));
    }

    draftPlan() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New plan"),
            res_model: "sales.plan",
            views: [[false, "form"]],
            context: {
                default_user_id: this.data.user.id,
                default_period_id: this.data.period.id,
            },
        });
    }
}

registry.category("actions").add("sales_manager_kpi.my_month", MyMonth);
