import { _t } from "@web/core/l10n/translation";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

const MONTHS = Array.from({ length: 12 }, (_, place) => `weight_${place + 1}`);

/** The twelve weights of a season profile as bars, redrawn while they are typed. */
export class SeasonChart extends Component {
    static template = "sales_manager_kpi.SeasonChart";
    static props = { ...standardWidgetProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config());
                return () => chart.destroy();
            },
            () => this.shares
        );
    }

    get labels() {
        return MONTHS.map((name) => this.props.record.fields[name].string);
    }

    get shares() {
        return MONTHS.map((name) => (this.props.record.data[name] || 0) / 100);
    }

    get summary() {
        return this.labels
            .map((label, place) => `${label}: ${this.shares[place]} %`)
            .join(", ");
    }

    config() {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#E4E4E4");
        return {
            type: "bar",
            data: {
                labels: this.labels,
                datasets: [
                    {
                        label: _t("Share of the year (%)"),
                        data: this.shares,
                        backgroundColor: getColor(1, scheme, "odoo"),
                        maxBarThickness: 42,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { labels: { color: text } } },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: { beginAtZero: true, ticks: { color: text } },
                },
            },
        };
    }
}

registry.category("view_widgets").add("sales_season_chart", {
    component: SeasonChart,
    fieldDependencies: MONTHS.map((name) => ({ name, type: "integer" })),
});
