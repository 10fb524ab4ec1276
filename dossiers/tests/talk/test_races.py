"""Two at once: a message sent twice, two officers who answer, two who tick off a call (PostgreSQL)."""

from datetime import timedelta

import pytest

from common.onetime import new_key
from common.refusals import Refused
from dossiers import worklist
from dossiers.models import TalkEntry
from dossiers.talk import writing
from dossiers.tests.actions.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def told(calls):
    """Run calls at once; return what each gave, or the code of its refusal."""
    return [one.code if isinstance(one, Refused) else one for one in at_once(calls)]


def test_two_at_once(road, commune, citizen):
    dossier, now = road.processing().dossier, road.now + timedelta(minutes=5)
    typed = {"by": citizen, "key": new_key(), "shown": 0, "now": now}
    found = told([lambda: writing.write(dossier, "Hỏi", [], **typed)] * 2)
    assert sorted(found) == [False, True]
    entry = TalkEntry.objects.get()
    found = told(
        [
            lambda by=by: writing.answer(dossier, "Đáp", [], by=by, key=new_key(), shown=entry.pk, now=now)
            for by in (commune.clerk, commune.leader)
        ]
    )
    assert sorted(map(str, found)) == ["True", "stale"]
    wish = {"phone": "0912000001", "day_part": "any", "text": "", "by": citizen, "shown": 0, "now": now}
    found = told([lambda: writing.ask_for_call(dossier, **wish, key=new_key())] * 2)
    assert sorted(map(str, found)) == ["True", "waiting"]
    call = TalkEntry.objects.get(kind="call")
    found = told(
        [
            lambda by=by: writing.end_call(call, is_reached=True, text="", by=by, now=now)
            for by in (commune.clerk, commune.leader)
        ]
    )
    assert sorted(map(str, found)) == ["None", "state"]
    assert list(worklist.rebuild(is_dry=True)) == []
