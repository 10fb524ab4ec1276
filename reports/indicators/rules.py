"""The indicators in words: each with its formula, what is counted of what, where the rule stands, and what is missing.

Points of Quyết định 766/QĐ-TTg are not written here: their weights are not verified. Those of Thông tư 01/2018/TT-VPCP
stand in its articles 13 and 15.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

DECISION = _("Quyết định 766/QĐ-TTg (2022), group %(group)s")
CIRCULAR = _("Thông tư 01/2018/TT-VPCP, article 13, index %(group)s")


@dataclass(frozen=True)
class Rule:
    """An indicator: what is divided by what. ``behind`` names the dossiers it is of, '' where it is of none.

    ``missing`` says why it is not measured; ``note`` what to know when reading it.
    """

    code: str
    name: Any
    numerator: Any = ""
    denominator: Any = ""
    behind: str = ""
    missing: Any = ""
    note: Any = ""

    @property
    def key(self) -> str:
        """Its name in addresses and ids: '2-1'."""
        return self.code.replace(".", "-")

    @property
    def source(self) -> str:
        """The text in which the rule stands, and its group or index there."""
        of_circular = self.code.startswith("tt")
        group = self.code.removeprefix("tt.") if of_circular else self.code.partition(".")[0]
        return str(CIRCULAR if of_circular else DECISION) % {"group": group}


_RESOLVED = _("dossiers with a result in the period")
_RECEIVED = _("dossiers received in the period")
_ON_OFFER = _("procedures on offer today")
_PORTAL = _("This portal is not connected to the National Public Service Portal.")
_NOT_KNOWN_HERE = _("The portal does not keep on which day a procedure's decision was signed.")
_NOT_SIGNED = _("Results are not digitally signed yet.")
_EACH_DOSSIER = _("points of all dossiers: 2 for shorter, 1 for equal, 0 for longer than promised")

# (heading, rules)
GROUPS: tuple[tuple[Any, tuple[Rule, ...]], ...] = (
    (
        _("Openness"),
        (
            Rule("1.1", _("Procedures announced in time"), missing=_NOT_KNOWN_HERE),
            Rule("1.2", _("Procedures published in time"), missing=_NOT_KNOWN_HERE),
            Rule(
                "1.3",
                _("Procedures published in full"),
                _("of them those whose published text has no part that is still unverified"),
                _ON_OFFER,
            ),
            Rule("1.4", _("Dossiers shared with the National Public Service Portal"), missing=_PORTAL),
        ),
    ),
    (
        _("Progress"),
        (
            Rule(
                "2.1",
                _("Dossiers resolved early or on time"),
                _("of them those that were never late"),
                _RESOLVED,
                "in_time",
                note=_("What is being resolved, awaited or was stopped does not count as resolved."),
            ),
            Rule(
                "2.2",
                _("Average time to a result"),
                _("working hours from reception to result, without the time in which the applicant is awaited"),
                _RESOLVED,
                "in_time",
            ),
        ),
    ),
    (
        _("Online services"),
        (
            Rule("3.1", _("Procedures offered online"), _("of them those at level 3 or 4"), _ON_OFFER),
            Rule(
                "3.2",
                _("Online services that are used"),
                _("of them those for which a dossier was filed online in the period"),
                _("procedures offered at level 3 or 4 today"),
            ),
            Rule("3.3", _("Dossiers filed online"), _("of them those filed online"), _RECEIVED, "online"),
            Rule(
                "3.5",
                _("Procedures with a fee that can be paid online"),
                _("of them those at level 4, while the portal takes payments"),
                _("procedures on offer today that have a fee"),
            ),
            Rule(
                "3.6",
                _("Dossiers whose fee was paid online"),
                _("of them those paid on the portal"),
                _("dossiers received in the period for which a fee is due"),
                "paid_online",
            ),
        ),
    ),
    (
        _("Digitisation"),
        (
            Rule(
                "4.1",
                _("Dossiers with an electronic result"),
                _("of them those whose result is kept as a file"),
                _RESOLVED,
                "result",
                note=_NOT_SIGNED,
            ),
            Rule(
                "4.2",
                _("Digitised dossiers"),
                _("of them those with papers and result as files"),
                _RESOLVED,
                "digitised",
                note=_NOT_SIGNED,
            ),
            Rule(
                "4.3",
                _("Dossiers that use digitised data again"),
                _("of them those with a paper taken from an earlier dossier"),
                _RECEIVED,
                "reused",
            ),
            Rule("4.4", _("Digitised dossiers shared for use elsewhere"), missing=_PORTAL),
            Rule(
                "4.5",
                _("Dossiers that use the national population database"),
                missing=_("This portal is not connected to the national population database."),
            ),
        ),
    ),
    (
        _("Satisfaction"),
        (
            Rule(
                "5.2",
                _("Feedback answered in time"),
                _("of it what was answered in time"),
                _("feedback to be answered in the period"),
            ),
            Rule(
                "5.3",
                _("Satisfaction with the answer to feedback"),
                missing=_("Nobody is asked yet how satisfied they are with an answer."),
            ),
            Rule(
                "5.4",
                _("Satisfaction with how dossiers are resolved"),
                _("100 percent less the share of late dossiers and the share of those rated as dissatisfied"),
                _RESOLVED,
            ),
        ),
    ),
)
INDICES: tuple[Rule, ...] = (
    Rule("tt.1", _("Total time against the time allowed"), _EACH_DOSSIER, _RESOLVED, "total_time"),
    Rule(
        "tt.2",
        _("Time of each unit against the time allotted to it"),
        _("points of all steps: 2 for shorter, 1 for equal, 0 for longer than allotted"),
        _("steps that ended in the period and had a time allotted"),
    ),
    Rule(
        "tt.3",
        _("How often one had to come back to complete the dossier"),
        _("points of all dossiers: 2 for never, 1 for once, 0 for more often, by the supplements asked for"),
        _RESOLVED,
        "contacts",
        note=_("Whose fault a supplement was is not known here: each counts."),
    ),
    Rule(
        "tt.4",
        _("How many agencies one had to turn to"),
        missing=_("The portal does not know which other agencies somebody had to go to."),
    ),
    Rule(
        "tt.5",
        _("How reception and return are organised at the desk"),
        missing=_("The list of procedures that must be taken at the desk is not kept here."),
    ),
    Rule(
        "tt.6",
        _("Publication of procedures"),
        missing=_("Whether the same is posted on paper at the desk is not known here."),
    ),
    Rule(
        "tt.7",
        _("Attitude of officers"),
        missing=_("What feedback says of officers is judged by whoever examines it, not counted here."),
    ),
    Rule(
        "tt.8",
        _("Answers to feedback"),
        _("2 for all in time or none received, 1 for at least 90 percent in time, 0 for fewer or for any left overdue"),
        _("feedback to be answered in the period"),
    ),
    Rule(
        "tt.9",
        _("Progress and quality of online services"),
        _(
            "2 for at least 20 percent of procedures at level 3 or 4 and 30 percent of dossiers filed online, "
            "1 for some procedures and 15 percent of dossiers, each with no online dossier late; else 0"
        ),
        _("one score for the unit"),
        "online_in_time",
    ),
)
RULES = {rule.key: rule for rule in (*(rule for _name, rules in GROUPS for rule in rules), *INDICES)}
