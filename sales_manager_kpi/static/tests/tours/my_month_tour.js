import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const app = stepUtils.goToAppSteps(
    "sales_manager_kpi.menu_root",
    "Open Sales management"
);

const planMenu = (menu) => [
    ...app,
    {
        trigger: '[data-menu-xmlid="sales_manager_kpi.menu_plans"]',
        run: "click",
    },
    {
        trigger: `[data-menu-xmlid="sales_manager_kpi.${menu}"]`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("sales_my_month_manager", {
    steps: () => [
        ...planMenu("sales_my_month_menu"),
        {
            content: "My month tells where one stands",
            trigger: ".o_my_month_title:contains(manager_a)",
        },
        { trigger: ".o_my_month_plan:contains(1,000.00)" },
        { trigger: ".o_my_month_fulfilment:contains(45.0 %)" },
        { trigger: ".o_my_month_score:contains(45.0)" },
        { trigger: ".o_my_month canvas" },
        {
            content: "Where the month will end, and how that was found",
            trigger: ".o_my_month_forecast .o_my_month_method",
        },
        { trigger: ".o_my_month_effective:contains(working days)" },
        {
            content: "What did not count opens with its reasons",
            trigger: ".o_my_month_register",
            run: "click",
        },
        { trigger: ".o_list_view, .o_view_nocontent" },
        {
            trigger: ".o_back_button, .breadcrumb-item a:contains(My month)",
            run: "click",
        },
        { trigger: ".o_my_month_title:contains(manager_a)" },
        {
            content: "A category opens its rows",
            trigger: ".o_my_month_category a:contains(450.00)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(450.00)" },
        {
            content: "Back to the month",
            trigger: ".o_back_button, .breadcrumb-item a:contains(My month)",
            run: "click",
        },
        {
            content: "The month before is empty and asks for nothing",
            trigger: ".o_month_previous",
            run: "click",
        },
        { trigger: ".o_my_month_no_plan" },
        { trigger: ".o_month_current", run: "click" },
        { trigger: ".o_my_month_fact:contains(450.00)", run: "click" },
        { trigger: ".o_list_view .o_data_row" },
    ],
});

registry.category("web_tour.tours").add("sales_my_month_director", {
    steps: () => [
        ...planMenu("sales_my_month_team_menu"),
        {
            content: "The team has a forecast per manager",
            trigger: ".o_my_team_row .o_my_team_forecast",
        },
        {
            content: "A director without branch comes to the team and its manager",
            trigger: ".o_my_team_row:contains(45.0 %) .o_my_team_manager",
            run: "click",
        },
        { trigger: ".o_my_month_title:contains(manager_a)" },
        {
            trigger: ".o_my_month button:contains(Open scorecard)",
            run: "click",
        },
        {
            content: "Evidence of the criterion",
            trigger: ".o_form_view button[name=action_open_evidence]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(450.00)" },
    ],
});

registry.category("web_tour.tours").add("sales_my_month_no_plan", {
    steps: () => [
        ...planMenu("sales_my_month_menu"),
        {
            trigger: ".o_my_month_no_plan button:contains(Draft your plan)",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=line_ids]" },
        { trigger: ".o_form_button_cancel, .o_back_button", run: "click" },
    ],
});
