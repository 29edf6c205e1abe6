import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { PeopleBoard } from "../board/people_board";

const TONES = {
    draft: "text-bg-light border",
    submitted: "text-bg-info",
    returned: "text-bg-warning",
    approved: "text-bg-primary",
    running: "text-bg-success",
    late: "text-bg-danger",
    none: "bg-transparent border border-danger text-danger",
    future: "bg-transparent text-muted",
};

/** Managers by months: who has a plan, in what state, and who has none. */
export class PlanMatrix extends PeopleBoard {
    static template = "sales_manager_kpi.PlanMatrix";
    static model = "sales.plan.matrix";

    get legend() {
        return Object.keys(TONES);
    }

    dueTitle(month) {
        return _t("Due on %s", month.due);
    }

    label(cell) {
        if (cell.kind === "late") {
            return _t("none, overdue");
        }
        if (cell.kind === "future") {
            return _t("not due yet");
        }
        return cell.kind === "none" ? _t("none") : this.data.states[cell.kind];
    }

    tone(cell) {
        return TONES[cell.kind];
    }

    amount(cell) {
        return formatFloat(cell.target, { humanReadable: true, decimals: 1 });
    }

    title(row, month, cell) {
        const words = [row.name, month.name, this.label(cell)];
        if (cell.target !== undefined) {
            const options = { currencyId: this.data.currency_id };
            words.push(formatMonetary(cell.target, options));
        }
        if (cell.revised) {
            words.push(_t("another version in preparation"));
        }
        return words.join(" · ");
    }

    async open(row, month) {
        const args = [row.user_id, month.date];
        const action = await this.orm.call(this.model, "action_open", args);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("sales_manager_kpi.plan_matrix", PlanMatrix);
