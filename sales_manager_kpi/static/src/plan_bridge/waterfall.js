import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { user } from "@web/core/user";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** From plan to fact as steps that hang where the one before them ends. */
export class Waterfall extends Component {
    static template = "sales_manager_kpi.Waterfall";
    static props = {
        steps: Array,
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
            () => [this.props.steps]
        );
    }

    get summary() {
        return this.props.steps
            .map((step) => `${step.name}: ${this.props.money(step.amount)}`)
            .join(", ");
    }

    /** The bars as [from, to]; plan and fact stand on the ground. */
    get bars() {
        let level = 0;
        return this.props.steps.map((step) => {
            const start = step.isWhole ? 0 : level;
            level = start + step.amount;
            return [start, level];
        });
    }

    color(step, scheme) {
        if (step.isWhole) {
            return getColor(1, scheme, "odoo");
        }
        return step.amount < 0
            ? getCustomColor(scheme, "#c0392b", "#e57368")
            : getCustomColor(scheme, "#2e8b57", "#66c28c");
    }

    config() {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#374151", "#E4E4E4");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const { steps, money, onOpen } = this.props;
        return {
            type: "bar",
            data: {
                labels: steps.map((step) => step.name),
                datasets: [
                    {
                        data: this.bars,
                        backgroundColor: steps.map((step) => this.color(step, scheme)),
                        maxBarThickness: 64,
                        minBarLength: 2,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_event, elements) => {
                    if (elements.length) {
                        onOpen(steps[elements[0].index]);
                    }
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: (item) => money(steps[item.dataIndex].amount),
                        },
                    },
                },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: {
                        ticks: {
                            color: text,
                            maxTicksLimit: 6,
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
