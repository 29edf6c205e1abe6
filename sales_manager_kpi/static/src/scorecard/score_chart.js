import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** Colours that fit the user's light or dark screen. */
export function palette() {
    const scheme = cookie.get("color_scheme");
    const text = getCustomColor(scheme, "#374151", "#E4E4E4");
    const others = getCustomColor(scheme, "#0f766e", "#5eead4");
    return {
        text,
        grid: getCustomColor(scheme, "#d8dadd", "#3C3E4B"),
        series: [getColor(0, scheme, "odoo"), others, text],
    };
}

/** A picture made by Chart.js; whoever cannot see it is given `summary`. */
export class ScoreChart extends Component {
    static template = "sales_manager_kpi.ScoreChart";
    static props = {
        config: Object,
        summary: String,
        height: { type: Number, optional: true },
    };
    static defaultProps = { height: 260 };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.props.config);
                return () => chart.destroy();
            },
            () => [this.props.config]
        );
    }
}
