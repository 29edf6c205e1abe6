import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_my_day", {
    steps: () => [
        {
            content: "The customer that waits for a call",
            trigger:
                ".o_my_day_item:contains(Customer A) .o_my_day_primary[data-action=log_contact]:contains(Log)",
        },
        {
            trigger: ".o_my_day_item[data-item^=contacts] .o_my_day_primary",
            run: "click",
        },
        {
            trigger: ".modal .btn-outline-primary:contains(Visit)",
            run: "click",
        },
        {
            trigger: ".modal textarea[name=note]",
            run: "edit Wants the new velvet",
        },
        {
            trigger: ".modal .o_my_day_confirm",
            run: "click",
        },
        {
            content: "It is done, and gone",
            trigger: ".o_my_day:not(:has(.o_my_day_item[data-item^=contacts]))",
        },
        {
            content: "The evening line counts it",
            trigger: ".o_my_day_evening .badge:contains(Contacts 1)",
        },
        {
            content: "The quotation into the calendar",
            trigger:
                ".o_my_day_item[data-item^=quotations] button[data-action=plan]",
            run: "click",
        },
        {
            trigger: ".modal input[name=at]",
        },
        {
            trigger: ".modal .o_my_day_confirm",
            run: "click",
        },
        {
            content: "It has its time",
            trigger:
                ".o_my_day:not(:has(.modal)) .o_my_day_item[data-item^=quotations]:has(.o_my_day_planned), .o_my_day_agenda .o_my_day_item, .o_notification:contains(Into the calendar)",
        },
        {
            content: "By kind",
            trigger: ".o_my_day_grouped",
            run: "click",
        },
        {
            trigger: ".o_my_day h5:contains(Quotations to close)",
        },
    ],
});
