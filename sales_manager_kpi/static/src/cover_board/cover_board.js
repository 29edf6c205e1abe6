import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PeopleBoard } from "../board/people_board";

const TONES = {
    uncovered: "text-bg-danger",
    partly: "text-bg-warning",
    later: "bg-transparent border border-danger text-danger",
    covered: "text-bg-success",
    there: "bg-transparent",
};

/** People by days: who is away, who stands in, and where nobody does. */
export class CoverBoard extends PeopleBoard {
    static template = "sales_manager_kpi.CoverBoard";
    static model = "sales.absence.board";

    get legend() {
        return ["uncovered", "partly", "later", "covered"];
    }

    label(kind) {
        return {
            uncovered: _t("nobody stands in"),
            partly: _t("partly covered"),
            later: _t("nobody yet"),
            covered: _t("covered"),
            there: _t("there"),
            off: _t("no working day"),
            away: _t("not in this branch"),
        }[kind];
    }

    tone(kind) {
        return TONES[kind];
    }

    /** Initials of the deputies, else a mark of the kind: colour alone is not enough. */
    mark(cell) {
        if (cell.by?.length) {
            return cell.by.map((name) => this.initials(name)).join(" ");
        }
        return { uncovered: "!", partly: "½", later: "?", covered: "✓" }[cell.kind] || "";
    }

    initials(name) {
        const words = name.split(/\s+/);
        return ((words[0]?.[0] || "") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
    }

    title(row, day, cell) {
        const words = [row.name, day.name, this.label(cell.kind)];
        if (cell.by?.length) {
            words.push(_t("stood in by %s", cell.by.join(", ")));
        }
        if (cell.acts?.length) {
            words.push(_t("stands in for %s", cell.acts.join(", ")));
        }
        if (this.canAppoint(row, cell)) {
            words.push(_t("click to name a deputy"));
        }
        return words.join(" · ");
    }

    canAppoint(row, cell) {
        return Boolean(cell.open && row.can_appoint);
    }

    async open(row, cell) {
        const method = this.canAppoint(row, cell)
            ? "action_appoint"
            : "action_open_substitutions";
        const action = await this.orm.call("sales.absence", method, [[cell.absence_id]]);
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    enter() {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Enter an absence"),
                res_model: "sales.absence",
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.load() }
        );
    }
}

registry.category("actions").add("sales_manager_kpi.cover_board", CoverBoard);
