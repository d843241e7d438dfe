"""Pages, API and commands of evaluations: what staff, an institute, a unit and the public see."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, services
from ximu.notice.mechanisms.m3_evaluators.commands import evaluator_group
from ximu.notice.mechanisms.m3_evaluators.tests import test_services as made
from ximu.notice.mechanisms.m3_evaluators.tests.test_services import _city  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.5")]
BASE = "/console/m3_evaluators"
LOGIN = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar


def signed(login: str, role: str, **more: Any) -> Client:
    client = Client()
    client.force_login(with_password(account(login, role, at=clock.now(), **more)), backend=LOGIN)
    return client


def file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("m.toml", text.encode())


def test_from_registration_to_publication_by_pages() -> None:
    boss, name = signed("boss", "coordinator"), registry.name(made.FGW, as_of=clock.today())
    sent = boss.post(f"{BASE}/", {"name": "示例大学", "code": made.CODE, "kind": "university", "methods": "问卷", "funders": "示例基金会",
                                  "interests": "示例市财政局：合同关系"})
    place = sent.headers["Location"]
    assert "示例市财政局" in boss.get(place).content.decode() and "合同关系" in boss.get(place).content.decode()
    terms = {"title": "年度第三方评价", "period": "2018", "units": "各区人民政府", "commissioner": name, "payer": name, "contract": "1号",
             "granted": "CF: grade CF_NR\nrun：answered, paid", "official": made.official(), "fee": "1000"}
    assert boss.post(f"{place}/engage", terms | {"fee": "much"}).status_code == 422
    assert boss.post(f"{place}/engage", terms | {"units": "示例市财政局"}).status_code == 409, "it has a contract with whom it would assess"
    engaged = boss.post(f"{place}/engage", terms).headers["Location"]
    text = "unit,n,value\n" + "".join(f"{u},400,80\n" for u in made.UNITS)
    assert boss.post(f"{engaged}/survey", {"code": "s1", "kind": "survey", "frame": "居民", "file": file(text)}).status_code == 302
    assert boss.post(f"{engaged}/freeze").status_code == 302
    page = boss.get(engaged).content.decode()
    assert "survey:s1" in page and "仿真数据" in page
    [snapshot] = queries.snapshots(queries.engagements()[0])
    twin = boss.get(f"{BASE}/snapshots/{snapshot.uid}/twin.json").json()
    assert twin["synthetic"] and boss.get(f"{BASE}/snapshots/{snapshot.uid}/content.json").status_code == 404
    tried = boss.post(f"{BASE}/snapshots/{snapshot.uid}/evaluate", {"on": "twin", "file": file(made.METHOD)})
    assert "twin001" in tried.content.decode()
    place = boss.post(f"{BASE}/snapshots/{snapshot.uid}/evaluate", {"on": "snapshot", "file": file(made.METHOD)}).headers["Location"]
    page = boss.get(place).content.decode()
    assert "与年度评价的差异" in page and "权重" in page
    clerk = signed("clerk", "entry", unit=made.UNITS[0], number="9")
    assert clerk.get(place).status_code == 404, "not before it was sent"
    for verb, status in (("send", 302), ("rerun", 302), ("dance", 404)):
        assert boss.post(f"{place}/{verb}").status_code == status
    assert "第三方评价待说明" in clerk.get("/console/").content.decode()
    assert "提交说明" in clerk.get(place).content.decode()
    assert clerk.post(f"{place}/comment", {"words": "样本偏少。"}).status_code == 302
    assert boss.post(f"{place}/annotate", {"words": "权重与年度评价不同。"}).status_code == 302
    assert Client().get("/evaluations/").status_code == 200
    uid = place.rsplit("/", 1)[1]
    assert Client().get(f"/evaluations/{uid}/").status_code == 404
    services.publish_due(by=SYSTEM, at=clock.now() + timedelta(days=30))
    shown = Client().get(f"/evaluations/{uid}/").content.decode()
    assert all(words in shown for words in ("样本偏少。", "权重与年度评价不同。", "示例基金会", "差异由何而来", "居民", "95%"))
    assert "年度评价：" in shown and "run：" not in shown
    assert snapshot.content[:60] not in shown and "示例大学" in Client().get("/evaluations/").content.decode()


def test_the_api_says_the_same_and_closes_to_strangers() -> None:
    row = services.evaluate(made.frozen().uid, made.METHOD, by=made.INSTITUTE, at=made.AT, draws=5)
    boss, clerk = signed("boss", "coordinator"), signed("clerk", "entry", unit=made.UNITS[0], number="9")
    base = "/api/v1/m3_evaluators"
    assert boss.get(f"{base}/evaluators").json()["items"][0]["funders"][0] == "示例基金会"
    told = boss.get(f"{base}/evaluations/{row.uid}").json()
    assert told["state"] == "computed" and len(told["compared"]) == 6
    assert clerk.get(f"{base}/evaluations/{row.uid}").status_code == 404
    assert clerk.get(f"{base}/snapshots/{row.snapshot.uid}/twin").status_code == 403
    assert Client().get(f"{base}/evaluators").status_code in (401, 403)
    holder = account("program", "coordinator", number="77", at=clock.now())
    _, key = accounts.issue_key(holder.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=clock.now())
    program = Client(headers={"Authorization": f"Bearer {key}"})
    sent = program.post(f"{base}/snapshots/{row.snapshot.uid}/evaluations", json.dumps({"method": made.COUNTING.replace("grade", "CF_WSH")}),
                     content_type="application/json")
    assert (sent.status_code, sent.json()["code"], sent.json()["field"]) == (403, "EVAL-FIELD", "CF.CF_WSH")
    assert boss.get(f"{base}/evaluations/{row.uid}/rerun").json()["same"] is True


def test_commands_list_freeze_run_compare_rerun(tmp_path: Path) -> None:
    def ran(*words: str) -> Any:
        found = CliRunner().invoke(evaluator_group, [*words, "--json"], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    engagement = made.engaged()
    assert ran("list")[0]["code"] == made.CODE
    snapshot = ran("freeze", engagement)["snapshot"]
    method = tmp_path / "m.toml"
    method.write_text(made.METHOD, "utf-8")
    assert set(ran("run", snapshot, str(method), "--twin")["published"]) == {f"twin{k:03}" for k in range(1, 7)}
    evaluation = ran("run", snapshot, str(method), "--draws", "5")
    assert evaluation["state"] == "computed" and len(evaluation["ranking"]) == 6
    assert len(ran("compare", evaluation["evaluation"])) == 6
    assert ran("rerun", evaluation["evaluation"])["same"] is True
    twin = tmp_path / "twin.json"
    assert ran("twin", snapshot, "--out", str(twin)) == {"twin": str(twin)}
    assert set(ran("try", str(method), str(twin))["published"]) == {f"twin{k:03}" for k in range(1, 7)}
    sent = ran("send", evaluation["evaluation"])
    assert sent["state"] == "sent" and ran("publish") == {"published": 0}
    assert ran("show", evaluation["evaluation"])["notes"] == []
    with pytest.raises(Refusal) as caught:
        evaluator_group.main(["publish", evaluation["evaluation"]], standalone_mode=False)
    assert caught.value.code == "EVAL-TERM"
    with pytest.raises(Refusal) as caught:
        evaluator_group.main(["run", snapshot, "nowhere.toml"], standalone_mode=False)
    assert caught.value.code == "FILE-READ"


def test_an_institute_is_registered_and_engaged_by_files(tmp_path: Path) -> None:
    def ran(*words: str) -> Any:
        found = CliRunner().invoke(evaluator_group, [*words, "--json"], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    def kept(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path / name)

    said = f'name = "示例大学"\ncode = "{made.CODE}"\nkind = "university"\nmethods = ["问卷"]\nfunders = ["示例基金会", "{made.FGW}"]\n'
    uid = ran("register", kept("e.toml", said))["evaluator"]
    terms = (f'title = "评价"\nperiod = "2018"\nunits = ["{made.UNITS[0]}", "{made.UNITS[1]}"]\ncommissioner = "{made.FGW}"\n'
             f'payer = "{made.FGW}"\ncontract = "1"\nfee = 5\n[granted]\nCF = ["grade"]\n')
    engagement = ran("engage", made.CODE, kept("t.toml", terms))["engagement"]
    assert queries.engagement(engagement).granted == {"CF": ["grade"]}
    lines = ran("survey", engagement, kept("s.csv", f"unit,n,value\n{made.UNITS[0]},100,90\n"), "--code", "s1", "--frame", "居民")["lines"]
    assert lines[0]["low"] < 90 < lines[0]["high"]
    ran("declare", uid, kept("d.toml", 'methods = ["访谈"]\n'))
    for words, code in ((("engage", made.CODE, kept("t.toml", terms)), "EVAL-COI"), (("engage", uid, kept("u.toml", "title = 1\n")), "EVAL-TERMS"),
                        (("engage", uid, kept("v.toml", terms.replace("fee = 5", "fee = 'much'"))), "EVAL-TERMS"),
                        (("engage", uid, kept("w.toml", terms.replace("fee = 5", "fee = nan"))), "EVAL-TERMS"),
                        (("register", kept("x.toml", "colour = 1\n")), "EVAL-FORM"), (("register", kept("y.toml", "=")), "FILE-READ")):
        with pytest.raises(Refusal) as caught:
            evaluator_group.main(list(words), standalone_mode=False)
        assert caught.value.code == code
