import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains(Zoe)";

registry.category("web_tour.tours").add("sales_counter", {
    steps: () => [
        {
            content: "Somebody has been waiting, and it shows",
            trigger: ".o_kanban_record:contains(Customer A) .o_branch_visit_waiting.text-danger:contains(waiting)",
        },
        {
            content: "Somebody new comes in",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=visitor_name] input",
            run: "edit Zoe",
        },
        {
            trigger: ".o_field_widget[name=phone] input",
            run: "edit +31 6 1234 5678",
        },
        {
            trigger: ".o_field_widget[name=wish] textarea",
            run: "edit Velvet for a sofa",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_form_dirty)) .o_statusbar_buttons button[name=action_serve]",
        },
        {
            trigger: ".breadcrumb-item a:contains(Counter)",
            run: "click",
        },
        {
            trigger: `${CARD} .o_branch_visit_waiting.text-success:contains(waiting 0 min)`,
        },
        {
            trigger: `${CARD} a[name=action_serve]`,
            run: "click",
        },
        {
            content: "Nobody knows her: a lead",
            trigger: `${CARD} a[name=action_lead]`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] textarea:value(Velvet for a sofa), .o_form_view .o_field_widget[name=name] input:value(Velvet for a sofa)",
        },
        {
            trigger: ".breadcrumb-item a:contains(Counter)",
            run: "click",
        },
        {
            trigger: `${CARD} a[name=action_done]`,
            run: "click",
        },
        {
            content: "The lead is what came of it",
            trigger: `${CARD}:contains(Lead):not(:has(a[name=action_done]))`,
        },
        {
            content: "Who only looks round is asked for",
            trigger: ".o_kanban_record:contains(Customer A) a[name=action_serve]",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Customer A) a[name=action_done]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] input[data-value=looking]:checked",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Customer A):contains(Just looking)",
        },
    ],
});
