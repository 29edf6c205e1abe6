import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_customer_base", {
    steps: () => [
        {
            content: "The customer that waits for a call",
            trigger: ".o_data_row .o_data_cell[name=partner_id]:contains(Customer A)",
            run: "click",
        },
        {
            content: "What is missing is named",
            trigger: ".alert:contains(Missing):contains(Phone)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_log_contact]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] input",
            run: "edit Wants the new velvet",
        },
        {
            trigger: ".modal footer button[name=action_log]",
            run: "click",
        },
        {
            content: "The contact is in the list",
            trigger:
                ".o_field_widget[name=contact_ids] .o_data_cell:contains(Wants the new velvet)",
        },
        {
            content: "What is missing is filled in",
            trigger: ".alert button[name=action_open_partner]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=phone] input",
            run: "edit +31 30 123 4567",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "And is not missing any more",
            trigger: ".o_form_view .o_form_saved, .o_form_view:not(:has(.o_form_dirty))",
        },
        {
            trigger: ".alert:contains(Missing):not(:contains(Phone))",
        },
    ],
});
