"""External ids that two files of the addon define: the later one overwrites silently.

Odoo takes the second definition for an update of the first, whatever its model.
"""

import csv
from collections import defaultdict
from xml.etree import ElementTree

from tools import databases
from tools.paths import ADDON, ROOT

DEFINING = ("record", "template", "menuitem", "asset")


def problems(folder=None, manifest=None):
    """``["id is defined in a.xml and b.xml"]``, of the files a manifest names."""
    folder = folder or ROOT / ADDON
    manifest = manifest or databases.manifest()
    found = defaultdict(list)
    for name in [*manifest.get("data", ()), *manifest.get("demo", ())]:
        for xml_id in _defined(folder / name):
            found[xml_id.removeprefix(f"{ADDON}.")].append(name)
    return [
        f"{xml_id} is defined in {' and '.join(names)}"
        for xml_id, names in sorted(found.items())
        if len(names) > 1
    ]


def _defined(path):
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as rows:
            return [row["id"] for row in csv.DictReader(rows) if row.get("id")]
    if path.suffix != ".xml":
        return []
    nodes = ElementTree.parse(path).getroot().iter()
    return [node.get("id") for node in nodes if node.tag in DEFINING and node.get("id")]
