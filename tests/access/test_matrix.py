"""Who may open what: every URL name × every persona, reads and writes.

A URL that is missing here fails the suite. Expected answers: ``in`` (the page,
its form again, or a redirect of its own), ``login`` (sign in first), ``403``,
``404``, ``405``.
"""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Alert, AlertKind
from dossiers.desk.actions import BY_SEGMENT
from dossiers.models import TalkFile
from dossiers.tests.steps import STEPS
from offices.models import Holiday
from payments.models import Discrepancy, DiscrepancyKind, HandoverRecord, Parcel, SettlementBatch
from payments.reconciling import reporting
from procedures.models import ChecklistStep, LifeEvent, Proposal, Signpost
from procedures.versions import drafting
from reports.models import Target
from tests.access.answers import Browsers, answer_kind, answer_of, undone, url_names
from tests.access.articles import articles
from tests.access.feedback import feedback
from tests.access.personas import (
    ADMIN,
    ADMIN_ELSEWHERE,
    AUDIT,
    CLERK,
    DESK,
    DESK_DOSSIER,
    EVERYBODY,
    GET,
    LEADER,
    MEMBERS,
    NOBODY,
    OUTSIDE,
    OWNER,
    PERSONAS,
    POST,
    PUBLISHER,
    Case,
)
from tests.access.rated import ratings
from tests.access.world import World
from tests.factories import NOW
from tests.present import present


def rows(world: World) -> list[Case]:
    """Return (URL name, method, URL arguments, expected by persona)."""
    code = world.version.procedure.code
    draft, submitted, asked = world.draft, world.submitted, world.asked
    decided = world.decided
    paper, sent_paper = present(draft.papers.first()), present(submitted.papers.first())
    slip = present(submitted.slips.first())
    message = world.failed_message()
    public: list[Case] = [
        (name, GET, [], EVERYBODY)
        for name in (
            "healthz",
            "readyz",
            "home",
            "help",
            "contact",
            "accessibility",
            "privacy",
            "site_map",
            "sitemap",
            "robots",
            "display",
            "procedures:find",
            "track:find",
            "account_login",
            "account_signup",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "account_logout",
        )
    ]
    return [
        *public,
        *administration(world),
        *catalogue(world),
        *audited(world),
        *post(world),
        *talk(world),
        *paying(world),
        *desk_money(world),
        *figures(world),
        *articles(world),
        *feedback(world),
        *ratings(world),
        ("sitemap_part", GET, [0], EVERYBODY),
        # No code is awaited: strangers are sent to the sign-in page, members home.
        ("account_email_verification_sent", GET, [], MEMBERS),
        ("display", POST, [], EVERYBODY),
        ("language", POST, [], EVERYBODY),
        ("csp_report", POST, [], EVERYBODY),
        # A provider is known by its signature alone.
        ("payments:vnpay_ipn", GET, [], EVERYBODY),
        ("payments:vnpay_return", GET, [], EVERYBODY),
        ("payments:vnpost_webhook", POST, [], EVERYBODY),
        ("demo_mail", GET, [], NOBODY),
        ("demo_mail_message", GET, [message.pk], NOBODY),
        ("accounts:register_kind", GET, ["citizen"], EVERYBODY),
        ("accounts:resume", GET, [], MEMBERS),
        *[("accounts:acting", method, [], MEMBERS) for method in (GET, POST)],
        *[("accounts:joining", method, ["x"], EVERYBODY) for method in (GET, POST)],
        # Nobody of them is an organisation.
        *[(f"accounts:{name}", GET, [], NOBODY | {"anonymous": "login"}) for name in ("people", "people_invite")],
        ("accounts:people_invite", POST, [], NOBODY | {"anonymous": "login"}),
        ("accounts:people_member", GET, [10**6], NOBODY | {"anonymous": "login"}),
        ("accounts:people_end", POST, [10**6], NOBODY | {"anonymous": "login"}),
        ("accounts:profile", GET, [], MEMBERS),
        ("accounts:edit", GET, [], MEMBERS),
        *[(f"accounts:{name}", GET, [], MEMBERS) for name in ("sessions", "export", "close")],
        *[(f"accounts:{name}", POST, [], MEMBERS) for name in ("export", "close", "end_sessions", "forget")],
        # Nobody's session has this number.
        ("accounts:end_session", POST, [10**6], NOBODY | {"anonymous": "login"}),
        ("account_reset_password_from_key", GET, ["1", "x-y"], EVERYBODY),
        ("account_change_password", GET, [], MEMBERS),
        ("account_email", GET, [], MEMBERS),
        ("procedures:detail", GET, [code], EVERYBODY),
        ("procedures:template", GET, [code, 1], NOBODY),
        ("procedures:blank_form", GET, [code], EVERYBODY),
        *[(f"procedures:{name}", GET, [code], EVERYBODY) for name in ("fill", "fill_review", "fill_print", "fill_pdf")],
        *[(f"procedures:{name}", POST, [code], EVERYBODY) for name in ("fill", "fill_print", "fill_discard")],
        ("procedures:fill_section", GET, [code, "requester"], EVERYBODY),
        ("procedures:fill_section", POST, [code, "requester"], EVERYBODY),
        ("applicant:apply", GET, [code], EVERYBODY),
        ("applicant:apply", POST, [code], MEMBERS),
        ("applicant:dossiers", GET, [], MEMBERS),
        *[
            (f"applicant:{name}", GET, [draft.ref], OWNER)
            for name in ("dossier", "authority", "papers", "delivery", "review", "discard", "submitted")
        ],
        ("applicant:section", GET, [draft.ref, "requester"], OWNER),
        ("applicant:section", POST, [draft.ref, "requester"], OWNER),
        ("applicant:authority", POST, [draft.ref], OWNER),
        ("applicant:papers", POST, [draft.ref], OWNER),
        ("applicant:paper_upload", POST, [draft.ref, "chung-sinh"], OWNER),
        ("applicant:paper_promise", POST, [draft.ref, "chung-sinh"], OWNER),
        ("applicant:paper_file", GET, [draft.ref, paper.ref], OWNER),
        ("applicant:paper_preview", GET, [draft.ref, paper.ref], OWNER),
        ("applicant:paper_turn", POST, [draft.ref, paper.ref], OWNER),
        ("applicant:paper_move_up", POST, [draft.ref, paper.ref], OWNER),
        ("applicant:paper_again", POST, [draft.ref, "chung-sinh", sent_paper.ref], OWNER),
        ("applicant:paper_remove", POST, [draft.ref, paper.ref], OWNER),
        ("applicant:delivery", POST, [draft.ref], OWNER),
        ("applicant:submit", POST, [draft.ref], OWNER),
        ("applicant:discard", POST, [draft.ref], OWNER),
        ("applicant:renew", POST, [draft.ref], OWNER),
        ("applicant:remember", POST, [submitted.ref], OWNER),
        ("applicant:dossier", GET, [submitted.ref], OWNER),
        ("applicant:slip", GET, [submitted.ref, slip.pk], OWNER),
        ("applicant:calendar", GET, [world.processing.ref], OWNER),
        ("applicant:signing_calendar", GET, [world.signing.ref], OWNER),
        ("applicant:declaration", GET, [submitted.ref], OWNER),
        ("applicant:withdraw", GET, [submitted.ref], OWNER),
        ("applicant:withdraw", POST, [submitted.ref], OWNER),
        *[("applicant:correction", method, [submitted.ref], OWNER) for method in (GET, POST)],
        *[("applicant:correction_answers", method, [world.allowed.ref], OWNER) for method in (GET, POST)],
        ("applicant:copy", POST, [submitted.ref], OWNER),
        ("applicant:supplement", GET, [asked.ref], OWNER),
        ("applicant:supplement", POST, [asked.ref], OWNER),
        ("applicant:result", GET, [decided.ref], OWNER),
        ("applicant:result", POST, [decided.ref], OWNER),
        ("applicant:result_file", GET, [decided.ref], OWNER),
        ("track:find", POST, [], EVERYBODY),
        ("track:by_number", POST, [], EVERYBODY),
        ("track:dossier", GET, [submitted.code], EVERYBODY),
        *[(f"desk:{name}", GET, [], DESK) for name in ("home", "list", "messages_failed", "shortcuts")],
        *books(world),
        ("desk:results", GET, [], CLERK),
        *[("desk:national", method, [], CLERK) for method in (GET, POST)],
        ("desk:national_template", GET, [], CLERK),
        *[(f"desk:national_{name}", POST, [], CLERK) for name in ("confirm", "export")],
        ("desk:search", POST, [], DESK),
        ("desk:message_called", POST, [message.pk], DESK_DOSSIER),
        ("desk:notice", GET, [asked.code, message.pk], DESK_DOSSIER),
        ("desk:print", GET, [slip.kind, submitted.code], DESK_DOSSIER),
        ("desk:counter", GET, [], CLERK),
        ("desk:counter", POST, [], CLERK),
        ("desk:counter_procedure", GET, [code], CLERK),
        ("desk:counter_procedure", POST, [code], CLERK),
        # Who has not scanned the code does not learn that a declaration exists.
        ("desk:counter_declaration", GET, [1], CLERK | {"clerk": "404", "other_clerk": "404"}),
        ("desk:counter_declaration", POST, [1], CLERK | {"clerk": "404", "other_clerk": "404"}),
        ("applicant:link", GET, [], MEMBERS),
        ("applicant:link", POST, [], MEMBERS),
        ("desk:declaration", GET, [submitted.code], DESK_DOSSIER),
        ("desk:dossier", GET, [submitted.code], DESK_DOSSIER),
        ("desk:history", GET, [submitted.code], DESK_DOSSIER),
        ("desk:deadline", GET, [submitted.code], DESK_DOSSIER),
        ("desk:unmask", POST, [submitted.code], DESK_DOSSIER),
        ("desk:paper_file", GET, [submitted.code, sent_paper.ref], DESK_DOSSIER),
        ("desk:paper_preview", GET, [submitted.code, sent_paper.ref], DESK_DOSSIER),
        ("desk:slip_pdf", GET, [submitted.code, slip.pk], DESK_DOSSIER),
        ("desk:result_print", GET, [world.lettered.code], DESK_DOSSIER),
        ("desk:result_file", GET, [decided.code], DESK_DOSSIER),
        ("desk:take", POST, [world.processing.code], of_roles("specialist")),
        *[
            ("desk:act", method, [getattr(world, step.state).code, step.segment], of_roles(*step.roles))
            for step in STEPS
            for method in (GET, POST)
        ],
        ("leader:home", GET, [], LEADER),
        ("leader:delegations", GET, [], LEADER),
        ("leader:delegations", POST, [], LEADER),
        ("leader:delegation_end", POST, [world.delegation.pk], LEADER),
        *[
            (f"manage:{name}", method, arguments, PUBLISHER)
            for name, arguments in (("export", []), ("export_one", [code]), ("import", []))
            for method in (GET, POST)
        ],
        ("manage:import_report", GET, [], PUBLISHER),
        ("manage:import_confirm", POST, [], PUBLISHER),
        ("manage:compare", GET, [code, 1], PUBLISHER),
    ]


def books(world: World) -> list[Case]:
    """Return the rows of what is settled in one visit: clerks enter, they and their leaders keep the books."""
    keepers, own = DESK | {"specialist": "403"}, DESK_DOSSIER | {"specialist": "403"}
    book = [world.commune.unit.slug, "copies"]
    return [
        *[("desk:attest", method, [], CLERK) for method in (GET, POST)],
        ("desk:books", GET, [], keepers),
        ("desk:book", GET, [*book, 2026], own),
        ("desk:book_export", POST, [*book, 2026], own),
        *[("desk:book_begin", method, book, own) for method in (GET, POST)],
    ]


def talk(world: World) -> list[Case]:
    """Return the rows of what the citizen and the office write to each other."""
    dossier = world.talked
    entry, file = present(dossier.talk.last()), TalkFile.objects.get(entry__dossier=dossier)
    return [
        *[(f"applicant:{name}", method, [dossier.ref], OWNER) for name in ("talk", "call") for method in (GET, POST)],
        ("applicant:talk_file", GET, [dossier.ref, file.ref], OWNER),
        *[("desk:talk", method, [dossier.code], DESK_DOSSIER) for method in (GET, POST)],
        ("desk:talk_read", POST, [dossier.code], DESK_DOSSIER),
        ("desk:talk_file", GET, [dossier.code, file.ref], DESK_DOSSIER),
        ("desk:called", POST, [entry.pk], DESK_DOSSIER),
    ]


def post(world: World) -> list[Case]:
    """Return the rows of the desk's screens of the post; parcels are the clerks' of their unit."""
    dossier, at = world.decided, {"ordered_at": NOW, "moved_at": NOW}
    of = {"dossier": dossier, "unit": world.commune.unit, "carrier": "vnpost", "address": {"name": "An"}}
    parcel, _made = Parcel.objects.get_or_create(order_code="PX4T8N2W6R", defaults={"way": "bring", **of, **at})
    record, _made = HandoverRecord.objects.get_or_create(
        unit=world.commune.unit, year=2026, number="1/BBGN", defaults={"at": NOW, "by": world.commune.clerk}
    )
    own, elsewhere = [parcel.order_code], CLERK | {"other_clerk": "404"}
    return [
        *[(f"post:{name}", GET, [], CLERK) for name in ("waiting", "parcels", "records")],
        ("post:waiting", POST, [], CLERK),
        ("post:find", POST, [], CLERK),
        *[(f"post:{name}", GET, own, elsewhere) for name in ("parcel", "label")],
        *[(f"post:{name}", POST, own, elsewhere) for name in ("cancel", "again", "settle")],
        ("post:record", GET, [record.pk], elsewhere),
    ]


def figures(world: World) -> list[Case]:
    """Return the rows of statistics, of leaders' figures and of targets."""
    shared = {"year": 2026, "level": 4, "measure": "count", "value": 10, "set_at": NOW}
    own, foreign = (
        Target.objects.get_or_create(unit=unit, defaults=shared | {"set_by": world.commune.administrator})[0].pk
        for unit in (world.commune.unit, world.neighbour.unit)
    )
    return [
        *[(f"statistics:{name}", GET, [], EVERYBODY) for name in ("figures", "export", "targets", "indicators")],
        *[(f"leader:{name}", GET, [], LEADER) for name in ("overview", "late", "figures", "indicators")],
        ("leader:indicator", GET, ["2-1"], LEADER),
        *[(f"leader:{name}", POST, [], LEADER) for name in ("late_export", "figures_export")],
        ("manage:targets", GET, [], ADMIN),
        *[("manage:target_add", method, [], ADMIN) for method in (GET, POST)],
        *[
            (f"manage:{name}", method, [pk], expected)
            for pk, expected in ((own, ADMIN), (foreign, ADMIN_ELSEWHERE))
            for name, method in (("target_change", GET), ("target_change", POST), ("target_remove", POST))
        ],
    ]


def of_roles(*roles: str) -> dict[str, str]:
    """Return what each persona gets from an action on a dossier of the commune that officers in some roles may try."""
    closed = {role: "403" for role in ("clerk", "specialist", "leader") if role not in roles}
    return DESK_DOSSIER | closed | ({} if "clerk" in roles else {"other_clerk": "403"})


def administration(world: World) -> list[Case]:
    """Return the rows of the administrators' screens; every object is asked for at home and in another commune."""
    clerk, stranger = world.commune.clerk, world.neighbour.clerk
    post, foreign = clerk.posts.get().pk, stranger.posts.get().pk
    own, other = world.commune.unit, world.neighbour.unit
    day, _made = Holiday.objects.get_or_create(unit=own, day=date(2026, 4, 1), defaults={"name": "Ngày hội"})
    other_day, _made = Holiday.objects.get_or_create(unit=other, day=date(2026, 4, 1), defaults={"name": "Ngày hội"})
    found_at = {"since": NOW, "last_at": NOW}
    alert, _made = Alert.objects.get_or_create(kind=AlertKind.MAIL_STUCK, defaults=found_at)
    plain = ("people", "units", "calendar", "log", "invite", "unit_add", "day_add", "calendar_import")
    found: list[Case] = [(f"manage:{name}", GET, [], ADMIN) for name in plain]
    found += [(f"manage:{name}", POST, [], ADMIN) for name in (*plain[4:], "log_export")]
    found += [("manage:alerts", GET, [], ADMIN), ("manage:alert_acknowledge", POST, [alert.pk], ADMIN)]
    found += [(f"manage:{name}", POST, [2026], ADMIN) for name in ("year_enter", "year_withdraw")]
    for person, expected in ((clerk, ADMIN), (stranger, ADMIN_ELSEWHERE)):
        found += [
            (f"manage:{name}", GET, [person.pk], expected)
            for name in ("person", "close", "reassign", "send_link", "open_again", "post_give")
        ]
        found += [
            (f"manage:{name}", POST, [person.pk], expected)
            for name in ("send_link", "end_sessions", "close", "open_again", "reassign", "post_give")
        ]
        found.append(("manage:end_session", POST, [person.pk, 1], ADMIN_ELSEWHERE))
        for name in ("post_change", "post_confirm", "post_end", "post_substitute"):
            held = post if person is clerk else foreign
            found += [(f"manage:{name}", method, [person.pk, held], expected) for method in (GET, POST)]
            found.append((f"manage:{name}", GET, [clerk.pk, foreign], ADMIN_ELSEWHERE))
    for unit, expected in ((own, ADMIN), (other, ADMIN_ELSEWHERE)):
        found += [
            (f"manage:{name}", GET, [unit.slug], expected)
            for name in ("unit", "unit_change", "unit_hours", "unit_filing")
        ]
        found += [
            (f"manage:{name}", POST, [unit.slug], expected)
            for name in ("unit_change", "unit_hours", "unit_filing", "unit_close", "unit_open")
        ]
        found += [
            ("manage:unit_reasons", method, [unit.slug], leading(expected, unit is own)) for method in (GET, POST)
        ]
    for one, expected in ((day, ADMIN), (other_day, ADMIN_ELSEWHERE)):
        found += [("manage:day", method, [one.pk], expected) for method in (GET, POST)]
        found.append(("manage:day_remove", POST, [one.pk], expected))
    return [*found, ("accounts:invitation", GET, ["x"], EVERYBODY)]


def leading(expected: dict[str, str], is_own: bool) -> dict[str, str]:
    """Return what each persona gets from a page that leaders of the unit may open besides administrators."""
    return expected | {"leader": "in" if is_own else "404"}


def _step(world: World, event: str) -> dict[str, Any]:
    """Return a step of a life event that another agency does."""
    about = {"name": "Cấp hộ chiếu", "agency": "Công an tỉnh", "how": "Đến nơi", "basis": "Luật", "reviewed_on": NOW}
    signpost = Signpost.objects.get_or_create(code="ho-chieu", defaults=about)[0]
    return {"event": LifeEvent.objects.get(code=event), "signpost": signpost}


def catalogue(world: World) -> list[Case]:
    """Return the rows of the publishers' screens of procedures and their versions."""
    procedure = world.version.procedure
    publisher = world.commune.publisher
    code, event = procedure.code, LifeEvent.objects.get_or_create(code="co-con", defaults={"name": "Có con"})[0].code
    draft = drafting.draft_from(procedure, publisher, NOW)
    at = [code, draft.number]
    if not draft.fees.exists():
        draft.fees.create(n=1, key="phi", kind="phi", name="Phí", amount_vnd=8000)
    lists = ("life_events", "sectors")
    found: list[Case] = [(f"manage:{name}", GET, [], PUBLISHER) for name in ("procedures", "bulk_confirm", "new")]
    found += [(f"manage:{name}", POST, [], PUBLISHER) for name in ("bulk_publish", "new")]
    found += [(f"manage:{name}", method, [], ADMIN) for name in lists for method in (GET, POST)]
    found.append(("manage:home", GET, [], PUBLISHER | {"administrator": "in"}))
    found += [("manage:life_event", method, [event], ADMIN) for method in (GET, POST)]
    found += [(f"manage:{name}", POST, [event], ADMIN) for name in ("life_event_move", "life_event_remove")]
    found += [("manage:sector", method, [procedure.sector.code], ADMIN) for method in (GET, POST)]
    step = ChecklistStep.objects.get_or_create(n=1, event__code=event, defaults=_step(world, event))[0]
    signpost = present(step.signpost).code
    found += [("manage:signposts", GET, [], ADMIN), ("manage:signpost_show", POST, [signpost], ADMIN)]
    for method in (GET, POST):
        found += [("manage:signpost_new", method, [], ADMIN), ("manage:signpost", method, [signpost], ADMIN)]
        found += [(f"manage:{name}", method, [event], ADMIN) for name in ("steps", "step_new")]
        found.append(("manage:step", method, [event, step.pk], ADMIN))
    found += [(f"manage:{name}", POST, [event, step.pk], ADMIN) for name in ("step_move", "step_remove")]
    found += [(f"procedures:{name}", GET, [event], EVERYBODY) for name in ("life_event", "life_event_print")]
    # Without a day there is no last day.
    found.append(("procedures:life_event_calendar", GET, [event, step.pk], NOBODY))
    found.append(("manage:sector_remove", POST, [procedure.sector.code], ADMIN))
    proposal, _made = Proposal.objects.get_or_create(
        procedure=procedure, unit=None, defaults={"on": date(2026, 5, 1), "reason": "x", "by": publisher, "at": NOW}
    )
    found += [(f"manage:proposal_{name}", POST, [code, proposal.pk], PUBLISHER) for name in ("confirm", "decline")]
    for name in ("procedure_edit", "duplicate", "retire"):
        found += [(f"manage:{name}", method, [code], PUBLISHER) for method in (GET, POST)]
    found += [("manage:procedure", GET, [code], PUBLISHER), ("manage:draft", POST, [code], PUBLISHER)]
    for unit, expected in ((world.commune.unit, PUBLISHER), (world.neighbour.unit, PUBLISHER | {"publisher": "404"})):
        found += [("manage:offering", method, [code, unit.slug], expected) for method in (GET, POST)]
        found.append(("manage:offering_end", POST, [code, unit.slug], expected))
    found += [(f"manage:{name}", GET, at, PUBLISHER) for name in ("version", "check")]
    for name in ("info", "documents", "marks", "review", "send_back", "publish", "discard"):
        found += [(f"manage:{name}", method, at, PUBLISHER) for method in (GET, POST)]
    found.append(("manage:take_back", POST, at, PUBLISHER))
    for section in ("papers", "fees", "workflow"):
        found.append((f"manage:{section}", GET, at, PUBLISHER))
        found += [(f"manage:{section}_new", method, at, PUBLISHER) for method in (GET, POST)]
        found += [(f"manage:{section}_edit", method, [*at, 1], PUBLISHER) for method in (GET, POST)]
        found += [(f"manage:{section}_{act}", POST, [*at, 1], PUBLISHER) for act in ("move", "delete")]
    both = ("form_title", "form_remove", "form_section_add", "form_check_add")
    found += [(f"manage:{name}", method, at, PUBLISHER) for name in both for method in (GET, POST)]
    found += [(f"manage:{name}", POST, at, PUBLISHER) for name in ("form_start", "form_move", "form_copy", "preview")]
    found += [(f"manage:{name}", GET, at, PUBLISHER) for name in ("form", "preview")]
    for name, part in (
        ("form_section", ["requester"]),
        ("form_section_delete", ["requester"]),
        ("form_field_add", ["requester"]),
        ("form_field", ["copies"]),
        ("form_field_type", ["copies"]),
        ("form_field_delete", ["copies"]),
        ("form_column_add", ["copies"]),
        ("form_column", ["copies", "x"]),
        ("form_column_type", ["copies", "x"]),
        ("form_column_delete", ["copies", "x"]),
        ("form_check", ["x"]),
        ("form_check_delete", ["x"]),
    ):
        found += [(f"manage:{name}", method, [*at, *part], PUBLISHER) for method in (GET, POST)]
    return [*found, ("manage:paper_template", GET, [*at, 1], PUBLISHER | {"publisher": "404"})]


def audited(world: World) -> list[Case]:
    """Return the rows of the record of money: a discrepancy in the commune and one elsewhere, a file, a day."""
    elsewhere = AUDIT | dict.fromkeys(("leader", "cashier", "auditor"), "404")
    closing = AUDIT | {"auditor": "403"}
    rows: list[Case] = []
    for unit, expected in ((world.commune.unit, AUDIT), (world.neighbour.unit, elsewhere)):
        found, _made = Discrepancy.objects.get_or_create(
            provider="vnpay", kind=DiscrepancyKind.STATUS, reference=unit.slug, defaults={"unit": unit, "found_at": NOW}
        )
        rows.append(("audit:discrepancy", GET, [found.pk], expected))
        settling = closing if expected is AUDIT else elsewhere | {"auditor": "403"}
        rows += [
            (f"audit:{name}", method, [found.pk], settling)
            for name in ("note", "propose", "send_back", "close")
            for method in (GET, POST)
        ]
    batch, _made = SettlementBatch.objects.get_or_create(
        provider="vnpay",
        batch_id="1",
        defaults={"day": NOW.date(), "total_vnd": 0, "is_genuine": True, "fetched_at": NOW},
    )
    report = reporting.make(NOW.date(), NOW)
    lists = ("home", "journal", "receipts", "monthly", "discrepancies", "files", "days", "period")
    return [
        *rows,
        *[(f"audit:{name}", GET, [], AUDIT) for name in lists],
        *[(f"audit:{name}_export", POST, [], AUDIT) for name in ("journal", "monthly", "period")],
        *[("audit:bring", method, [], closing) for method in (GET, POST)],
        ("audit:file", GET, [batch.pk], AUDIT),
        ("audit:day", GET, [report.pk], AUDIT),
    ]


def paying(world: World) -> list[Case]:
    """Return the rows of the payers' pages: a payment is its payer's, and the dossier's owner's."""
    money = world.money
    found: list[Case] = [("paying:owed", GET, [], MEMBERS)]
    for method in (GET, POST):
        found += [
            ("paying:together", method, [], MEMBERS),
            ("paying:pay", method, [world.owing.ref], OWNER),
            ("paying:fee", method, [money.claimable], OWNER),
        ]
    return [
        *found,
        ("paying:proof_remove", POST, [money.claimable, "x"], OWNER),
        ("paying:no_postman", POST, [world.owing.ref], OWNER),
        ("paying:attempt", GET, [money.review], OWNER),
        ("paying:check", POST, [money.review], OWNER),
        ("paying:give_up", POST, [money.review], OWNER),
        ("paying:receipt", GET, [money.paid_ref, money.receipt], OWNER),
    ]


def desk_money(world: World) -> list[Case]:
    """Return the rows of the officers' pages of money."""
    money = world.money
    seen = DESK_DOSSIER | {"cashier": "in"}
    taker = OUTSIDE | dict.fromkeys(("clerk", "specialist", "leader", "other_clerk"), "403") | {"cashier": "in"}
    counted = taker | {"leader": "in"}
    asking = seen | {"specialist": "403"}
    found: list[Case] = [
        ("money:fees", GET, [money.owing], seen),
        ("money:ask", POST, [money.asked, money.review], seen),
        ("money:proof", GET, [money.moved, money.transfer], seen),
        ("money:receipt", GET, [money.receipt], seen),
        ("money:receipt_file", GET, [money.receipt], seen),
        ("money:copies_waiting", GET, [], CLERK),
        ("money:cash", GET, [], taker),
        ("money:find", POST, [], taker),
        ("money:shifts", GET, [], counted),
        ("money:shift", GET, [money.shift], counted),
        ("money:receipts", GET, [], counted),
        ("money:refunds", GET, [], asking | {"other_clerk": "in"}),
        ("money:refund", GET, [money.refund], asking),
        ("money:refund_ask", POST, [money.refund], asking),
        ("money:refund_hand_out", POST, [money.refund], taker),
    ]
    for name, arguments, expected in (
        ("take_cash", [money.owing], taker),
        ("take_transfer", [money.owing], taker),
        ("claim", [money.claimed, money.claim], DESK_DOSSIER),
        ("add", [money.owing], DESK_DOSSIER),
        ("follow", [money.owing], DESK_DOSSIER),
        ("copies", [money.owing], of_roles("clerk") | {"other_clerk": "404"}),
        ("reassess", [money.owing, money.n], DESK_DOSSIER),
        ("waive", [money.owing, money.n], DESK_DOSSIER | {"clerk": "403", "specialist": "403"}),
        ("payer", [money.owing, money.n], asking | {"leader": "403"}),
        ("resolve", [money.asked, money.review], LEADER),
        ("ask_refund", [money.paid, money.cash], asking),
        ("open_shift", [], taker),
        ("close_shift", [], taker),
        ("deposits", [], taker),
        ("refund_decide", [money.refund], LEADER),
        ("refund_transferred", [money.refund], taker),
        ("receipt_replace", [money.receipt], LEADER),
    ):
        found += [(f"money:{name}", method, arguments, expected) for method in (GET, POST)]
    return found


def who_may(expected: dict[str, str]) -> str:
    """Return the first persona that a URL lets in, strangers before all."""
    return next((persona for persona in PERSONAS if expected[persona] == "in"), "anonymous")


# Both on one engine: tests/faults/test_bad_input.py opens every address on the other.
@pytest.mark.sqlite
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_url_answers_each_persona_as_listed(world, persona):
    wrong, browsers = [], Browsers(world.people[persona])
    for name, method, arguments, expected in rows(world):
        with undone():
            got = answer_of(browsers.new(), method, reverse(name, args=arguments))
        if got != expected[persona]:
            wrong.append(f"{method.upper()} {name} {arguments}: {got}, expected {expected[persona]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "persona", ["anonymous", "citizen", "clerk", "specialist", "leader", "cashier", "publisher", "administrator"]
)
def test_every_page_answers_head_like_get(world, persona):
    """HEAD gets the status of GET and no page; it writes as little. Each page is asked for by one who may open it."""
    browsers, wrong = Browsers(world.people[persona]), []
    for name, method, arguments, expected in rows(world):
        if method == GET and persona in ("anonymous", who_may(expected)):
            address = reverse(name, args=arguments)
            with undone():
                got = answer_of(browsers.new(), "get", address)
            with undone():
                response = browsers.new().head(address)
                head = answer_kind(response)
                if head != got or (not response.streaming and response.content):
                    wrong.append(f"{name}: HEAD {head}, GET {got}")
    assert not wrong, "\n".join(wrong)


def test_every_url_is_listed(world):
    listed = {name for name, _method, _arguments, _expected in rows(world)}
    assert set(url_names()) == listed
    assert {step.segment for step in STEPS} == set(BY_SEGMENT)


def test_anonymous_visitors_get_no_session(world):
    with_forms = ("account", "track", "applicant", "procedures:fill", "feedback", "rating")
    for name, method, arguments, expected in rows(world):
        if method == GET and expected is EVERYBODY and not name.startswith(with_forms):
            response = Client().get(reverse(name, args=arguments))
            assert not response.cookies, f"{name} sets {list(response.cookies)}"
