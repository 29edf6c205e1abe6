import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonthBase } from "../my_month/month_base";

const ICON = /^fa-[a-z0-9-]+$/;

/** Managers by place: of a month, a quarter or a year, of a branch or the company. */
export class Ranking extends MonthBase {
    static template = "sales_manager_kpi.Ranking";

    request() {
        const { span = null, by = null, date = null, branch_id: branchId = null } = this.choice;
        return ["sales.ranking", [span, by, date, branchId]];
    }

    /** Nothing is forecast here. */
    async loadForecast() {}

    get spans() {
        return [
            { id: "month", name: _t("Month") },
            { id: "quarter", name: _t("Quarter") },
            { id: "year", name: _t("Year") },
        ];
    }

    get measures() {
        return [
            { id: "size", name: _t("Turnover") },
            { id: "plan", name: _t("Fulfilment of the plan") },
            { id: "growth", name: _t("Growth to the own past") },
            { id: "score", name: _t("Score") },
        ];
    }

    get measureName() {
        return this.measures.find((measure) => measure.id === this.data.by).name;
    }

    get help() {
        return {
            size: _t("What counted on the company's basis, untaxed."),
            plan: _t("What counted for the plans, per target of the months that have begun."),
            growth: _t("Compared with the same days of the year before."),
            score: _t("The mean of the months; what is not agreed yet is as computed."),
        }[this.data.by];
    }

    get note() {
        return {
            own: _t("Your company keeps places private: you see yourself and whom you direct."),
            places: _t("Your company shows places without figures."),
            values: "",
        }[this.data.public];
    }

    goTo(date) {
        return this.load({ date });
    }

    onMeasure(ev) {
        return this.load({ by: ev.target.value });
    }

    onBranch(ev) {
        return this.load({ branch_id: parseInt(ev.target.value) || false });
    }

    place(row) {
        return row.place === null ? "–" : row.place;
    }

    figure(row) {
        if (row.is_hidden) {
            return "";
        }
        if (row.value === null) {
            return _t("n/a");
        }
        if (this.data.by === "size") {
            return this.money(row.value);
        }
        return this.data.by === "score" ? this.points(row.value) : this.percent(row.value);
    }

    /** What a share is made of, for who may see it. */
    parts(row) {
        if (!row.parts) {
            return "";
        }
        const [now, base] = row.parts.map((amount) => this.money(amount));
        return this.data.by === "plan"
            ? _t("%(now)s of %(base)s", { now, base })
            : _t("%(now)s after %(base)s", { now, base });
    }

    badgesOf(row) {
        return this.data.badges[row.user_id] || [];
    }

    icon(name) {
        return ICON.test(name) ? name : "fa-trophy";
    }

    day(date) {
        return formatDate(deserializeDate(date));
    }
}

registry.category("actions").add("sales_manager_kpi.ranking", Ranking);
