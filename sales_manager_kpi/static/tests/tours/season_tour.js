import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("sales_season_profile_tour", {
    steps: () => [
        {
            content: "Open the profile",
            trigger: ".o_data_row:contains(Whole year) .o_data_cell[name=name]",
            run: "click",
        },
        { trigger: ".o_form_view canvas" },
        {
            content: "Take it from history",
            trigger: ".o_statusbar_buttons button[name=action_compute]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=strongest]:contains(18.52)" },
        {
            content: "A year that is not whole is told at once",
            trigger: ".o_field_widget[name=weight_2] input",
            run: "edit 1",
        },
        {
            trigger: ".o_field_widget[name=weight_3] input",
            run: "click",
        },
        { trigger: ".alert:contains(Make it 10,000)" },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});

registry.category("web_tour.tours").add("sales_plan_season_tour", {
    steps: () => [
        {
            content: "Draft a plan",
            trigger: ".o_list_button_add",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=branch_id]:contains(Utrecht)" },
        ...stepUtils.saveForm(),
        {
            content: "Propose it",
            trigger: ".o_statusbar_buttons button:contains(Propose from history)",
            run: "click",
        },
        {
            content: "by season",
            trigger: ".modal input[data-value=season]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=profile_id] input:value(Whole year)" },
        {
            trigger: ".modal button:contains(Compute)",
            run: "click",
        },
        { trigger: ".modal .alert:contains(of the year)" },
        {
            trigger: ".modal .o_data_row:contains(Fabrics)",
        },
        {
            content: "by a target of the year",
            trigger: ".modal input[data-value=year]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=year_amount] input",
            run: "edit 12000",
        },
        {
            trigger: ".modal button:contains(Compute)",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Fabrics):contains(1,000)",
        },
        {
            trigger: ".modal button:contains(Take over)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=line_ids]:contains(Fabrics)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_plan_bridge_tour", {
    steps: () => [
        {
            content: "Why?",
            trigger: ".oe_stat_button[name=action_explain]",
            run: "click",
        },
        { trigger: ".o_plan_bridge canvas" },
        { trigger: ".o_plan_bridge_volume:contains(Volume)" },
        {
            content: "Look at one category",
            trigger: ".o_plan_bridge_row:contains(Fabrics)",
            run: "click",
        },
        { trigger: ".o_plan_bridge_shown:contains(Fabrics)" },
        {
            content: "and at the documents behind it",
            trigger: ".o_plan_bridge_facts",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Customer A)" },
    ],
});
