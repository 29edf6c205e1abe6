import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { ScoreChart, palette } from "./score_chart";

/** The curve of a criterion: which value brings which score. */
export class CurveField extends Component {
    static template = "sales_manager_kpi.CurveField";
    static components = { ScoreChart };
    static props = { ...standardFieldProps };

    get curve() {
        return this.props.record.data[this.props.name];
    }

    get hasPoints() {
        return Boolean(this.curve && this.curve.points.length);
    }

    value(x) {
        return this.curve.share
            ? `${formatFloat(x * 100, { digits: [16, 0] })} %`
            : formatFloat(x, { digits: [16, 2], trailingZeros: false });
    }

    get summary() {
        const { points } = this.curve;
        const [first, last] = [points[0], points.at(-1)];
        return _t("Score curve from %(first)s at %(low)s to %(last)s at %(high)s", {
            first: first.y,
            low: this.value(first.x),
            last: last.y,
            high: this.value(last.x),
        });
    }

    get config() {
        const { text, grid, series } = palette();
        return {
            type: "scatter",
            data: {
                datasets: [
                    {
                        label: _t("Score"),
                        data: this.curve.points,
                        showLine: true,
                        stepped: this.curve.stepped ? "before" : false,
                        borderColor: series[0],
                        borderWidth: 2,
                        pointRadius: 0,
                        pointHitRadius: 8,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: ({ raw }) =>
                                `${this.value(raw.x)} → ${formatFloat(raw.y)}`,
                        },
                    },
                },
                scales: {
                    x: {
                        type: "linear",
                        ticks: { color: text, callback: (x) => this.value(x) },
                        grid: { color: grid },
                    },
                    y: {
                        beginAtZero: true,
                        title: { display: true, text: _t("Score"), color: text },
                        ticks: { color: text },
                        grid: { color: grid },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("evaluation_curve", {
    component: CurveField,
    displayName: _t("Score curve"),
    supportedTypes: ["json"],
});
