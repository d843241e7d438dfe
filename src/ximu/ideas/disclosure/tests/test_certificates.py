"""A search is certified: nothing in effect on that day, or what was; it verifies offline, also after later additions."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.models import Reply
from ximu.foundation.rooms import SRC
from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.models import SearchCertificate, Use
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.services import register_evidence
from ximu.ideas.records.services import Traces
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3", "S4")]


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    made.connect(monkeypatch)


def certify(by: Any = made.COORDINATOR, **words: Any) -> SearchCertificate:
    return services.certify(made.UNIT, named="示例市某局", **{"by": by, "purpose": "handling", "at": made.LATER, **words})


def verified(certificate: SearchCertificate, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / f"{certificate.uid}.json"
    file.write_bytes(ledger.bundle_bytes(queries.certificate_bundle(certificate)))
    return subprocess.run([sys.executable, "-m", "ximu_verify", str(file)], env={"PYTHONPATH": str(SRC.parent)}, capture_output=True, text=True)


def test_nothing_in_effect_still_verifies_after_something_came(tmp_path: Path) -> None:
    certificate = certify(as_of=made.T0.date())
    assert (certificate.payload["result"], certificate.payload["records"]) == ("none", [])
    number = made.effective()
    again = certify()
    assert [r["number"] for r in again.payload["records"]] == [number]
    assert certify(as_of=made.T0.date()).payload["result"] == "none", "on that day it was not yet in effect"
    for one in (certificate, again):
        told = verified(SearchCertificate.objects.get(pk=one.pk), tmp_path)
        assert told.returncode == 0, told.stdout + told.stderr
        assert "查询证明" in told.stdout
    file = tmp_path / f"{certificate.uid}.json"
    file.write_text(file.read_text("utf-8").replace('"none"', '"nine"'), "utf-8")
    assert subprocess.run([sys.executable, "-m", "ximu_verify", str(file)], env={"PYTHONPATH": str(SRC.parent)}, capture_output=True).returncode != 0


def test_it_speaks_only_of_what_the_asker_may_see_and_leaves_a_trace() -> None:
    made.effective()
    number = made.deliver("示纪〔2018〕1号", item="JL-CF", family="discipline")
    certificate = certify(made.CLERK)
    assert "discipline" not in certificate.payload["scope"] or number not in json.dumps(certificate.payload)
    assert Use.objects.filter(subject=made.UNIT, actor=made.CLERK.uid).count() == 1
    with pytest.raises(Refusal) as none:
        queries.search_certificate(certificate.uid, by=made.REVIEWER)
    assert none.value.code == "CERT-NONE"
    assert queries.search_certificate(certificate.uid, by=made.SUBJECT) == certificate, "its subject sees it"
    assert queries.search_certificate(certificate.uid, by=made.CLERK) == certificate


def test_the_log_proves_it_and_an_erased_record_leaves_no_word() -> None:
    register_evidence("disclosure", queries.evidence, kinds=("disclosure.",))
    number = made.effective()
    certificate = certify()
    [(index, entry, label)] = [e for e in queries.evidence(0, 10 ** 6) if e[0] == certificate.log_index]
    assert ledger.entry(index) == entry
    assert number not in label
    services.forget(traces(number), at=made.LATER)
    certificate.refresh_from_db()
    assert (certificate.payload, certificate.salt, certificate.numbers) == (None, None, [])
    assert [e[1] for e in queries.evidence(0, 10 ** 6) if e[0] == index] == [entry]
    assert "disclosed" not in queries.certificate_bundle(certificate)


def test_a_read_of_an_erased_record_says_no_longer_what_was_read() -> None:
    number, other = made.effective(), made.effective("示罚〔2018〕2号")
    for one in (number, other):
        services.look(one, by=made.SUPERVISOR, purpose="supervision", at=made.LATER)
    services.forget(traces(number), at=made.LATER)
    kept = list(Use.objects.order_by("pk").values_list("number", "subject", "actor", "purpose"))
    assert kept == [("", "", made.SUPERVISOR.uid, "supervision"), (other, made.UNIT, made.SUPERVISOR.uid, "supervision")]


def traces(number: str, *persons: str) -> Traces:
    return Traces(frozenset({number}), frozenset(), frozenset(), frozenset(), frozenset(persons))


def test_a_certificate_that_found_nothing_loses_the_name_of_a_person_whose_record_is_erased(tmp_path: Path) -> None:
    register_evidence("disclosure", queries.evidence, kinds=("disclosure.",))
    words = {"by": made.COORDINATOR, "purpose": "handling", "as_of": made.T0.date(), "at": made.LATER}
    about_him, about_another, about_a_body = (
        services.certify(subject, named=name, **words)
        for subject, name in ((made.MAN, "沈海燕"), ("person0000000002", "沈海鸥"), (made.UNIT, "示例市某局")))
    assert about_him.payload["result"] == "none"
    taken_home = ledger.bundle_bytes(queries.certificate_bundle(about_him))
    Reply.objects.create(actor="a", key="k" * 8, request="r", status=200, created_at=made.LATER,
                         body=json.dumps({"uid": about_him.uid, "name": "沈海燕"}, ensure_ascii=False).encode())
    services.forget(traces("ZNEVERLISTED0", made.MAN), at=made.LATER)
    kept = json.dumps(list(SearchCertificate.objects.values()), ensure_ascii=False, default=str)
    assert "沈海燕" not in kept and made.MAN not in kept
    assert not Reply.objects.exists()
    assert "沈海鸥" in kept and "示例市某局" in kept, "of nobody else, and of no body"
    assert about_another.payload and about_a_body.payload
    assert ledger.verify_log().ok
    (tmp_path / "home.json").write_bytes(taken_home)
    told = subprocess.run([sys.executable, "-m", "ximu_verify", str(tmp_path / "home.json")], env={"PYTHONPATH": str(SRC.parent)},
                          capture_output=True, text=True)
    assert told.returncode == 0, "what was taken home still verifies"


def test_what_cannot_be_certified_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made.effective()
    for words, code in (({"as_of": made.LATER.date() + timedelta(days=2)}, "TIME-FUTURE"), ({"purpose": "curiosity"}, "PURPOSE")):
        with pytest.raises(Refusal) as refused:
            certify(**words)
        assert refused.value.code == code
    monkeypatch.setattr("ximu.ideas.disclosure.services.certifying.MOST_RECORDS", 0)
    with pytest.raises(Refusal) as long:
        certify()
    assert long.value.code == "CERT-LONG"
    assert not SearchCertificate.objects.exists()
