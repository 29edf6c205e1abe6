"""Every term of the addon is said in Dutch, with the same placeholders and tags."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

from tools import merge_terms

FOLDER = Path(__file__).resolve().parent.parent / "sales_manager_kpi" / "i18n"
PLACEHOLDERS = re.compile(r"%\(\w+\)[sdf]|%%|%[sdf]|\$?\{[^}]*\}")
TAGS = re.compile(r"<[^>]+>")
# The same in Dutch. Another empty term is one that nobody has translated yet.
SAME = {
    "%(product)s: %(missing)s",
    '<span class="text-muted"> · </span>',
    "Was",
    "%(old)s → %(new)s",
    "<span>–</span>",
    *("<strong>Manager:</strong>", "<strong>Status:</strong>"),
    *("<strong>Manager: </strong>", "<strong>Status: </strong>"),
    *("Plan %(plan)s", "Plan ("),
    "object._document_name()",
    *("Document", "Lead", "Leads", "Record", "Backtest", "Deadline", "Order %"),
    *("%(field)s: %(old)s → %(new)s", "object.display_name"),
    *("April", "Bottom-up", "Code", "Contact", "Criteria", "December", "Filter", "ID"),
    *("Import", "Manager", "Model", "Moment", "November", "Open", "Order", "Orders"),
    *("Mix", "Plan", "Product", "Records", "Score", "Sector", "September", "Status"),
    *("Volume", "Wizard"),
    *("%(agreement)s: %(message)s", "%(amount)s per %(unit)s", "%(rate)g %%"),
    *("Bonus", "Bonus %", "Budget", "Contract", "Is", "Minimum", "eWallet"),
    "object._get_report_base_filename()",
    "Backtests",
    "Norm %",
    '<i class="fa fa-map-marker" role="img" title="Place"/>',
    *("Barcode", "Norm", "Showroom", "Showroom %s", "Showrooms", "Variant", "per"),
    *("ABC", "E-mail", "Effect", "Incoterm", "Mail", "Transport", "e-mail"),
    "%(product)s: %(field)s %(old)s → %(new)s",
    *("%(amount)s", "%(amount)s = %(base)s × %(each)s", "%(number)s %%"),
    *("%(amount)s = %(base)s × %(rate)s %%", "%(component)s: %(reason)s"),
    "%(axis)s – %(tiers)s; %(method)s.",
    *("Badge", "Badges", "Later", "PDF", "Per", "Spreadsheet (XLSX)", "in"),
    *("basis", "justified", "period_id", "scorecard_id", "verdict"),
    *("finding_gone", "finding_open", "finding_settled", "{{ object.name }}"),
    *("promise_broken", "promise_withdrawn"),
    *("loan_back", "loan_charged", "loan_lost", "loan_part", "object.branch_id.name"),
}
EDGES = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)


@pytest.fixture(scope="module")
def template():
    return polib.pofile(FOLDER / "sales_manager_kpi.pot")


@pytest.fixture(scope="module", params=["nl"])
def language(request):
    return polib.pofile(FOLDER / f"{request.param}.po")


def differing(pattern, entries):
    """Terms in which the pattern finds something else in the translation."""
    return [
        entry.msgid
        for entry in entries
        if entry.msgstr
        and Counter(pattern.findall(entry.msgid))
        != Counter(pattern.findall(entry.msgstr))
    ]


def test_template_has_terms(template):
    assert len(template) > 500


def test_every_term_is_translated(template, language):
    said = {entry.msgid for entry in language if entry.msgstr.strip()} | SAME
    assert [entry.msgid for entry in template if entry.msgid not in said] == []


def test_a_word_that_is_the_same_in_dutch_stays_empty(language):
    """As Odoo exports and OCA checks it."""
    assert [e.msgid for e in language if e.msgstr and e.msgid in SAME] == []


def test_no_term_left_over_or_unsure(template, language):
    wanted = {entry.msgid for entry in template}
    assert [entry.msgid for entry in language if entry.msgid not in wanted] == []
    assert not language.fuzzy_entries()
    assert not language.obsolete_entries()


def test_comments_that_load_terms_from_code(template, language):
    """Odoo takes Python's and JavaScript's terms by these comments."""
    wanted = {entry.msgid: entry.comment for entry in template}
    assert {entry.msgid: entry.comment for entry in language} == wanted


def test_same_placeholders(language):
    assert differing(PLACEHOLDERS, language) == []


def test_same_tags(language):
    assert differing(TAGS, language) == []


def test_same_spaces_around(language):
    assert [
        entry.msgid
        for entry in language
        if entry.msgstr
        and EDGES.match(entry.msgid).groups() != EDGES.match(entry.msgstr).groups()
    ] == []


def test_nobody_is_addressed_formally(language):
    """Odoo's Dutch says je, not u."""
    formal = re.compile(r"\b(u|uw)\b", re.IGNORECASE)
    assert [e.msgstr for e in language if formal.search(e.msgstr)] == []


# --- ./dev update-pot -----------------------------------------------------------


def write_terms(path, **said):
    """A file of terms; underscores in the names stand for spaces."""
    terms = polib.POFile()
    terms.metadata = {"POT-Creation-Date": path.stem}
    for term, text in said.items():
        terms.append(polib.POEntry(msgid=term.replace("_", " "), msgstr=text))
    terms.save(path)
    return path


def test_merging_keeps_what_is_said_of_the_terms_there_are(tmp_path):
    template = write_terms(tmp_path / "new.pot", Plan="", New="", My_plan="")
    language = write_terms(
        tmp_path / "nl.po", Plan="Plan", Gone="Weg", My_plan="Mijn plan"
    )
    merge_terms.merge(template, language)
    merged = polib.pofile(language)
    said = {entry.msgid: entry.msgstr for entry in merged}
    assert said == {"Plan": "", "New": "", "My plan": "Mijn plan"}
    assert merged.metadata["POT-Creation-Date"] == "new"
    assert merged.metadata["Language"] == "nl"


def test_merging_begins_a_language(tmp_path):
    template = write_terms(tmp_path / "new.pot", Plan="")
    merge_terms.merge(template, tmp_path / "fr.po")
    merged = polib.pofile(tmp_path / "fr.po")
    assert [entry.msgid for entry in merged] == ["Plan"]
    assert merged.metadata["Language"] == "fr"
