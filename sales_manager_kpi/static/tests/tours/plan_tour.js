import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("sales_plan_manager_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: '.o_app[data-menu-xmlid="sales_manager_kpi.menu_root"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.menu_plans"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.sales_plan_menu_my"]',
            run: "click",
        },
        {
            content: "Draft a plan for the month proposed",
            trigger: ".o_list_button_add",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=branch_id]:contains(Utrecht)" },
        ...stepUtils.saveForm(),
        {
            content: "Propose it from history",
            trigger: ".o_statusbar_buttons button:contains(Propose from history)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=growth] input",
            run: "edit 10",
        },
        {
            trigger: ".modal button:contains(Compute)",
            run: "click",
        },
        {
            content: "Look at the proposal",
            trigger: ".modal .o_data_row:contains(Fabrics):contains(110)",
        },
        {
            trigger: ".modal button:contains(Take over)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=line_ids]:contains(Fabrics)",
        },
        {
            content: "Hand it in",
            trigger: ".o_statusbar_buttons button[name=action_submit]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Submitted)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_plan_director_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: '.o_app[data-menu-xmlid="sales_manager_kpi.menu_root"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.menu_plans"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.sales_plan_menu_to_approve"]',
            run: "click",
        },
        {
            content: "Open the plan that waits",
            trigger: ".o_data_row:contains(Maria) .o_data_cell[name=period_id]",
            run: "click",
        },
        {
            content: "Return it with a reason",
            trigger: ".o_statusbar_buttons button[name=action_return]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit More fabrics, please",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".alert:contains(More fabrics)",
        },
        {
            trigger: ".o_arrow_button_current:contains(Returned)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_plan_approve_tour", {
    steps: () => [
        {
            content: "Open the plan that waits",
            trigger: ".o_data_row:contains(Maria) .o_data_cell[name=period_id]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(/Approved|Running/)",
        },
    ],
});
