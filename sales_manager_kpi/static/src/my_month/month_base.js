import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { paceOf } from "./pace";

/** What My month and My team share: the chosen month, figures in words, drill-down. */
export class MonthBase extends Component {
    static props = { ...standardActionServiceProps };
    static components = { Layout };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { params = {} } = this.props.action;
        this.choice = { ...params, ...this.props.state?.choice };
        this.state = useState({ data: null, forecast: null, loading: false });
        // of several quick clicks the last one counts, whatever answers first
        this.keepLast = new KeepLast();
        this.keepLastForecast = new KeepLast();
        this.display = { controlPanel: {} };
        useSetupAction({ getLocalState: () => ({ choice: this.choice }) });
        useBus(this.env.bus, "CLEAR-CACHES", () => this.load());
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    /** The server model that gives the data, and its arguments. */
    request() {
        throw new Error("To be given by the screen");
    }

    async load(changes = {}) {
        Object.assign(this.choice, changes);
        this.state.loading = true;
        const [model, args] = this.request();
        const asked = { ...this.choice };
        this.loadForecast(model, args);
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(model, "get_data", args)
            );
        } finally {
            if (Object.keys(asked).every((key) => asked[key] === this.choice[key])) {
                this.state.loading = false;
            }
        }
    }

    /** The forecast reads a year of sales: the month is shown before it is there. */
    async loadForecast(model, args) {
        this.state.forecast = null;
        this.state.forecast = await this.keepLastForecast.add(
            this.orm.silent.call(model, "get_forecast", args)
        );
    }

    goTo(date) {
        return this.load({ period_date: date });
    }

    // ------------------------------------------------------------------ figures

    get asOf() {
        return toLocaleDateTimeString(deserializeDateTime(this.data.as_of));
    }

    money(amount) {
        if (amount === null || amount === undefined) {
            return "–";
        }
        return formatMonetary(amount, { currencyId: this.data.currency_id });
    }

    percent(share) {
        if (share === null || share === undefined) {
            return _t("n/a");
        }
        return `${formatFloat(share * 100, { digits: [16, 1] })} %`;
    }

    points(score) {
        if (score === null || score === undefined) {
            return _t("n/a");
        }
        return formatFloat(score, { digits: [16, 1] });
    }

    result(line) {
        if (line.value === null || line.value === undefined) {
            return _t("n/a");
        }
        if (line.unit === "percent") {
            return this.percent(line.value);
        }
        return line.unit === "amount" ? this.money(line.value) : this.points(line.value);
    }

    /** Width of a bar: what is over 100 % fills it. */
    width(share) {
        return `width: ${Math.max(0, Math.min(100, (share || 0) * 100))}%`;
    }

    days(number) {
        return formatFloat(number || 0, { digits: [16, 2], trailingZeros: false });
    }

    pace(forecast) {
        return paceOf(forecast);
    }

    tone(share) {
        return share >= 1 ? "bg-success" : "bg-primary";
    }

    // --------------------------------------------------------------- drill-down

    /** Of a closed month the facts as they were frozen, as its figures are. */
    async openFacts(name, domain) {
        const action = await this.orm.call("sales.fact.report", "open_facts", [name, domain]);
        return this.action.doAction(action);
    }

    /** One plan as a form; those of who moved in the month as a list. */
    openPlans(ids) {
        if (ids.length === 1) {
            return this.openRecord("sales.plan", ids[0], _t("Plan"));
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Plans"),
            res_model: "sales.plan",
            domain: [["id", "in", ids]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openRecord(model, id, name) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
