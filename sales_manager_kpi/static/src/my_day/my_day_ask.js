import { Dialog } from "@web/core/dialog/dialog";
import { serializeDateTime } from "@web/core/l10n/dates";
import { Component, useRef, useState, onMounted } from "@odoo/owl";

const { DateTime } = luxon;

/** What an action has to know before it is done: a few fields, no form of its own. */
export class MyDayAsk extends Component {
    static template = "sales_manager_kpi.MyDayAsk";
    static components = { Dialog };
    static props = {
        close: Function,
        title: String,
        subtitle: { type: String, optional: true },
        asks: Array,
        item: Object,
        tz: String,
        day: String,
        currencyId: { type: Number, optional: true },
        confirm: Function,
    };

    setup() {
        this.form = useRef("form");
        const values = {};
        for (const asked of this.props.asks) {
            values[asked.name] = this.initial(asked);
        }
        this.state = useState({ values, tried: false, busy: false });
        onMounted(() => {
            const fields = [...this.form.el.querySelectorAll("input, textarea")];
            (fields.find((field) => !field.value) || fields[0])?.focus();
        });
    }

    initial(asked) {
        if (asked.value !== undefined) {
            return asked.value;
        }
        if (asked.from) {
            return this.props.item[asked.from] ?? "";
        }
        const now = DateTime.now().setZone(this.props.tz);
        if (asked.type === "datetime") {
            const day = DateTime.fromISO(this.props.day, { zone: this.props.tz });
            const soon = now.plus({ minutes: 30 - (now.minute % 30) });
            const start = day.hasSame(now, "day") ? soon : day.set({ hour: 9 });
            return start.toFormat("yyyy-MM-dd'T'HH:mm");
        }
        if (asked.type === "date") {
            let day = now.plus({ days: 1 });
            while (day.weekday > 5) {
                day = day.plus({ days: 1 });
            }
            return day.toISODate();
        }
        return asked.type === "selection" ? asked.options[0][0] : "";
    }

    isMissing(asked) {
        const value = this.state.values[asked.name];
        return asked.required && (value === "" || value === null || value === undefined);
    }

    onInput(asked, ev) {
        this.state.values[asked.name] = ev.target.value;
    }

    choose(asked, value) {
        this.state.values[asked.name] = value;
    }

    /** As the server reads it: numbers as numbers, times in UTC. */
    sent(asked) {
        const value = this.state.values[asked.name];
        if (asked.type === "amount") {
            return parseFloat(value);
        }
        if (asked.type === "number") {
            return parseInt(value);
        }
        if (asked.type === "datetime") {
            return serializeDateTime(DateTime.fromISO(value, { zone: this.props.tz }));
        }
        return value;
    }

    async confirm() {
        this.state.tried = true;
        if (this.state.busy || this.props.asks.some((asked) => this.isMissing(asked))) {
            return;
        }
        const values = Object.fromEntries(
            this.props.asks.map((asked) => [asked.name, this.sent(asked)])
        );
        this.state.busy = true;
        try {
            await this.props.confirm(values);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}
