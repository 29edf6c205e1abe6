"""Put translations into exported terms. Runs in the venv, which has polib."""

import sys
from pathlib import Path

import polib

WIDTH = 78


def merge(template, language):
    """Give the .po file `language` the terms of `template`, and keep what it says.

    Odoo's own export of a language empties the file before it reads from it what code
    says. A word that is the same in both languages stays empty, as Odoo and OCA do it.
    """
    terms = polib.pofile(str(template), wrapwidth=WIDTH)
    terms.metadata["Language"] = Path(language).stem
    if Path(language).exists():
        old = polib.pofile(str(language))
        created = terms.metadata["POT-Creation-Date"]
        terms.metadata.update(old.metadata, **{"POT-Creation-Date": created})
        known = {entry.msgid: entry.msgstr for entry in old}
        for entry in terms:
            text = known.get(entry.msgid, "")
            entry.msgstr = "" if text == entry.msgid else text
    terms.save(str(language))


if __name__ == "__main__":
    for path in sys.argv[2:]:
        merge(sys.argv[1], path)
