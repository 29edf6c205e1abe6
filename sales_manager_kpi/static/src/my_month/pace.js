import { _t } from "@web/core/l10n/translation";

/** Pace in words and colour: green from 105 % of the target, red below 95 %. */
export function paceOf(forecast) {
    return {
        ahead: { name: _t("Ahead"), tone: "text-bg-success" },
        on_track: { name: _t("On track"), tone: "text-bg-info" },
        behind: { name: _t("Behind"), tone: "text-bg-danger" },
    }[forecast?.pace];
}
