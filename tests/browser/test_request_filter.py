"""Requests that may leave the browser, and requests that are blocked."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest
from capture.scenario.tutorial import Visit
from report.verdict import Verdict
from tests.support.attended import attended, behind_wall
from tests.support.builders import HOST, START, tutorial_of
from tests.support.careless_scenarios import FORM, TOML, read_heading, read_heading_at
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of

PAGES = OneRun(
    name="filter",
    others={"suite": "<h1>Suite</h1>"},
    toml=f"""{TOML}
        [[route]]
        url = "{START}partir"
        redirect = "https://ailleurs.test/"
        [[route]]
        url = "{START}fichier"
        page = "suite/index.html"
        headers = {{ Content-Disposition = "attachment" }}
    """,
)


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


def click_on(name: str, **options: Any) -> Visit:
    def visit(step: Step) -> None:
        there = step.tell(f"Cliquez sur « {name} ».", step.role("", name))
        step.shoot()
        step.click(there, **options)

    return visit


UNDECLARED_SEND = PAGES.add(FORM, click_on("Chercher", sends=[f"{HOST}/ailleurs"]), read_heading)


def test_a_send_that_no_step_declared_does_not_leave(seen: FinishedRun) -> None:
    blocked = seen.record.tutorials[0].blocked_requests
    assert BlockedRequest(method="POST", host=HOST, reason="undeclared send") in blocked
    assert page_of(seen.record, UNDECLARED_SEND).verdict is Verdict.NEW, "it was seen"
    after = page_of(seen.record, UNDECLARED_SEND + 1)
    assert after.verdict is Verdict.NOT_REACHED, "the form's own page is no other page"


FORWARDED = (("POST", 307), ("POST", 308), ("PUT", 302))


def test_a_redirect_forwards_no_form_submission(run_on: RunOn, write_site: WriteSite) -> None:
    pages, toml, tutorial = {}, "templates = true\n", tutorial_of()
    for number, (method, status) in enumerate(FORWARDED):
        toml += f"""
            [[route]]
            method = "{method}"
            url = "{START}recherche{number}"
            status = {status}
            redirect = "{START}suite{number}"
            [[route]]
            method = "{method}"
            url = "{START}suite{number}"
            set_cookies = {{ sent{number} = "on" }}
            status = 204
        """
        by_script = (
            f"<script>onsubmit = (e) => {{ e.preventDefault(); fetch('/recherche{number}', "
            "{method: 'PUT', body: 'x'}) }</script>"
        )
        form = FORM.replace("/recherche", f"/recherche{number}") + (by_script if method == "PUT" else "")
        pages[str(number)] = f"{form}<p>{{{{ cookies.get('sent{number}', 'not sent') }}}}</p>"
        send = click_on("Chercher", sends=[f"{HOST}/recherche{number}"])
        tutorial.page(2 * number + 1, f"{method} {status}", starts_at=f"{START}{number}")(send)
        tutorial.page(2 * number + 2, "suite", starts_at=f"{START}{number}")(read_heading_at(f"{START}{number}"))
    record = run_on(write_site(pages, toml=toml), [tutorial])
    for number, (method, status) in enumerate(FORWARDED):
        outcome, after = run_on.outcomes[2 * number : 2 * number + 2]
        stopped = (*outcome.blocked, *after.blocked)
        assert BlockedRequest(method=method, host=HOST, reason="send led on") in stopped, (method, status)
        assert after.capture is not None
        shown = {element.name for element in after.capture.sidecar.elements}
        assert "not sent" in shown, (method, status)
    assert {page.verdict for _, page in record.pages()} == {Verdict.NEW}


SHARED_WORKER = PAGES.add(
    """<h1>Bonjour</h1><script>
      const frame = document.body.appendChild(document.createElement("iframe"));
      const found = [window, frame.contentWindow].filter((one) => "SharedWorker" in one).length;
      document.body.insertAdjacentHTML("beforeend", `<p>${found} found</p>`);
    </script>""",
    read_heading,
)


def test_a_page_has_no_worker_of_its_own_that_others_share(seen: FinishedRun) -> None:
    (sidecar,) = (sidecar for sidecar in seen.sidecars if sidecar.page == SHARED_WORKER)
    assert "0 found" in " ".join(element.name for element in sidecar.elements)


TRACKED = PAGES.add(
    "<h1>Bonjour</h1><img src=https://pisteur.test/p.gif><script src=https://pisteur.test/s.js></script>", read_heading
)


def test_nothing_is_asked_of_a_host_that_is_not_declared(seen: FinishedRun) -> None:
    assert page_of(seen.record, TRACKED).verdict is Verdict.NEW
    stopped = {(one.host, one.reason) for one in seen.record.tutorials[0].blocked_requests if one.host != HOST}
    assert stopped == {("pisteur.test", "undeclared host"), ("ailleurs.test", "undeclared host")}


LED_AWAY = PAGES.add("<a href=/partir>Partir</a>", click_on("Partir"), read_heading)


def test_a_redirect_to_another_host_is_not_followed(seen: FinishedRun) -> None:
    after = page_of(seen.record, LED_AWAY + 1)
    assert after.verdict is Verdict.NOT_REACHED
    assert after.captured is None
    assert ("ailleurs.test", "undeclared host") in {
        (stopped.host, stopped.reason) for stopped in seen.record.tutorials[0].blocked_requests
    }


DOWNLOAD = PAGES.add("<a href=/fichier>Prendre</a>", click_on("Prendre"))


def test_a_download_is_not_kept(seen: FinishedRun) -> None:
    assert page_of(seen.record, DOWNLOAD).verdict is Verdict.NEW
    assert "download" in {stopped.reason for stopped in seen.record.tutorials[0].blocked_requests}


STOPPED_OF_ITS_OWN = PAGES.add("<h1>Erreur</h1><iframe src='/?email=quelquun'></iframe>", read_heading)


def test_a_page_on_which_something_of_its_own_was_stopped_is_not_judged(seen: FinishedRun) -> None:
    page = page_of(seen.record, STOPPED_OF_ITS_OWN)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.judgement.reasons[0].obstacle is not None
    assert page.judgement.reasons[0].obstacle.kind is ObstacleKind.STOPPED


def test_what_a_page_asks_of_its_own_host_by_itself_is_answered(run_on: RunOn, write_site: WriteSite) -> None:
    pages, tutorial, toml = {}, tutorial_of(), ""
    for number, method in enumerate(("POST", "PUT", "DELETE", "PATCH"), start=1):
        pages[method] = (
            f"<h1>Attente</h1><script>fetch('/api', {{method: '{method}', body: 'x'}}).then((answer) => {{"
            " document.querySelector('h1').textContent = answer.ok ? 'Bonjour' : 'Refus' })</script>"
        )
        toml += f'[[route]]\nurl = "{START}api"\nmethod = "{method}"\npage = "{method}/index.html"\n'
        tutorial.page(number, method, starts_at=START + method)(read_heading)
    record = run_on(write_site(pages, toml=toml), [tutorial])
    assert [[result.status for result in page.instructions] for _, page in record.pages()] == [["true"]] * len(pages)
    assert record.tutorials[0].blocked_requests == ()


OWN_SOCKET = "new WebSocket('ws://' + '${location.host}' + '/ws')"
WORKER = "new WebSocket('wss://b.test/'); fetch('https://b.test/')"


def test_a_page_that_sends_by_itself_is_not_seen(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", 2000)
    html = "<form method=post action=/recherche></form><script>document.forms[0].submit()</script>"
    record = run_on(write_site({"": html}, toml=TOML), [tutorial_of(read_heading)])
    assert page_of(record, 1).captured is None
    assert "undeclared send" in {stopped.reason for stopped in record.tutorials[0].blocked_requests}


BLOCKED = (
    ("<script>new WebSocket('wss://a.test/')</script>", ("GET", "a.test", "undeclared host")),
    (f"<script>new Worker(URL.createObjectURL(new Blob([`{WORKER}`])))</script>", ("GET", "b.test", "undeclared host")),
    ("<img src=/ailleurs>", ("CONNECT", "c.test", "undeclared host")),
    ("<iframe src=https://d.test/></iframe>", ("GET", "d.test", "undeclared host")),
    ("<script>fetch('https://e.test/?q=1', {mode: 'no-cors'})</script>", ("GET", "e.test", "undeclared host")),
    ("<link rel=stylesheet href=https://f.test/s.css>", ("GET", "f.test", "undeclared host")),
    ("<script>fetch('/recherche', {method: 'PUT'})</script>", ("PUT", HOST, "undeclared send")),
    (
        "<script>new Image().src = '/p.gif'; fetch('/recherche', {method: 'DELETE'})</script>",
        ("DELETE", HOST, "undeclared send"),
    ),
    ("<iframe src='/?email=quelquun'></iframe>", ("GET", HOST, "personal address")),
    ("<script>navigator.sendBeacon('/recherche', 'x')</script>", ("POST", HOST, "undeclared send")),
    ("<script>fetch('/p.txt', {keepalive: true, method: 'PATCH'})</script>", ("PATCH", HOST, "undeclared send")),
    ("<script>new WebSocket(`ws://${location.host}/ws`)</script>", ("GET", HOST, "web socket")),
)
"""HTML of a page, and the method, host and reason of the request that is blocked there after a person has acted."""


def test_blocked_requests_are_listed(run_on: RunOn, write_site: WriteSite) -> None:
    pages = {str(number): f"<h1>Bonjour</h1>{html}" for number, (html, _) in enumerate(BLOCKED, start=1)}
    away = f'[[route]]\nurl = "{START}ailleurs"\nredirect = "https://c.test/"\n'
    tutorial = tutorial_of(read_heading)
    for path in pages:
        tutorial.page(int(path) + 1, path, starts_at=START + path)(read_heading_at(START + path))
    site = write_site({**behind_wall("<h1>Bonjour</h1>"), **pages}, toml=TOML + away)
    record = attended(run_on)(site, [tutorial])
    assert [page.url for _, page in record.pages()] == [START + path for path in ("reel", *pages)]
    assert {page.verdict for _, page in record.pages()} == {Verdict.NEW}
    blocked = {(one.method, one.host, one.reason) for one in record.tutorials[0].blocked_requests}
    assert {expected for _, expected in BLOCKED} <= blocked


def test_a_beacon_and_a_web_socket_of_a_worker_do_not_leave_after_a_person_has_acted(
    run_on: RunOn, write_site: WriteSite
) -> None:
    pages = {
        "balise": "<h1>Bonjour</h1><script>navigator.sendBeacon('/recherche', 'x')</script>",
        "ouvrier": f"<h1>Bonjour</h1><script>new Worker(URL.createObjectURL(new Blob([`{OWN_SOCKET}`])))</script>",
    }
    tutorial = tutorial_of(read_heading)
    for number, path in enumerate(pages, start=2):
        tutorial.page(number, path, starts_at=START + path)(read_heading_at(START + path))
    site = write_site({**behind_wall("<h1>Bonjour</h1>"), **pages}, toml=TOML)
    record = attended(run_on)(site, [tutorial])
    stopped = [(one.method, one.reason) for one in record.tutorials[0].blocked_requests]
    assert sorted(stopped) == [("GET", "web socket"), ("POST", "undeclared send")]


def test_an_embedded_document_is_no_page(run_on: RunOn, write_site: WriteSite) -> None:
    tags = ("<object data=/logo.svg type=image/svg+xml></object>", "<embed src=/logo.svg>")
    name = write_site({str(number): f"<h1>Bonjour</h1>{tag}" for number, tag in enumerate(tags)})
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (Path(name) / HOST / "logo.svg").write_text(svg, "utf-8")
    tutorial = tutorial_of()
    for number, tag in enumerate(tags):
        tutorial.page(number + 1, tag, starts_at=f"{START}{number}")(read_heading)
    record = run_on(name, [tutorial])
    assert [page.verdict for _, page in record.pages()] == [Verdict.NEW] * len(tags)
    assert record.tutorials[0].page_loads == len(tags)


AT_THE_END = """<h1>Bonjour</h1><script>addEventListener("pagehide", () => {
  for (const host of ["", "//{intruder}"]) {
    navigator.sendBeacon(host + "/fin", "x");
    fetch(host + "/fin", { method: "POST", keepalive: true, mode: "no-cors" });
  }
});</script>"""


def test_nothing_leaves_as_a_page_is_closed_nor_for_this_machine(run_on: RunOn, write_site: WriteSite) -> None:
    with listening() as (address, heard):
        html = AT_THE_END.replace("{intruder}", address) + f"<img src=http://{address}/image>"
        toml = f'[[route]]\nurl = "{START}fin"\nmethod = "POST"\nstatus = 204\n'
        record = run_on(write_site({"": html}, toml=toml), [tutorial_of(read_heading)])
        assert page_of(record, 1).verdict is Verdict.NEW
    assert heard == []
    assert ("127.0.0.1", "undeclared host") in {(one.host, one.reason) for one in record.tutorials[0].blocked_requests}


WAYS = (
    ("", "127.0.0.1"),
    ("<img src=/ailleurs1>", "127.0.0.1"),
    ("<iframe src=/ailleurs2></iframe>", f"{HOST}.localhost"),
    ("<img src=/ailleurs3>", f"{HOST}.localhost"),
)
"""HTML of a page that leads to a server of this machine, by the server's name; the first page itself does."""


def test_a_redirect_leads_to_no_other_server_of_this_machine(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial, toml = tutorial_of(read_heading), ""
    with listening() as (address, heard):
        for number, (_, name) in enumerate(WAYS):
            there = address.replace("127.0.0.1", name)
            toml += f'[[route]]\nurl = "{START}ailleurs{number}"\nredirect = "http://{there}/{number}"\n'
            starts_at = f"{START}{number if number else 'ailleurs0'}"
            tutorial.page(number + 2, f"suite {number}", starts_at=starts_at)(read_heading)
        pages = {str(number): f"<h1>Bonjour</h1>{tag}" for number, (tag, _) in enumerate(WAYS)}
        record = run_on(write_site({"": "<h1>Bonjour</h1>", **pages}, toml=toml), [tutorial])
    assert heard == []
    assert {one.host for one in record.tutorials[0].blocked_requests} == {"127.0.0.1", HOST}, "both were tried"
    verdicts = [page.verdict for _, page in record.pages()]
    assert verdicts == [Verdict.NEW, Verdict.UNREACHABLE, Verdict.NEW, Verdict.NEW, Verdict.NEW]


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Start a server on an undeclared host; yield its address and a list that records its connections."""
    heard: list[str] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                heard.append(connection.recv(100).decode("latin-1"))
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_what_was_stopped_on_a_page_stands_on_its_page(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of(read_heading)
    tutorial.page(2, "suite", starts_at=f"{START}suite")(read_heading_at(f"{START}suite"))
    pages = {
        "": "<h1>Bonjour</h1><script src=https://cdn.test/a.js></script><img src=https://pisteur.test/p.gif>",
        "suite": "<h1>Bonjour</h1><link rel=stylesheet href=https://style.test/s.css>",
    }
    record = run_on(write_site(pages), [tutorial])
    blocked = [[(one.kind, one.host) for one in page.blocked] for _, page in record.pages()]
    assert blocked == [[("script", "cdn.test")], [("stylesheet", "style.test")]], (
        "a picture of a tracker matters little"
    )
    html = (run_on.runs / record.id / "exemple" / "01.html").read_text("utf-8")
    assert "resources=[&#34;cdn.test&#34;]" in html


def test_what_a_page_asks_for_after_a_click_carries_nobodys_data(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        button = step.tell("Cliquez sur « Voir ».", step.button())
        step.shoot()
        step.click(button)

    ask = "fetch('/api?email=quelquun'); this.textContent = 'Vu'"
    html = f'<button onclick="{ask}">Voir</button><script>fetch("/api?email=site")</script>'
    record = run_on(write_site({"": html}), [tutorial_of(accueil)])
    assert [one.reason for one in record.tutorials[0].blocked_requests] == ["personal address"]
