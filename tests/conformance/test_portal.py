"""The public pages over the made-up city."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ximu.config.tests import open_city as factories
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.commitments.tests import factories as promises
from ximu.ideas.records import services as records
from ximu.ideas.records.rules import check_character
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.mechanisms.m1_leads import services as leads
from ximu.notice.mechanisms.m1_leads.rules import Told
from ximu.notice.mechanisms.m2_joint_action import services as joint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]


@pytest.fixture
def public(settings: Any) -> str:
    factories.city(settings)
    return factories.opened("示罚〔2018〕1号")


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code, answer.content.decode()[:600])
    return answer.content.decode()


def test_from_search_to_unit_to_record_to_bundle(client: Client, public: str) -> None:
    found = text(client, "/units/", q="发改委")
    uid = factories.unit()
    assert f'href="/units/{uid}/"' in found
    page = text(client, f"/units/{uid}/")
    assert public in page
    record = text(client, f"/records/{public}/")
    assert "责令限期改正" in record and f"ximu-verify ximu-{public}.json --key ximu-log.key" in record
    bundle = client.get(f"/records/{public}/bundle.json")
    assert bundle.status_code == 200 and b'"disclosed"' in bundle.content
    assert bundle["Content-Disposition"] == f'attachment; filename="ximu-{public}.json"'


def test_a_body_is_found_by_part_pinyin_initials_and_code(client: Client, public: str) -> None:
    for words, path in product(["发展和改革", "fagaiwei", "fgw", "119900000000000275"], ["/units/", "/units/instant", "/units/suggest"]):
        assert f"/units/{factories.unit()}/" in text(client, path, q=words), (words, path)
    for words in ("发展和改格委", "發展和改革委員會", "fazhanhegaigeweiyaunhui"):
        assert f"/units/{factories.unit()}/" in text(client, "/units/suggest", q=words), words
        assert "读音或字形相近" in text(client, "/units/", q=words), words


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as made:
        answer = client.get(path)
        assert answer.status_code == 200, path
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(made)


def test_no_page_asks_more_often_when_there_is_more_to_show(client: Client, public: str) -> None:
    uid = factories.unit()
    paths = ["/", "/units/", "/units/?q=局", "/units/instant?q=局", "/units/suggest?q=局", f"/units/{uid}/", "/records/", f"/records/{public}/",
             "/lists/", "/lists/2018-1/", "/lists/2018-1/items/CF/", "/log/", "/data/records.csv", "/data/records.json",
             "/data/records.parquet", "/data/units.csv", "/feed.atom", "/sitemap.xml", "/about/", "/sitemap/"]
    for path in paths:
        queries_of(client, path)
    few = {path: queries_of(client, path) for path in paths}
    for n in range(2, 14):
        factories.opened(f"示罚〔2018〕{n}号", subject=factories.unit("jiancha") if n % 2 else uid)
    for path in paths:
        queries_of(client, path)
    assert {path: queries_of(client, path) for path in paths} == few
    assert max(few.values()) < 40, few


def test_lists_of_promises_and_staff_pages_ask_no_more_for_more_rows(client: Client, public: str) -> None:
    staff, at = Client(), promises.at("2018-05-03")
    staff.force_login(with_password(account("boss", "coordinator")), backend="django.contrib.auth.backends.ModelBackend")
    pages = [(client, "/promises/"), (client, "/streets/"), (staff, "/console/commitments/"), (staff, "/console/casework/?tab=open"),
             (staff, "/console/m1/"), (staff, "/console/m2/"), (staff, "/console/registry/"), (staff, "/console/warnings/")]

    def more(first: int, last: int) -> None:
        for n in range(first, last):
            promises.registered(reference=f"示〔2018〕{n}号")
            leads.raise_lead(Told("petition", "示例市财政局", f"线索{n}", "内容", f"X-{n}"), by=SYSTEM, at=at)
            joint.remind(factories.unit("czj"), topic=f"提醒{n}", reason="示例", by=SYSTEM, at=at)

    counts = []
    for first, last in ((0, 3), (3, 20)):
        more(first, last)
        for who, path in pages:
            queries_of(who, path)
        counts.append({path: queries_of(who, path) for who, path in pages})
    assert counts[0] == counts[1]


def test_the_page_of_a_body_says_what_is_not_public_and_why_whatever_it_has(client: Client, public: str) -> None:
    """The words of the rule and of the law; the same for a body with records and for one with none."""
    def not_public(key: str) -> str:
        page = text(client, f"/units/{factories.unit(key)}/")
        return page[page.index('id="not-public"'):page.index('id="story"')]
    with_records = not_public("fgw")
    assert with_records == not_public("jiancha")
    for words in ("纪律处分", "公务员个人的记录", "个人信息保护法 第二十五条", "P1", "它不表示本单位有或者没有这类记录"):
        assert words in with_records


def test_a_record_that_is_flagged_says_so_everywhere_and_one_that_is_revoked_is_gone(client: Client, public: str) -> None:
    chief = Actor("chief", grants=(Grant("reviewer", frozenset({"records.dispute", "records.decide"})),), person="chief")
    records.flag(public, case="case000000000001", by=chief, at=factories.LATER)
    for path in ("/", "/records/", f"/units/{factories.unit()}/", f"/records/{public}/"):
        assert "标注争议" in text(client, path), path
    records.revoke(public, reason="原决定被撤销", by=chief, at=factories.LATER)
    assert client.get(f"/records/{public}/").status_code == 404
    for path in ("/", "/records/", f"/units/{factories.unit()}/", "/feed.atom", "/sitemap.xml"):
        assert public not in text(client, path), path
    assert public.encode() not in body(client.get("/data/records.csv"))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_search_is_narrowed_by_what_is_public_and_counts_nothing_else(client: Client, public: str) -> None:
    """Facets: kind, year, district; a hidden record changes no count; a choice keeps the others."""
    street = factories.opened("示罚〔2018〕2号", subject=factories.unit("q02j1"))
    other = factories.opened("示罚〔2018〕3号", subject=factories.unit("q01"), day=date(2018, 5, 4))
    before = client.get("/records/").content
    factories.effective("示罚〔2018〕9号", subject=factories.unit("q02j1"))
    page = client.get("/records/").content
    assert page == before, "a record that is not public is counted nowhere"
    text = page.decode()
    assert all(number in text for number in (public, street, other))
    assert "乙区" in text and "市级" in text and 'aria-label="区"' in text
    district = factories.unit("q02")
    narrowed = client.get(f"/records/?district={district}").content.decode()
    assert street in narrowed and public not in narrowed and other not in narrowed and 'aria-current="true"' in narrowed
    kept = client.get(f"/records/?district={district}&year=2018&family=penalty&q=").content.decode()
    assert street in kept and f"district={district}" in kept
    assert public in client.get("/records/?district=city").content.decode()
    told = client.get(f"/api/v1/disclosure/public?district={district}").json()
    assert told["total"] == 1 and {"value": district, "records": 1} in told["facets"]["district"]
    assert {"value": "city", "records": 1} in told["facets"]["district"] and told["facets"]["year"] == [{"value": 2018, "records": 1}]
    for wrong in ("?year=99999", "?year=x", "?district=nosuch", "?family=nosuch"):
        assert client.get(f"/records/{wrong}").status_code == 200


def test_hidden_and_missing_records_have_one_answer(client: Client, public: str) -> None:
    hidden = client.get(f"/records/{factories.effective('示罚〔2018〕9号')}/")
    missing = client.get(f"/records/{'0' * 12}{check_character('0' * 12)}/")
    assert hidden.status_code == missing.status_code == 404
    assert re.sub(r"/records/\w+/", "", hidden.content.decode()) == re.sub(r"/records/\w+/", "", missing.content.decode())


BAD = [
    "/units/?page=-1", "/units/?page=9999999999", "/units/?kind=nothing&district=%00", "/units/%00/", "/units/?q=" + "长" * 400,
    "/records/?family=x&page=abc", "/records/%E2%80%8B/", "/lists/9999-9/", "/lists/2018-1/?list=zz", "/lists/2018-1/file.exe",
    "/lists/2018-1/since/0/", "/lists/2018-1/items/%3Cb%3E/", "/data/nothing.csv", "/data/records.exe", "/feed.atom?unit=x", "/plan/?unit=%FF",
    "/promises/?kind=x&state=y&unit=z", "/promises/x/",
]


def test_bad_parameters_give_a_clear_page(client: Client, public: str) -> None:
    for path in BAD:
        answer = client.get(path)
        said = answer.content.decode()
        assert answer.status_code < 500 and (answer.status_code < 400 or "没有" in said or "不" in said), (path, said[-300:])


def test_a_page_that_has_not_changed_is_not_sent_again(client: Client, public: str) -> None:
    for path in ("/", f"/units/{factories.unit()}/", f"/records/{public}/", "/data/records.csv", "/feed.atom", "/lists/2018-1/"):
        tag = client.get(path)["ETag"]
        again = client.get(path, headers={"if-none-match": tag})
        assert again.status_code == 304 and not again.content, path
    before = client.get("/data/records.csv")["ETag"]
    factories.opened("示罚〔2018〕2号")
    assert client.get("/data/records.csv")["ETag"] != before


def test_open_data_in_three_forms_say_the_same(client: Client, public: str) -> None:
    schema = json.loads(text(client, "/data/records.schema.json"))
    names = [f["name"] for f in schema["fields"]]
    rows = list(csv.DictReader(io.StringIO(body(client.get("/data/records.csv")).decode("utf-8-sig"))))
    made = json.loads(body(client.get("/data/records.json")))
    table = pq.read_table(io.BytesIO(body(client.get("/data/records.parquet"))))
    assert list(rows[0]) == table.column_names == names == list(made["data"][0])
    assert rows[0]["record"] == made["data"][0]["record"] == table["record"][0].as_py() == public
    assert table["event_date"][0].as_py() == date(2018, 5, 3) and schema["licence_note"]["zh"] and made["licence_note"]["en"]


def test_feed_sitemap_and_robots_are_well_formed_and_lead_to_the_record(client: Client, public: str) -> None:
    atom = ElementTree.fromstring(text(client, "/feed.atom", unit=factories.unit()))
    space = "{http://www.w3.org/2005/Atom}"
    assert atom.tag == f"{space}feed" and all(atom.find(f"{space}{n}") is not None for n in ("id", "title", "updated", "author"))
    assert [e.find(f"{space}id").text for e in atom.findall(f"{space}entry")] == [f"http://testserver/records/{public}/"]
    places = [e.text for e in ElementTree.fromstring(text(client, "/sitemap.xml")).iter() if e.tag.endswith("loc")]
    assert f"http://testserver/records/{public}/" in places and f"http://testserver/units/{factories.unit()}/" in places
    assert "Sitemap: http://testserver/sitemap.xml" in text(client, "/robots.txt")
    assert '<link rel="canonical" href="http://testserver/records/">' in text(client, "/records/", lang="en", page="1")


PAGES = ["/", "/units/", "/records/", "/lists/", "/log/", "/log/verify/", "/data/", "/about/", "/about/accessibility/", "/sitemap/",
         "/plan/", "/promises/"]


def test_every_page_speaks_english_and_has_large_text(client: Client, public: str) -> None:
    for path in PAGES:
        page = text(client, path, lang="en", large="1")
        assert '<html lang="en">' in page and 'class="portal large"' in page and "Skip to content" in page, path


def test_the_first_page_is_small(client: Client, public: str) -> None:
    page = text(client, "/")
    parts = [page.encode()] + [Path(finders.find(name)).read_bytes() for name in
                               re.findall(r'(?:src|href)="/static/([^"]+)"', page)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000
    assert all("defer" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_the_plan_is_public_with_its_own_words(client: Client, public: str) -> None:
    page = text(client, "/plan/")
    assert "项任务" in page and page.count('<th scope="row">') == 32


def test_promises_are_listed_and_told_without_naming_whom_they_were_made_to(client: Client, public: str) -> None:
    uid, of_unit = promises.registered(), promises.unit("sww")
    assert f'href="/promises/?unit={of_unit}"' in text(client, f"/units/{of_unit}/")
    assert "拨付示例一号项目落户奖励" in text(client, "/promises/", unit=of_unit)
    page = text(client, f"/promises/{uid}/")
    assert "2018年6月29日" in page and "示例一号有限公司" not in page
    few = queries_of(client, f"/units/{of_unit}/")
    for n in range(2, 5):
        promises.registered(terms=promises.terms(title=f"示例承诺{n}"))
    queries_of(client, f"/units/{of_unit}/")
    assert queries_of(client, f"/units/{of_unit}/") == few
