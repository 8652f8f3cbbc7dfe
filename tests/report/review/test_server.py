"""The review server: only the reviewer on this machine has access."""

import base64
import json
import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from report.baselines.decision import DecisionKind, DecisionRequest
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import write_record
from report.review.private_server import HEADERS, POLICY
from report.review.server import ReviewServer
from report.review.session import ReviewSession
from tests.support.private_client import ask, origin
from tests.support.review import NEW, OLD, approved_png, decision_request


@pytest.fixture
def review(session: ReviewSession) -> Iterator[ReviewServer]:
    write_record(session.record, session.folder)
    write_report(session.record, session.folder, Sentences("fr"))
    (session.folder / "secret.txt").write_text("secret", "utf-8")
    (session.folder.parent / "outside.png").write_bytes(OLD)
    with ReviewServer(session, Sentences("fr"), runs=session.folder.parent) as served:
        yield served


def decide(review: ReviewServer, message: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    """Send a decision as a page of the review does; return the status and the decoded answer."""
    sent = {"Origin": origin(review), "Content_Type": "application/json", **headers}
    status, _, body = ask(review, "decide", method="POST", body=msgspec.json.encode(message), **sent)
    return status, json.loads(body) if body else {}


def message_of(session: ReviewSession, chosen: DecisionRequest, *, by: str = "Zoé", **more: Any) -> dict[str, Any]:
    return {"by": by, "token": session.state("exemple", chosen.page).token, "request": chosen, **more}


def test_a_person_decides_and_takes_it_back(session: ReviewSession, review: ReviewServer) -> None:
    status, answer = decide(
        review, message_of(session, decision_request(session, 1, DecisionKind.APPROVE, note="logo"))
    )
    assert (status, answer) == (200, {})
    assert approved_png(session) == NEW
    html = ask(review, "exemple/01.html")[2].decode()
    assert "Nouvelle image acceptée le" in html
    assert "par Zoé. «\u00a0logo\u00a0»" in html
    assert decide(review, {"undo": True, "tutorial": "exemple", "page": 1})[0] == 200
    assert approved_png(session) == OLD
    assert decide(review, {"undo": True})[0] == 409, "there is nothing more"


def test_two_tabs(session: ReviewSession, review: ReviewServer) -> None:
    first, second = (
        message_of(session, decision_request(session, 1, kind)) for kind in (DecisionKind.APPROVE, DecisionKind.KEEP)
    )
    assert decide(review, first)[0] == 200
    status, answer = decide(review, {**second, "by": "Ali"})
    assert status == 409
    assert "Zoé a pris une décision" in answer["error"]
    assert [one.by for one in session.baselines.decisions("exemple")] == ["Zoé"]


def test_the_history_is_served(review: ReviewServer) -> None:
    status, _, html = ask(review, "history.html")
    assert status == 200
    assert b'<svg class="plot" role="img"' in html
    assert b'<a href="history.html">Historique</a>' in ask(review)[2]


def test_a_run_that_finishes_meanwhile_is_announced(session: ReviewSession, review: ReviewServer) -> None:
    assert "plus récente" not in ask(review)[2].decode()
    later = session.folder.parent / "run2"
    later.mkdir()
    (later / "run.json").write_bytes((session.folder / "run.json").read_bytes())
    assert "Une visite plus récente est finie\u00a0: run2" in ask(review)[2].decode()


def test_a_picture_is_sealed_before_it_is_kept(session: ReviewSession, review: ReviewServer) -> None:
    body = message_of(session, decision_request(session, 4, DecisionKind.CONFIRM))
    assert decide(review, {**body, "picture": base64.b64encode(b"<svg/>").decode()})[0] == 409
    assert session.baselines.hand_checks("exemple") == {}
    assert decide(review, {**body, "picture": base64.b64encode(OLD).decode()})[0] == 200
    html = ask(review, "exemple/04.html")[2].decode()
    (path,) = re.findall(r'src="\.\./(by_hand/[^"]+)"', html)
    status, _, picture = ask(review, path)
    assert (status, picture) == (200, session.baselines.own_picture("exemple", 4))
    assert ask(review, "by_hand/../secret.txt")[0] == 404


@pytest.mark.parametrize("path", ["", "index.html", "exemple/01.html", "captures/exemple/01.png"])
def test_without_the_token_there_is_nothing(review: ReviewServer, path: str) -> None:
    for wrong in (f"/{path}", f"/{'x' * 43}/{path}", f"/{urlsplit(review.address).path.strip('/')[:-1]}/{path}"):
        status, _, body = ask(review, wrong)
        assert (status, body) == (404, b"")


@pytest.mark.parametrize("host", ["evil.test", "localhost", "127.0.0.1", "127.0.0.1.evil.test", ""])
def test_another_host_name_is_not_answered(review: ReviewServer, host: str) -> None:
    assert ask(review, Host=host)[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Origin": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Host": "evil.test"},
    ],
)
def test_a_page_of_another_site_cannot_decide(
    session: ReviewSession, review: ReviewServer, headers: dict[str, str]
) -> None:
    status, _ = decide(review, message_of(session, decision_request(session, 1, DecisionKind.APPROVE)), **headers)
    assert status in (403, 404)
    assert approved_png(session) == OLD


def test_nothing_is_decided_without_a_name_or_by_get(session: ReviewSession, review: ReviewServer) -> None:
    assert decide(review, message_of(session, decision_request(session, 1, DecisionKind.APPROVE), by=" "))[0] == 409
    for method in ("GET", "HEAD"):
        assert ask(review, "decide", method=method)[0] == 404
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        assert ask(review, "decide", method=method)[0] == 405
    assert approved_png(session) == OLD


@pytest.mark.parametrize(
    "path",
    [
        "../outside.png",
        "..%2foutside.png",
        "%2e%2e/outside.png",
        "static/../../outside.png",
        "x//etc/passwd",
        "captures//etc/passwd",
        "run.json",
        "secret.txt",
        "captures/exemple/01.json",
        "captures",
        "link.png",
        quote("\0.png"),
    ],
)
def test_no_path_leads_out_of_the_run(session: ReviewSession, review: ReviewServer, path: str) -> None:
    (session.folder / "link.png").symlink_to(session.folder.parent / "outside.png")
    assert ask(review, path)[0] in (400, 404)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"by": 1}', b'{"request": {"kind": "eat"}}', b"\xff"])
def test_nonsense_is_refused_in_words(review: ReviewServer, body: bytes) -> None:
    status, _, answer = ask(
        review, "decide", method="POST", body=body, Origin=origin(review), Content_Type="application/json"
    )
    assert status == 409
    assert json.loads(answer)["error"].startswith("Cette décision ne peut pas être appliquée")


def test_a_request_that_is_too_long_is_not_read(review: ReviewServer) -> None:
    headers = {"Origin": origin(review), "Content_Type": "application/json", "Content_Length": str(10**9)}
    assert ask(review, "decide", method="POST", body=None, **headers)[0] == 413


def test_a_request_in_pieces_without_an_end_is_not_read_to_one(review: ReviewServer) -> None:
    address = urlsplit(review.address)
    piece = b"fffff\r\n" + b" " * 0xFFFFF + b"\r\n"
    head = (
        f"POST {address.path}decide HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {origin(review)}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as client:
        client.sendall(head.encode())
        sent = 0
        with suppress(ConnectionError):
            while sent < 1000 and not select.select([client], [], [], 0)[0]:
                client.sendall(piece)
                sent += 1
        with suppress(ConnectionError):
            assert client.recv(100).split()[1] in (b"400", b"409", b"411", b"413")
    assert sent < 500, "MB"
    assert ask(review, "")[0] == 200


def test_every_answer_says_what_a_browser_may_do_with_it(review: ReviewServer) -> None:
    for path in ("", "exemple/01.html", "captures/exemple/01.png", "nothing"):
        _, headers, _ = ask(review, path)
        assert {name: headers[name] for name in HEADERS} == HEADERS
    for word in ("unsafe", "*", "data:", "http"):
        assert word not in POLICY


def test_it_listens_on_this_machine_alone(review: ReviewServer) -> None:
    assert urlsplit(review.address).hostname == "127.0.0.1"
    assert len(urlsplit(review.address).path) > 40


def test_decisions_are_shown_on_all_pages(session: ReviewSession, review: ReviewServer) -> None:
    decide(review, message_of(session, decision_request(session, 1, DecisionKind.KEEP, note="plus tard", person="Ali")))
    for path in ("", "exemple/01.html"):
        html = ask(review, path)[2].decode()
        assert "À corriger par Ali." in html
        assert f'data-token="{session.state("exemple", 1).token}"' in html


def test_its_pages_are_those_of_the_run(review: ReviewServer, session: ReviewSession) -> None:
    for _, page in session.record.pages():
        assert ask(review, f"exemple/{page.number:02}.html")[0] == 200
    assert ask(review, "exemple/99.html")[0] == 404
    assert Path(session.folder, "index.html").exists()
