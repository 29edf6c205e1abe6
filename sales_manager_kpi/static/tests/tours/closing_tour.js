import { registry } from "@web/core/registry";

const openMonth = {
    content: "Open the month that is due; the running one is above it",
    trigger: ".o_data_row:nth-child(2) .o_data_cell[name=display_name]",
    run: "click",
};

registry.category("web_tour.tours").add("sales_closing_blocked_tour", {
    steps: () => [
        openMonth,
        { trigger: ".o_form_view .alert:contains(Put right what blocks)" },
        {
            content: "Go to what blocks",
            trigger:
                ".o_field_widget[name=point_ids] .o_data_row:contains(not approved) button[name=action_open]",
            run: "click",
        },
        { trigger: ".breadcrumb-item:contains(Closing), .o_back_button" },
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
    ],
});

registry.category("web_tour.tours").add("sales_closing_tour", {
    steps: () => [
        openMonth,
        {
            trigger:
                ".o_form_view .o_field_widget[name=point_ids] .o_data_row:contains(Fine)",
        },
        {
            content: "Close it",
            trigger: ".o_statusbar_buttons button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Closed)" },
        {
            content: "The seal holds",
            trigger: ".o_statusbar_buttons button[name=action_verify]",
            run: "click",
        },
        { trigger: ".o_notification:contains(as they were sealed)" },
        {
            content: "Look at what was frozen",
            trigger: "button[name=action_open_frozen]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Maria)" },
    ],
});
