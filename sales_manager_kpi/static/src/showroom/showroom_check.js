import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { ShowroomCheckCard } from "./showroom_check_card";
import { ShowroomCheckFinish } from "./showroom_check_finish";

const MODEL = "showroom.check";
const PAUSE = 20000; // until the answers of colleagues are looked for

/** A check of a showroom on a phone: scan or tick what is there. */
export class ShowroomCheck extends Component {
    static template = "sales_manager_kpi.ShowroomCheck";
    static props = { ...standardActionServiceProps };
    static components = { Layout, ShowroomCheckCard };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        const { params = {}, context = {} } = this.props.action;
        this.checkId = this.props.resId || params.check_id || context.active_id;
        // the address names the check: it can be loaded again, and passed on
        if (this.checkId) {
            this.props.updateActionState?.({ resId: this.checkId });
        }
        this.code = useRef("code");
        this.hasCamera = isBarcodeScannerSupported();
        this.state = useState({
            check: null,
            lines: new Map(),
            onlyTodo: true,
            place: null,
            current: null,
        });
        // a hardware scanner types wherever the focus is
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.scan(ev.detail.barcode)
        );
        onWillStart(() => (this.checkId ? this.load() : null));
        onMounted(() => {
            if (!this.checkId) {
                return this.action.doAction("sales_manager_kpi.showroom_check_action", {
                    clearBreadcrumbs: true,
                });
            }
            this.timer = browser.setInterval(() => this.refresh(), PAUSE);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    // ---- what is shown -------------------------------------------------

    get check() {
        return this.state.check;
    }

    get isOpen() {
        return this.check.state === "in_progress";
    }

    get samples() {
        return [...this.state.lines.values()].filter((line) => line.sample_id);
    }

    /** Products of which there is no sample to look for. */
    get gaps() {
        return [...this.state.lines.values()].filter((line) => !line.sample_id);
    }

    get places() {
        return [...new Set(this.samples.map((line) => line.place))]
            .filter(Boolean)
            .sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
    }

    get sections() {
        const shown = this.samples.filter((line) => this.isShown(line));
        return [...this.places, ""]
            .map((place) => ({
                place,
                lines: shown.filter((line) => line.place === place),
            }))
            .filter((section) => section.lines.length);
    }

    /** What was just answered stays, so that a photo or a note can follow. */
    isShown(line) {
        if (this.state.place !== null && line.place !== this.state.place) {
            return false;
        }
        const waits = line.result === "todo" || line.id === this.state.current;
        return !this.state.onlyTodo || !this.isOpen || waits;
    }

    get answered() {
        return this.check.all - this.check.todo;
    }

    get progress() {
        return this.check.all ? Math.round((100 * this.answered) / this.check.all) : 100;
    }

    share(value) {
        return value === false || value === null
            ? _t("no norm")
            : formatPercentage(value, { digits: [16, 0] });
    }

    // ---- read ----------------------------------------------------------

    async load() {
        const data = await this.orm.call(MODEL, "get_data", [[this.checkId]]);
        this.state.lines = new Map(data.lines.map((line) => [line.id, line]));
        this.apply(data);
        this.env.config.setDisplayName?.(data.check.name);
    }

    apply({ check, lines, since }) {
        this.state.check = check;
        this.since = since;
        for (const line of lines) {
            this.state.lines.set(line.id, line);
        }
    }

    async refresh() {
        if (document.hidden || !this.isOpen) {
            return;
        }
        const args = [[this.checkId], this.since];
        this.apply(await this.orm.silent.call(MODEL, "get_changes", args));
    }

    // ---- answered ------------------------------------------------------

    async answer(lineId, values) {
        this.state.current = lineId;
        const args = [[lineId], values, this.since];
        this.apply(await this.orm.call("showroom.check.line", "answer", args));
    }

    onCode(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            return this.scanTyped();
        }
    }

    async scanTyped() {
        const { el } = this.code;
        const barcode = el.value.trim();
        el.value = "";
        el.focus();
        if (barcode) {
            await this.scan(barcode);
        }
    }

    async scanWithCamera() {
        let barcode = null;
        try {
            barcode = await scanBarcode(this.env);
        } catch (error) {
            this.notification.add(error.message, { type: "warning" });
            return;
        }
        await this.scan(barcode);
    }

    async scan(barcode) {
        if (!this.check.can_answer) {
            return;
        }
        const args = [[this.checkId], barcode, this.state.place, this.since];
        const found = await this.orm.call(MODEL, "scan", args);
        const isNew = found.line_id && !this.state.lines.has(found.line_id);
        this.apply(found);
        this.notification.add(found.message, { type: found.kind });
        if (isNew) {
            await this.load(); // what lacked before may lack no more
        }
        this.state.current = found.line_id || this.state.current;
    }

    onPlace(ev) {
        this.state.place = ev.target.value === "*" ? null : ev.target.value;
    }

    // ---- finished ------------------------------------------------------

    finish() {
        this.dialog.add(ShowroomCheckFinish, {
            check: this.check,
            share: this.share(this.check.weighted),
            finish: async () => {
                await this.orm.call(MODEL, "finish", [[this.checkId]], {
                    rest_missing: this.check.todo > 0,
                });
                await this.load();
            },
        });
    }

    start() {
        return this.orm.call(MODEL, "action_start", [[this.checkId]]).then(() => this.load());
    }

    openForm() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.checkId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("sales_manager_kpi.showroom_check", ShowroomCheck);
