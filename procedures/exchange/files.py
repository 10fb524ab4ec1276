"""Template files inside an import: checked like every upload, by a full parse in a child process."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.utils.translation import gettext as _

from common.files.uploads import not_taken, parse
from common.refusals import Refused

from ..versions.serialising import digested
from .item import Fault
from .outcome import FAULTY, Outcome, Plan

# Each takes about 0.3 s.
MAX_NEW = 60
AT_ONCE = 2


def check_templates(planned: Plan) -> Plan:
    """Add a fault for every new template file that is not taken; files that are stored already were checked then."""
    fresh = [
        (outcome, paper)
        for outcome in planned.outcomes
        if outcome.target is not None
        for paper in outcome.target["papers"]
        if "content" in (paper["template_file"] or {}) and _hash(paper) not in outcome.files_there
    ]
    files = {_hash(paper): paper["template_file"] for _outcome, paper in fresh}
    if len(files) > MAX_NEW:
        message = _("At most %(count)d new template files at once. Split the file, for example by field.")
        for outcome, _paper in fresh:
            _refuse(outcome, outcome.place, message % {"count": MAX_NEW})
        return planned
    with ThreadPoolExecutor(AT_ONCE) as pool:
        refused = dict(zip(files, pool.map(_why_not, files.values()), strict=True))
    for outcome, paper in fresh:
        if why := refused[_hash(paper)]:
            _refuse(outcome, f"{outcome.place}, “{paper['name']}”", why)
    return planned


def _hash(paper: dict[str, Any]) -> str:
    return str((digested(paper["template_file"]) or {}).get("sha256", ""))


def _why_not(template: dict[str, Any]) -> str:
    """Return why a file is not taken, '' when it is."""
    name = template["name"]
    try:
        facts, _rewritten = parse(name.rpartition(".")[2].lower(), base64.b64decode(template["content"]), name)
        if not facts.get("as_is", True):
            # Its hash names it on both sides, so it is stored as it came or not at all.
            raise not_taken("content", name)
    except Refused as refusal:
        return str(refusal.message)
    return ""


def _refuse(outcome: Outcome, place: str, reason: str) -> None:
    fault = Fault(place, reason)
    if fault not in outcome.faults:
        outcome.faults.append(fault)
    outcome.state = FAULTY
