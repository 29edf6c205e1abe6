import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const LINE = ".o_field_widget[name=line_ids] .o_data_row";

registry.category("web_tour.tours").add("sales_plan_counter_tour", {
    steps: () => [
        {
            content: "Open the plan that waits",
            trigger: ".o_data_row:contains(Maria) .o_data_cell[name=period_id]",
            run: "click",
        },
        {
            content: "Put another amount against the proposal",
            trigger: `${LINE} .o_data_cell[name=target_amount]`,
            run: "click",
        },
        {
            trigger: `${LINE} .o_field_widget[name=target_amount] input`,
            run: "edit 1500",
        },
        ...stepUtils.saveForm(),
        {
            content: "Proposed, countered and agreed stand side by side",
            trigger: `${LINE} .o_data_cell[name=counter_amount]:contains(1,500)`,
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_return]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Two refits are signed",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Returned)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_plan_accept_tour", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Returned) .o_data_cell[name=period_id]",
            run: "click",
        },
        {
            trigger: ".alert:contains(Two refits are signed)",
        },
        {
            content: "Take the counter as it is",
            trigger: ".o_statusbar_buttons button[name=action_submit]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Submitted)",
        },
        {
            trigger: ".o_notebook .nav-link:contains(Negotiation)",
            run: "click",
        },
        {
            content: "The trail says what happened",
            trigger:
                ".o_field_widget[name=negotiation_ids] .o_data_row:contains(Counter accepted)",
        },
        {
            trigger:
                ".o_field_widget[name=negotiation_ids] .o_data_row:contains(Two refits)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_plan_matrix_tour", {
    steps: () => [
        {
            content: "Who has no plan",
            trigger: ".o_plan_matrix_cell[data-kind=submitted]",
        },
        {
            trigger: "tr:contains(Maria) .o_plan_matrix_cell:contains(none):eq(-1)",
            run: "click",
        },
        {
            content: "A new plan for that manager",
            trigger:
                ".o_form_view .o_field_widget[name=user_id] input:value(Maria), .o_form_view .o_field_widget[name=user_id]:contains(Maria)",
        },
    ],
});
