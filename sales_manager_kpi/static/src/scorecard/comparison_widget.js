import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useState } from "@odoo/owl";
import { ScoreChart, palette } from "./score_chart";

/** A radar needs three corners; with fewer criteria bars say it better. */
const CORNERS = 3;
/** Longer names of criteria are written in several lines. */
const WIDTH = 14;

function lines(name) {
    const rows = [""];
    for (const word of name.split(" ")) {
        const row = `${rows.at(-1)} ${word}`.trim();
        if (row.length > WIDTH && rows.at(-1)) {
            rows.push(word);
        } else {
            rows[rows.length - 1] = row;
        }
    }
    return rows;
}

/** A scorecard beside the month before, the others and the year. */
export class ComparisonWidget extends Component {
    static template = "sales_manager_kpi.ComparisonWidget";
    static components = { ScoreChart };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null });
        useRecordObserver((record) => this.load(record.resId));
    }

    async load(id) {
        this.state.data = id
            ? await this.orm.call("evaluation.scorecard", "get_comparison", [id])
            : null;
    }

    get data() {
        return this.state.data;
    }

    points(score) {
        return score === null ? _t("n/a") : formatFloat(score, { digits: [16, 1] });
    }

    month(row) {
        return deserializeDate(row.date).toFormat("LLL yy");
    }

    get averageLabel() {
        return this.data.average === "branch"
            ? _t("Average of the branch")
            : _t("Average of the company");
    }

    get criteriaSummary() {
        return this.data.criteria
            .map((row) => `${row.name}: ${this.points(row.score)}`)
            .join(", ");
    }

    get trendSummary() {
        return this.data.trend
            .map((row) => `${this.month(row)}: ${this.points(row.final)}`)
            .join(", ");
    }

    series(rows, definitions) {
        const colours = palette().series;
        return definitions.map(([label, key, dash], index) => ({
            label,
            data: rows.map((row) => row[key]),
            borderColor: colours[index],
            backgroundColor: index ? "transparent" : `${colours[index]}33`,
            borderDash: dash ? [4, 4] : [],
            borderWidth: 2,
            pointRadius: 3,
            spanGaps: false,
        }));
    }

    get compared() {
        const definitions = [
            [_t("This month"), "score"],
            [_t("Month before"), "previous", true],
        ];
        if (this.data.average) {
            definitions.push([this.averageLabel, "average", true]);
        }
        return definitions;
    }

    get criteriaConfig() {
        const { text, grid } = palette();
        const { criteria } = this.data;
        const radar = criteria.length >= CORNERS;
        const axis = { beginAtZero: true, ticks: { color: text }, grid: { color: grid } };
        const round = {
            ...axis,
            ticks: { color: text, backdropColor: "transparent", stepSize: 50 },
            angleLines: { color: grid },
            pointLabels: { color: text },
        };
        const datasets = this.series(criteria, this.compared);
        if (!radar) {
            for (const dataset of datasets) {
                dataset.backgroundColor = dataset.borderColor;
                dataset.maxBarThickness = 40;
            }
        }
        return {
            type: radar ? "radar" : "bar",
            data: { labels: criteria.map((row) => lines(row.name)), datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { labels: { color: text, usePointStyle: true } } },
                scales: radar
                    ? { r: round }
                    : { x: { ticks: { color: text }, grid: { display: false } }, y: axis },
            },
        };
    }

    get trendConfig() {
        const { text, grid } = palette();
        const definitions = [
            [_t("Final score"), "final"],
            [_t("Computed"), "score", true],
        ];
        if (this.data.average) {
            definitions.push([this.averageLabel, "average", true]);
        }
        return {
            type: "line",
            data: {
                labels: this.data.trend.map((row) => this.month(row)),
                datasets: this.series(this.data.trend, definitions),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { labels: { color: text, usePointStyle: true } } },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        ticks: { color: text },
                        grid: { color: grid },
                    },
                },
            },
        };
    }
}

registry.category("view_widgets").add("evaluation_comparison", {
    component: ComparisonWidget,
});
