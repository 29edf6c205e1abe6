import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_registration", {
    steps: () => [
        {
            content: "The strip says what is missing, and what to do",
            trigger: ".alert:contains(The customer's reference is missing)",
        },
        {
            trigger: "button[name=action_confirm]:enabled:visible",
            run: "click",
        },
        {
            content: "It was found, and is one click away",
            trigger: "button[name=action_open_registration_events]",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=document_name]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_dispute]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They order by phone",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Disputed)" },
    ],
});
