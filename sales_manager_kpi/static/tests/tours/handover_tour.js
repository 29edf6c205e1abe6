import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

function choose(field, name) {
    return [
        {
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            trigger: `.o_field_widget[name=${field}] .o-autocomplete--dropdown-item:contains(${name})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("sales_handover_tour", {
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
            trigger: '[data-menu-xmlid="sales_manager_kpi.sales_my_month_team_menu"]',
            run: "click",
        },
        {
            content: "A director without branch of their own sees the team",
            trigger: ".o_action_manager:contains(Together)",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.menu_customers"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.customer_handover_menu"]',
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("from_user_id", "Maria Leaving"),
        ...choose("to_user_id", "Nora Staying"),
        {
            trigger: ".o_field_widget[name=reason] input",
            run: "edit Maria leaves us",
        },
        {
            content: "See whose customers they are",
            trigger: ".o_statusbar_buttons button[name=action_load_customers]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Customer A)" },
        {
            content: "Hand them over",
            trigger: ".o_statusbar_buttons button[name=action_start]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Done)" },
        { trigger: ".o_data_row:contains(Customer A):contains(Maria Leaving)" },
    ],
});
