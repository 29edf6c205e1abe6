import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CalendarCommonPopover } from "@web/views/calendar/calendar_common/calendar_common_popover";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";

/** An absence in the calendar: whoever decides names who stands in from here. */
export class AbsencePopover extends CalendarCommonPopover {
    static subTemplates = {
        ...CalendarCommonPopover.subTemplates,
        footer: "sales_manager_kpi.AbsencePopover.footer",
    };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get canAppoint() {
        return this.props.record.rawRecord.can_appoint;
    }
    get isEventEditable() {
        return super.isEventEditable && this.props.record.rawRecord.can_change;
    }
    get isEventDeletable() {
        return super.isEventDeletable && this.props.record.rawRecord.can_change;
    }

    async onAppoint() {
        const { record, model } = this.props;
        this.props.close();
        const args = [[record.id]];
        const action = await this.orm.call("sales.absence", "action_appoint", args);
        await this.action.doAction(action, { onClose: () => model.load() });
    }
}

class AbsenceCommonRenderer extends CalendarCommonRenderer {
    static components = {
        ...CalendarCommonRenderer.components,
        Popover: AbsencePopover,
    };
}

class AbsenceRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: AbsenceCommonRenderer,
        week: AbsenceCommonRenderer,
        month: AbsenceCommonRenderer,
    };
}

registry.category("views").add("sales_absence_calendar", {
    ...calendarView,
    Renderer: AbsenceRenderer,
});
