"""Requests that may leave the browser, and requests that are blocked."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.privacy.request_filter import BlockedRequest
from report.results.run_record import RunRecord
from report.verdict import Verdict
from tests.support.attended import attended, behind_wall
from tests.support.builders import HOST, START, tutorial_of
from tests.support.careless_scenarios import FORM, TOML, read_heading, read_heading_at, visible_text
from tests.support.runs import RunOn, WriteSite, page_of


def test_a_send_that_no_step_declared_does_not_leave(run_on: RunOn, write_site: WriteSite) -> None:
    def chercher(step: Step) -> None:
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.click(button, sends=[f"{HOST}/ailleurs"])

    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite")(read_heading)
    record = run_on(write_site({"": FORM, "suite": "<h1>Suite</h1>"}, toml=TOML), [tutorial])
    assert BlockedRequest(method="POST", host=HOST, reason="undeclared send") in record.tutorials[0].blocked_requests
    assert page_of(record, 1).verdict is Verdict.NEW, "it was seen"
    assert page_of(record, 2).verdict is Verdict.NOT_REACHED, "the form's own page is no other page"


@pytest.mark.parametrize(("method", "status"), [("POST", 307), ("POST", 308), ("PUT", 302)])
def test_a_redirect_forwards_no_form_submission(run_on: RunOn, write_site: WriteSite, method: str, status: int) -> None:
    def chercher(step: Step) -> None:
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.click(button, sends=[f"{HOST}/recherche"])

    toml = f"""
        [[route]]
        method = "{method}"
        url = "{START}recherche"
        status = {status}
        redirect = "{START}suite"
        [[route]]
        method = "{method}"
        url = "{START}suite"
        set_cookies = {{ sent = "on" }}
        status = 204
    """
    by_script = (
        "<script>onsubmit = (e) => { e.preventDefault(); fetch('/recherche', {method: 'PUT', body: 'x'}) }</script>"
    )
    html = FORM + (by_script if method == "PUT" else "") + "<p>{{ cookies.get('sent', 'not sent') }}</p>"
    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite", starts_at=START)(read_heading)
    record = run_on(write_site({"": html}, toml="templates = true\n" + toml), [tutorial])
    assert BlockedRequest(method=method, host=HOST, reason="send led on") in record.tutorials[0].blocked_requests
    assert "not sent" in visible_text(run_on)


def test_a_page_has_no_worker_of_its_own_that_others_share(run_on: RunOn, write_site: WriteSite) -> None:
    tried = """<h1>Bonjour</h1><script>
      const frame = document.body.appendChild(document.createElement("iframe"));
      const found = [window, frame.contentWindow].filter((one) => "SharedWorker" in one).length;
      document.body.insertAdjacentHTML("beforeend", `<p>${found} found</p>`);
    </script>"""
    run_on(write_site({"": tried}), [tutorial_of(read_heading)])
    assert "0 found" in visible_text(run_on)


def test_nothing_is_asked_of_a_host_that_is_not_declared(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<h1>Bonjour</h1><img src=https://pisteur.test/p.gif><script src=https://pisteur.test/s.js></script>"
    record = run_on(write_site({"": html}), [tutorial_of(read_heading)])
    assert page_of(record, 1).verdict is Verdict.NEW
    assert {(stopped.host, stopped.reason) for stopped in record.tutorials[0].blocked_requests} == {
        ("pisteur.test", "undeclared host")
    }


def run_after_a_wall(run_on: RunOn, write_site: WriteSite, html: str) -> RunRecord:
    """Visit a page after another one, which stands behind a wall that a person has answered."""
    tutorial = tutorial_of(read_heading)
    tutorial.page(2, "ensuite", starts_at=f"{START}ensuite")(read_heading_at(f"{START}ensuite"))
    site = write_site({**behind_wall("<h1>Bonjour</h1>"), "ensuite": html}, toml=TOML)
    return attended(run_on, site)(site, [tutorial])


def test_a_beacon_does_not_leave_after_a_person_has_acted(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<h1>Bonjour</h1><script>navigator.sendBeacon('/recherche', 'x')</script>"
    record = run_after_a_wall(run_on, write_site, html)
    assert [stopped.method for stopped in record.tutorials[0].blocked_requests] == ["POST"]


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
    record = attended(run_on, site)(site, [tutorial])
    assert [page.url for _, page in record.pages()] == [START + path for path in ("reel", *pages)]
    assert {page.verdict for _, page in record.pages()} == {Verdict.NEW}
    blocked = {(one.method, one.host, one.reason) for one in record.tutorials[0].blocked_requests}
    assert {expected for _, expected in BLOCKED} <= blocked


def test_a_web_socket_of_a_worker_is_blocked(run_on: RunOn, write_site: WriteSite) -> None:
    html = f"<h1>Bonjour</h1><script>new Worker(URL.createObjectURL(new Blob([`{OWN_SOCKET}`])))</script>"
    record = run_after_a_wall(run_on, write_site, html)
    assert "web socket" in {stopped.reason for stopped in record.tutorials[0].blocked_requests}


@pytest.mark.parametrize("tag", ["<object data=/logo.svg type=image/svg+xml></object>", "<embed src=/logo.svg>"])
def test_an_embedded_document_is_no_page(run_on: RunOn, write_site: WriteSite, tag: str) -> None:
    name = write_site({"": f"<h1>Bonjour</h1>{tag}"})
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (Path(name) / HOST / "logo.svg").write_text(svg, "utf-8")
    record = run_on(name, [tutorial_of(read_heading)])
    assert page_of(record, 1).verdict is Verdict.NEW
    assert record.tutorials[0].page_loads == 1


def test_a_redirect_to_another_host_is_not_followed(run_on: RunOn, write_site: WriteSite) -> None:
    def partir(step: Step) -> None:
        link = step.tell("Cliquez sur « Partir ».", step.link())
        step.shoot()
        step.click(link)

    tutorial = tutorial_of(partir)
    tutorial.page(2, "ailleurs")(read_heading)
    away = f'[[route]]\nurl = "{START}partir"\nredirect = "https://pisteur.test/"\n'
    record = run_on(write_site({"": "<a href=/partir>Partir</a>"}, toml=away), [tutorial])
    assert page_of(record, 2).verdict is not Verdict.UP_TO_DATE
    assert page_of(record, 2).captured is None
    assert ("pisteur.test", "undeclared host") in {
        (stopped.host, stopped.reason) for stopped in record.tutorials[0].blocked_requests
    }


def test_a_download_is_not_kept(run_on: RunOn, write_site: WriteSite) -> None:
    def prendre(step: Step) -> None:
        link = step.tell("Cliquez sur « Prendre ».", step.link())
        step.shoot()
        step.click(link)

    file = (
        f'[[route]]\nurl = "{START}fichier"\npage = "index.html"\n[route.headers]\nContent-Disposition = "attachment"\n'
    )
    record = run_on(write_site({"": "<a href=/fichier>Prendre</a>"}, toml=file), [tutorial_of(prendre)])
    assert "download" in {stopped.reason for stopped in record.tutorials[0].blocked_requests}


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


@pytest.mark.parametrize(
    ("way", "name"),
    [("page", "127.0.0.1"), ("img", "127.0.0.1"), ("iframe", f"{HOST}.localhost"), ("img", f"{HOST}.localhost")],
)
def test_a_redirect_leads_to_no_other_server_of_this_machine(
    run_on: RunOn, write_site: WriteSite, way: str, name: str
) -> None:
    with listening() as (there, heard):
        address = there.replace("127.0.0.1", name)
        toml = f'[[route]]\nurl = "{START}ailleurs"\nredirect = "http://{address}/"\n'
        tag = {"page": "", "img": "<img src=/ailleurs>", "iframe": "<iframe src=/ailleurs></iframe>"}[way]
        tutorial = tutorial_of(read_heading)
        tutorial.page(2, "suite", starts_at=f"{START}{'ailleurs' if way == 'page' else ''}")(read_heading)
        run_on(write_site({"": f"<h1>Bonjour</h1>{tag}"}, toml=toml), [tutorial])
    assert heard == []


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


def test_a_page_on_which_something_of_its_own_was_stopped_is_not_judged(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<h1>Erreur</h1><iframe src='/?email=quelquun'></iframe>"
    page = page_of(run_on(write_site({"": html}), [tutorial_of(read_heading)]), 1)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.judgement.reasons[0].obstacle is not None
    assert page.judgement.reasons[0].obstacle.kind is ObstacleKind.STOPPED


def test_what_a_page_asks_for_after_a_click_carries_nobodys_data(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        button = step.tell("Cliquez sur « Voir ».", step.button())
        step.shoot()
        step.click(button)

    ask = "fetch('/api?email=quelquun'); this.textContent = 'Vu'"
    html = f'<button onclick="{ask}">Voir</button><script>fetch("/api?email=site")</script>'
    record = run_on(write_site({"": html}), [tutorial_of(accueil)])
    assert [one.reason for one in record.tutorials[0].blocked_requests] == ["personal address"]
