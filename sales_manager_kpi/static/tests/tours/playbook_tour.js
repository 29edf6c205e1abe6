import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_playbook", {
    steps: () => [
        {
            content: "What must be checked first",
            trigger:
                ".o_playbook_step .form-check:contains(Who decides) input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".o_playbook_step .form-check:contains(Who decides) input:checked",
        },
        {
            content: "The step is done",
            trigger: ".o_playbook_tick",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] input",
            run: "edit Asked",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            trigger:
                ".o_playbook_strip button[data-state=done]:contains(Circle)",
        },
        {
            content: "The next one is open",
            trigger: ".o_playbook_step:contains(Offer)",
        },
        {
            content: "The customer objects",
            trigger: "button[name=action_log_objection]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=objection_id] input",
            run: "edit Tour obj",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour objection)",
            run: "click",
        },
        {
            content: "The answer that helped most is proposed",
            trigger: ".modal .o_field_widget[name=answer_id] input:value(Tour answer)",
        },
        {
            trigger: ".modal footer button[name=action_log]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_playbook_strip",
        },
    ],
});
