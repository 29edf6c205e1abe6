import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const ranking = [
    ...stepUtils.goToAppSteps("sales_manager_kpi.menu_root", "Open Sales management"),
    {
        trigger: '[data-menu-xmlid="sales_manager_kpi.menu_analysis"]',
        run: "click",
    },
    {
        trigger: '[data-menu-xmlid="sales_manager_kpi.sales_ranking_menu"]',
        run: "click",
    },
];

registry.category("web_tour.tours").add("sales_ranking_manager", {
    steps: () => [
        ...ranking,
        {
            content: "The own row, and only this one, with its place",
            trigger:
                ".o_ranking_me:contains(manager_a):contains(450.00) .o_ranking_place:contains(1)",
        },
        { trigger: ".o_ranking:not(:has(.o_ranking_row:not(.o_ranking_me)))" },
        {
            content: "A badge of the month before",
            trigger: ".o_ranking_previous",
            run: "click",
        },
        { trigger: ".o_ranking_me .o_ranking_badge:contains(Planner of the month)" },
        { trigger: ".o_ranking_next", run: "click" },
        { trigger: ".o_ranking_by", run: "select plan" },
        { trigger: ".o_ranking_me .o_ranking_figure:contains(45.0 %)" },
        { trigger: ".o_ranking_by", run: "select growth" },
        {
            content: "Without a year before there is no base",
            trigger: ".o_ranking_me:contains(n/a) .o_ranking_place:contains(–)",
        },
        { trigger: ".o_ranking_span_year", run: "click" },
        { trigger: ".o_ranking_span_year.active" },
        { trigger: ".o_ranking_milestone:contains(reached)" },
    ],
});

registry.category("web_tour.tours").add("sales_ranking_director", {
    steps: () => [
        ...ranking,
        { trigger: ".o_ranking_row:contains(manager_a):contains(450.00)" },
        { trigger: ".o_ranking_branch", run: "selectByLabel Utrecht" },
        { trigger: ".o_ranking_row:contains(manager_a):contains(450.00)" },
    ],
});

registry.category("web_tour.tours").add("sales_ranking_empty", {
    steps: () => [
        ...ranking,
        { trigger: ".o_ranking_empty:contains(Nobody to show)" },
    ],
});
