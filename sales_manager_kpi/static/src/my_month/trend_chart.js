import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { user } from "@web/core/user";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** What counted in the last months, with the plans of those months as a line. */
export class TrendChart extends Component {
    static template = "sales_manager_kpi.TrendChart";
    static props = {
        months: Array,
        money: Function,
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config());
                return () => chart.destroy();
            },
            () => [this.props.months]
        );
    }

    label(month) {
        return deserializeDate(month.date).toFormat("LLL yy");
    }

    get summary() {
        return this.props.months
            .map((month) => `${this.label(month)}: ${this.props.money(month.fact)}`)
            .join(", ");
    }

    config() {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#E4E4E4");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const { months, money, onOpen } = this.props;
        return {
            type: "bar",
            data: {
                labels: months.map((month) => this.label(month)),
                datasets: [
                    {
                        type: "line",
                        label: _t("Plan"),
                        data: months.map((month) => month.target ?? null),
                        borderColor: text,
                        backgroundColor: text,
                        borderDash: [4, 4],
                        borderWidth: 2,
                        pointRadius: 3,
                        spanGaps: false,
                    },
                    {
                        label: _t("Fact"),
                        data: months.map((month) => month.fact),
                        backgroundColor: getColor(1, scheme, "odoo"),
                        maxBarThickness: 42,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_event, elements) => {
                    if (elements.length) {
                        onOpen(months[elements[0].index]);
                    }
                },
                plugins: {
                    legend: { labels: { color: text, usePointStyle: true } },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${money(item.raw)}`,
                        },
                    },
                },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        ticks: {
                            color: text,
                            maxTicksLimit: 5,
                            callback: (value) =>
                                Intl.NumberFormat(user.lang, {
                                    notation: "compact",
                                }).format(value),
                        },
                        grid: { color: grid },
                        border: { display: false },
                    },
                },
            },
        };
    }
}
