import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_acting_for", {
    steps: () => [
        {
            content: "messages are fetched once they are in sight",
            trigger: ".o-mail-Chatter",
            timeout: 40000,
            run() {
                this.anchor.scrollIntoView();
            },
        },
        {
            content: "what the deputy wrote says for whom",
            trigger: ".o-mail-Message:contains('Called') .o_smk_acting_for:contains('for manager_a')",
        },
        {
            content: "what the principal wrote says nothing",
            trigger: ".o-mail-Message:contains('Before I left'):not(:has(.o_smk_acting_for))",
        },
        {
            content: "who confirmed for whom",
            trigger: "a[name='other_information'], button[name='other_information']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='acting_for_id']:contains('manager_a')",
        },
    ],
});
