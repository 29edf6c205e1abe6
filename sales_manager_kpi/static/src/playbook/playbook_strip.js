import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useState } from "@odoo/owl";

const TONES = {
    done: "text-bg-success",
    next: "text-bg-primary",
    waiting: "text-bg-light border",
};

/** The steps of a lead: one at a time is open, with its checklist. */
export class PlaybookStrip extends Component {
    static template = "sales_manager_kpi.PlaybookStrip";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ open: null });
    }

    get board() {
        return this.props.record.data[this.props.name];
    }

    get current() {
        const steps = this.board.steps;
        return (
            steps.find((step) => step.id === this.state.open) ||
            steps.find((step) => step.state === "next") ||
            steps.at(-1)
        );
    }

    get percent() {
        return this.board.all ? Math.round((100 * this.board.done) / this.board.all) : 0;
    }

    tone(step) {
        return step.late && step.state === "next" ? "text-bg-warning" : TONES[step.state];
    }

    mark(step) {
        return { done: "✓", next: "›", waiting: "·" }[step.state];
    }

    stateWords(step) {
        return { done: _t("done"), next: _t("next"), waiting: _t("waiting") }[step.state];
    }

    show(step) {
        this.state.open = step.id;
    }

    canTick(step) {
        return this.board.open && step.state === "next" && step.by_hand;
    }

    async call(method, args) {
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        const result = await this.orm.call(record.resModel, method, [[record.resId], ...args]);
        if (result && result.type) {
            return this.action.doAction(result, { onClose: () => record.load() });
        }
        return record.load();
    }

    check(item) {
        return this.call("action_playbook_check", [item.id, !item.done]);
    }

    tick(step) {
        return this.call("action_playbook_tick", [step.id]);
    }

    async openProof(step) {
        const action = await this.orm.call("sales.playbook.mark", "action_open_proof", [
            [step.mark_id],
        ]);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("playbook_strip", {
    component: PlaybookStrip,
    supportedTypes: ["json"],
});
