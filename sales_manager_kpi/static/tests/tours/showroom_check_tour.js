import { registry } from "@web/core/registry";

const BRANCH = ".o_kanban_record:contains(Utrecht)";
const card = (barcode) => `.o_showroom_check_card[data-barcode="${barcode}"]`;

registry.category("web_tour.tours").add("sales_showroom_check", {
    steps: () => [
        {
            content: "The board says what to do",
            trigger: `${BRANCH} .o_showroom_next_check:contains(No check is planned)`,
        },
        {
            trigger: `${BRANCH} .o_showroom_check_now:contains(Check now)`,
            run: "click",
        },
        { trigger: ".o_showroom_check_progress:contains(0 of 3)" },
        {
            content: "One is there",
            trigger: `${card("SM-GOOD")} .o_showroom_check_found`,
            run: "click",
        },
        { trigger: ".o_showroom_check_progress:contains(1 of 3)" },
        {
            content: "One has had its day",
            trigger: `${card("SM-WORN")} .o_showroom_check_condition[data-condition=d]`,
            run: "click",
        },
        {
            content: "What was answered before leaves what is left to do",
            trigger: `.o_showroom_check:not(:has(${card("SM-GOOD")})) ${card("SM-WORN")}.border-danger`,
        },
        { trigger: ".o_showroom_check_progress:contains(2 of 3)" },
        {
            content: "One is scanned",
            trigger: ".o_showroom_check_code",
            run: "edit SM-SCANNED",
        },
        { trigger: ".o_showroom_check_code", run: "press Enter" },
        { trigger: ".o_notification:contains(Found: Lamp)" },
        { trigger: ".o_showroom_check_progress:contains(3 of 3)" },
        {
            trigger: ".o_showroom_check_finish",
            run: "click",
        },
        {
            content: "What it comes to",
            trigger: ".modal .o_showroom_check_confirm",
            run: "click",
        },
        { trigger: ".o_showroom_check_done" },
    ],
});
