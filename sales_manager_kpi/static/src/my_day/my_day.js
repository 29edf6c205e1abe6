import { browser } from "@web/core/browser/browser";
import { deserializeDate, deserializeDateTime, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { paceOf } from "../my_month/pace";
import { MyDayAsk } from "./my_day_ask";
import { MyDayPlan } from "./my_day_plan";

const MODEL = "sales.my.day";
const GROUPED = "sales_manager_kpi.my_day.grouped";

/** What there is to do on a day, in the order of what it is worth. */
export class MyDay extends Component {
    static template = "sales_manager_kpi.MyDay";
    static props = { ...standardActionServiceProps };
    static components = { Layout };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.keepLast = new KeepLast();
        this.choice = { day: null, ...this.props.state?.choice };
        this.state = useState({
            data: null,
            month: null,
            evening: null,
            source: this.props.state?.source || null,
            grouped: browser.localStorage.getItem(GROUPED) === "1",
            putOff: false,
            chosen: new Set(),
            loading: false,
        });
        useSetupAction({
            getLocalState: () => ({ choice: this.choice, source: this.state.source }),
        });
        useBus(this.env.bus, "CLEAR-CACHES", () => this.load());
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    // -------------------------------------------------------------------- read

    async load() {
        const args = [this.choice.day];
        this.state.loading = true;
        this.loadRest(args);
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(MODEL, "get_data", args)
            );
            const ids = new Set(this.data.items.map((item) => item.id));
            this.state.chosen = new Set(
                [...this.state.chosen].filter((id) => ids.has(id))
            );
            if (!this.data.sources.some(({ code }) => code === this.state.source)) {
                this.state.source = null;
            }
        } finally {
            this.state.loading = false;
        }
    }

    /** The month and the evening come after the day, which does not wait for them. */
    async loadRest(args) {
        const rest = await this.orm.silent.call(MODEL, "get_rest", args);
        Object.assign(this.state, rest);
    }

    goTo(days) {
        const day = deserializeDate(this.data.date).plus({ days });
        this.choice.day = serializeDate(day);
        return this.load();
    }

    goToday() {
        this.choice.day = null;
        return this.load();
    }

    // ------------------------------------------------------------------- shown

    get title() {
        return deserializeDate(this.data.date).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
    }

    get agenda() {
        return this.data.items
            .filter((item) => item.source === "meetings")
            .sort((one, other) => (one.at || "").localeCompare(other.at || ""));
    }

    get todo() {
        return this.data.items.filter((item) => item.source !== "meetings");
    }

    get putOff() {
        return this.todo.filter((item) => item.later).length;
    }

    get sources() {
        return this.data.sources
            .filter(({ code }) => code !== "meetings")
            .map((source) => ({
                ...source,
                count: this.todo.filter(
                    (item) => item.source === source.code && !item.later
                ).length,
            }))
            .filter(({ count, code }) => count || code === this.state.source);
    }

    get shown() {
        const { source, putOff } = this.state;
        return this.todo.filter(
            (item) => (!source || item.source === source) && (putOff || !item.later)
        );
    }

    get sections() {
        if (!this.state.grouped) {
            return [{ code: "all", name: false, items: this.shown }];
        }
        return this.data.sources
            .map(({ code, name }) => ({
                code,
                name,
                items: this.shown.filter((item) => item.source === code),
            }))
            .filter(({ items }) => items.length);
    }

    get pace() {
        return paceOf(this.state.month);
    }

    get ownEvening() {
        return this.state.evening?.find((line) => line.own);
    }

    get otherEvenings() {
        return this.state.evening?.filter((line) => !line.own) || [];
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.data.currency_id });
    }

    icon(item) {
        return this.data.sources.find(({ code }) => code === item.source)?.icon;
    }

    sourceName(item) {
        return this.data.sources.find(({ code }) => code === item.source)?.name;
    }

    /** Times on the clock of the branch, whatever the reader's computer says. */
    clock(moment) {
        return deserializeDateTime(moment)
            .setZone(this.data.tz)
            .toLocaleString({ hour: "2-digit", minute: "2-digit" });
    }

    time(item) {
        if (!item.at) {
            return _t("All day");
        }
        return `${this.clock(item.at)} – ${this.clock(item.until)}`;
    }

    due(item) {
        if (item.due.length > 10) {
            const due = deserializeDateTime(item.due).setZone(this.data.tz);
            if (serializeDate(due) === this.data.date) {
                return this.clock(item.due);
            }
            return this.short(due);
        }
        if (item.due === this.data.date) {
            return this.data.is_today ? _t("Today") : this.title;
        }
        return this.short(deserializeDate(item.due));
    }

    /** A day, with its year where that is another one. */
    short(day) {
        const shown = { day: "numeric", month: "short" };
        if (day.year !== deserializeDate(this.data.date).year) {
            shown.year = "numeric";
        }
        return day.toLocaleString(shown);
    }

    laterDay(item) {
        return deserializeDate(item.later).toLocaleString({
            weekday: "short",
            day: "numeric",
            month: "short",
        });
    }

    worthTitle(item) {
        return item.by_turnover
            ? _t("No amount is at stake: a month of this customer's turnover")
            : _t("The amount at stake");
    }

    // ---------------------------------------------------------------- choosing

    setSource(code) {
        this.state.source = this.state.source === code ? null : code;
    }

    setGrouped(grouped) {
        this.state.grouped = grouped;
        browser.localStorage.setItem(GROUPED, grouped ? "1" : "0");
    }

    togglePutOff() {
        this.state.putOff = !this.state.putOff;
    }

    toggle(item) {
        const { chosen } = this.state;
        if (!chosen.delete(item.id)) {
            chosen.add(item.id);
        }
    }

    // -------------------------------------------------------------------- done

    named(code) {
        return { code, ...this.data.actions[code] };
    }

    primary(item) {
        return this.named(item.actions[0]);
    }

    others(item) {
        return item.actions.slice(1).map((code) => this.named(code));
    }

    async act(item, action) {
        if (!action.asks) {
            return this.send(item, action.code, {});
        }
        this.dialog.add(MyDayAsk, {
            title: action.name,
            subtitle: item.customer || item.title,
            asks: action.asks,
            item,
            tz: this.data.tz,
            day: this.data.date,
            currencyId: this.data.currency_id,
            confirm: (values) => this.send(item, action.code, values),
        });
    }

    async send(item, code, values) {
        const args = [code, item.source, item.res_id, values, this.data.date];
        const result = await this.orm.call(MODEL, "act", args);
        if (result?.type) {
            return this.action.doAction(result, { onClose: () => this.load() });
        }
        this.notification.add(
            _t("%(action)s: %(what)s", {
                action: this.data.actions[code].name,
                what: item.customer || item.title,
            }),
            { type: "success" }
        );
        return this.load();
    }

    open(item) {
        return this.act(item, this.named("open"));
    }

    planChosen() {
        const items = this.todo.filter((item) => this.state.chosen.has(item.id));
        this.dialog.add(MyDayPlan, {
            items,
            title: this.title,
            confirm: (start, minutes) => this.sendPlan(items, start, minutes),
        });
    }

    async sendPlan(items, start, minutes) {
        const rows = items.map(({ source, res_id }) => ({ source, res_id }));
        const args = [rows, start, minutes, this.data.date];
        const { planned, left } = await this.orm.call(MODEL, "plan_day", args);
        const words = left
            ? _t("%(planned)s planned. %(left)s found no place in your day any more.", {
                  planned,
                  left,
              })
            : _t("%(planned)s planned into your calendar.", { planned });
        this.notification.add(words, { type: left ? "warning" : "success" });
        this.state.chosen.clear();
        return this.load();
    }

    // -------------------------------------------------------------- elsewhere

    openCalendar() {
        return this.action.doAction("calendar.action_calendar_event");
    }

    openMonth() {
        return this.action.doAction("sales_manager_kpi.sales_my_month_action");
    }

    openClosing(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: row.name,
            res_model: row.model,
            domain: row.domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    print() {
        return this.action.doAction({
            type: "ir.actions.report",
            report_type: "qweb-pdf",
            report_name: "sales_manager_kpi.report_my_day",
            report_file: "sales_manager_kpi.report_my_day",
            name: _t("My day"),
            data: { day: this.data.date },
        });
    }
}

registry.category("actions").add("sales_manager_kpi.my_day", MyDay);
