import { _t } from "@web/core/l10n/translation";
import { imageUrl } from "@web/core/utils/urls";
import { Component, useState } from "@odoo/owl";
import { photoAsBase64 } from "./showroom_photo";

const WORN = ["c", "d"];

/** One sample of a check: there or not, how it looks, a photo and a note. */
export class ShowroomCheckCard extends Component {
    static template = "sales_manager_kpi.ShowroomCheckCard";
    static props = {
        line: Object,
        canAnswer: Boolean,
        isCurrent: Boolean,
        answer: Function,
    };

    setup() {
        this.state = useState({ saving: false, noting: false });
        this.conditions = [
            { code: "a", title: _t("A: as new") },
            { code: "b", title: _t("B: good") },
            { code: "c", title: _t("C: worn") },
            { code: "d", title: _t("D: unfit") },
        ];
    }

    get line() {
        return this.props.line;
    }

    get isFailed() {
        const { result, condition } = this.line;
        return result === "missing" || (result === "found" && WORN.includes(condition));
    }

    get tone() {
        if (this.line.result === "todo") {
            return "";
        }
        return this.isFailed ? "border-danger" : "border-success";
    }

    get needsPhoto() {
        const { wants_photo: wanted, has_photo: taken, result } = this.line;
        return wanted && !taken && result === "found" && this.isFailed;
    }

    get picture() {
        return imageUrl("showroom.sample", this.line.sample_id, "image", {
            width: 96,
            height: 96,
        });
    }

    get photo() {
        return imageUrl("showroom.check.line", this.line.id, "photo", {
            width: 96,
            height: 96,
        });
    }

    conditionClass(code) {
        if (this.line.result !== "found" || this.line.condition !== code) {
            return "btn-outline-secondary";
        }
        return WORN.includes(code) ? "btn-danger" : "btn-success";
    }

    async save(values) {
        this.state.saving = true;
        try {
            await this.props.answer(this.line.id, values);
        } finally {
            this.state.saving = false;
        }
    }

    /** A second tap takes the answer back. */
    setResult(result) {
        return this.save({ result: this.line.result === result ? "todo" : result });
    }

    async onPhoto(ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        if (file) {
            await this.save({ photo: await photoAsBase64(file) });
        }
    }

    async onNote(ev) {
        await this.save({ note: ev.target.value.trim() });
        this.state.noting = false;
    }
}
