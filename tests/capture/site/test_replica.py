"""Replicas, over real sockets."""

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.errors import PortInUse, ReplicaUnreadable
from capture.site.replica import Replica, read_replica

HOST = "www.exemple.test"
TOML = """
templates = true
mounts = { "/fonts/" = "polices" }

[[route]]
url = "https://www.exemple.test/choix"
method = "POST"
redirect = "https://www.exemple.test/"
set_cookies = { caisse = "{form[code]}" }

[[route]]
url = "https://www.exemple.test/panne?oui=1"
page = "panne.html"
status = 503
headers = { Retry-After = "60" }
"""
HOME = '<a href="https://www.exemple.test/aide">{{ cookies.get("caisse", "aucune") }}</a> n° {{ load }}'
Ask = Callable[..., tuple[http.client.HTTPResponse, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Replica of one host."""
    pages = {
        "replica.toml": TOML,
        f"{HOST}/index.html": HOME,
        f"{HOST}/panne.html": "En panne",
        f"{HOST}/faux/index.html": "{{ cookies.inconnu }}",
        f"{HOST}/style.css": "body { background: url(https://www.exemple.test/fond.png) }",
        f"{HOST}/_partie.html": "secret",
        f"{HOST}/brut.txt": "https://www.exemple.test/",
        "polices/a.txt": "police",
        "secret.txt": "secret",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def ask(folder: Path) -> Callable[..., object]:
    """Function that sends a request to the replica over a new connection."""

    def asked(
        path: str, *, method: str = "GET", host: str = HOST, body: str | None = None, cookie: str = ""
    ) -> tuple[http.client.HTTPResponse, str]:
        with Replica([read_replica(folder)]) as replica:
            connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
            headers = {"Host": f"{host}.localhost:{replica.port}", "Cookie": cookie}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read().decode().replace(f":{replica.port}", ":PORT")
            connection.close()
            return response, text

    return asked


def fetch(replica: Replica, path: str) -> tuple[int, bytes]:
    """Request a path of the replica; returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{HOST}.localhost:{replica.port}"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def test_a_page_leads_to_the_replicas_own_addresses(ask: Ask) -> None:
    response, text = ask("/")
    assert response.status == 200
    assert 'href="http://www.exemple.test.localhost:PORT/aide"' in text
    assert response.headers["Cache-Control"] == "no-store"


def test_style_sheets_too_and_other_files_not(ask: Ask) -> None:
    assert "http://www.exemple.test.localhost:PORT/fond.png" in ask("/style.css")[1]
    assert ask("/brut.txt")[1] == "https://www.exemple.test/"


def test_a_style_sheet_in_another_encoding_keeps_it(folder: Path, ask: Ask) -> None:
    css = '@charset "windows-1252"; p::before { content: "\xe9"; background: url(https://www.exemple.test/fond.png) }'
    (folder / HOST / "vieux.css").write_bytes(css.encode("latin-1"))
    with Replica([read_replica(folder)]) as replica:
        connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
        connection.request("GET", "/vieux.css", headers={"Host": f"{HOST}.localhost:{replica.port}"})
        response = connection.getresponse()
        answer = response.read()
        connection.close()
    assert response.headers["Content-Type"] == "text/css", "the file says its encoding itself"
    assert b'"\xe9"' in answer
    assert b"localhost" in answer


def test_a_send_sets_its_cookie_and_leads_on(ask: Ask) -> None:
    response, _ = ask("/choix", method="POST", body="code=73000")
    assert response.status == 303
    assert response.headers["Location"].startswith(f"http://{HOST}.localhost:")
    assert response.headers["Set-Cookie"].startswith("caisse=73000")


def test_a_page_sees_its_cookie_escaped(ask: Ask) -> None:
    assert ">&lt;b&gt;</a>" in ask("/", cookie="caisse=<b>")[1]


def test_each_load_has_another_number(ask: Ask) -> None:
    assert ask("/", cookie="caisse=1")[1] != ask("/", cookie="caisse=1")[1]


def test_a_route_answers_only_with_its_query_and_method(ask: Ask) -> None:
    response, text = ask("/panne?oui=1&autre=2")
    assert (response.status, response.headers["Retry-After"], text) == (503, "60", "En panne")
    assert ask("/panne?oui=2")[0].status == 404
    assert ask("/panne?oui=1", method="POST", body="")[0].status == 404


def test_a_mount_is_on_every_host(ask: Ask) -> None:
    assert ask("/fonts/a.txt")[1] == "police"


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/fonts/../secret.txt", "/_partie.html", "//etc/passwd", "/rien"]
)
def test_nothing_outside_the_pages_is_served(ask: Ask, path: str) -> None:
    response, text = ask(path)
    assert response.status == 404
    assert "secret" not in text.replace("secret.txt", "")


def test_a_template_error_in_a_replica_is_shown_in_its_page(ask: Ask) -> None:
    response, text = ask("/faux/")
    assert response.status == 500
    assert "inconnu" in text
    assert ask("/choix", method="POST", body="autre=1")[0].status == 400


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("un\ndeux\n{{ 1 / 0 }}", 3),
        ("un\n{% if %}", 2),
        ("{% include 'absent.html' %}", 1),
        ("\n{{ cookies.inconnu }}", 2),
        ("{{ query.x + 3 }}", 1),
        ("{{ ''.__class__.__mro__ }}", 1),
    ],
)
def test_a_mistake_is_noted_with_its_file_and_line(folder: Path, template: str, line: int) -> None:
    file = folder / HOST / "fautif.html"
    file.write_text(template, "utf-8")
    with Replica([read_replica(folder)]) as replica:
        status, _ = fetch(replica, "/fautif.html")
        assert status == 500
        assert replica.mistakes[f"{HOST}/fautif.html"].startswith(f"{HOST}/fautif.html:{line}: ")


def test_a_header_that_cannot_be_sent_is_a_mistake_of_the_settings(folder: Path) -> None:
    route = f'[[route]]\nurl = "https://{HOST}/x"\npage = "index.html"\nheaders = {{ A = "b\\nc" }}\n'
    (folder / "replica.toml").write_text(route, "utf-8")
    with Replica([read_replica(folder)]) as replica:
        assert fetch(replica, "/x")[0] == 500
        assert "replica.toml" in replica.mistakes[f"{HOST}/x"]


def test_no_template_reads_a_file_outside(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("dehors") / "x.html"
    outside.write_text("secret", "utf-8")
    (folder / HOST / "lien.html").symlink_to(outside)
    for name in ("lien.html", "../secret.txt", str(outside)):
        (folder / HOST / "inclut.html").write_text(f"{{% include '{name}' %}}", "utf-8")
        with Replica([read_replica(folder)]) as replica:
            status, body = fetch(replica, "/inclut.html")
        assert status == 500
        assert b"secret" not in body.replace(b"secret.txt", b"")


def test_a_host_that_is_a_link_out_of_the_replica_is_none(folder: Path) -> None:
    (folder / "autre.exemple.test").symlink_to("/etc")
    assert read_replica(folder).hosts == {HOST}


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="shift_jis">', "shift_jis"),
        ("<meta charset=iso-2022-jp>", "iso-2022-jp"),
        ('<meta http-equiv="content-type" content="text/html; charset=euc-jp">', "euc-jp"),
        ("", "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_a_page_keeps_its_encoding(folder: Path, declaration: str, encoding: str) -> None:
    (folder / "replica.toml").unlink()
    text = f'{declaration}<a href="https://{HOST}/">日本</a>'
    (folder / HOST / "page.html").write_bytes(text.encode(encoding))
    with Replica([read_replica(folder)]) as replica:
        _, body = fetch(replica, "/page.html")
        local = text.replace(f"https://{HOST}", f"http://{HOST}.localhost:{replica.port}")
    assert body == local.encode(encoding)


def test_another_host_is_misdirected(ask: Ask) -> None:
    assert ask("/", host="autre.test")[0].status == 421


def test_it_listens_on_loopback_alone_and_lets_its_port_go(folder: Path) -> None:
    with Replica([read_replica(folder)]) as replica:
        port = replica.port
        with pytest.raises(PortInUse, match=str(port)):
            Replica([read_replica(folder)], port=port)
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[[", "replica.toml"),
        ('[[route]]\npage = "x"', "url"),
        ('mounts = "x"', "mounts"),
        ("[[route]]\nurl = 3", "url"),
        ('[[route]]\nurl = "https://www.exemple.test/"\nstatus = 0', "status"),
        ('[[route]]\nurl = "https://www.exemple.test/"\nlatency_s = -1', "latency_s"),
    ],
)
def test_settings_that_cannot_be_read_say_why(folder: Path, toml: str, why: str) -> None:
    (folder / "replica.toml").write_text(toml, "utf-8")
    with pytest.raises(ReplicaUnreadable, match=why):
        read_replica(folder)


def test_a_folder_without_a_host_is_no_replica(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ReplicaUnreadable):
            read_replica(path)


@pytest.mark.parametrize("target", ["/etc", "..", "../..", "style/../../autre"])
def test_a_folder_outside_the_replica_is_not_mounted(folder: Path, target: str) -> None:
    (folder / "replica.toml").write_text(f'[mounts]\n"/x/" = "{target}"\n', "utf-8")
    with pytest.raises(ReplicaUnreadable, match="outside the replica"):
        read_replica(folder)


def test_replicas_of_a_pack_share_a_folder_beside_them(tmp_path: Path) -> None:
    era = tmp_path / "pack" / "replica" / "2026"
    (era / HOST).mkdir(parents=True)
    (era / "replica.toml").write_text('[mounts]\n"/fonts/" = "../fonts"\n', "utf-8")
    assert read_replica(era).settings.mounts == {"/fonts/": "../fonts"}


def test_a_link_out_of_the_replica_is_not_followed(folder: Path, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "dehors.txt").write_text("secret", "utf-8")
    (folder / HOST / "lien.txt").symlink_to(tmp_path / "dehors.txt")
    (folder / HOST / "dossier").symlink_to(tmp_path)
    assert ask("/lien.txt")[0].status == 404
    assert ask("/dossier/dehors.txt")[0].status == 404


def test_a_cookie_takes_values_of_the_request_and_nothing_else(folder: Path) -> None:
    route = (
        f'[[route]]\nurl = "https://{HOST}/choix"\nset_cookies = '
        '{ a = "{query[q]}", b = "{query.__class__}", c = "{query[q].__class__}" }\n'
    )
    (folder / "replica.toml").write_text(route, "utf-8")
    with Replica([read_replica(folder)]) as replica:
        connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
        connection.request("GET", "/choix?q=7", headers={"Host": f"{HOST}.localhost:{replica.port}"})
        cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
        connection.close()
    assert [cookie.partition(";")[0] for cookie in cookies] == [
        "a=7",
        "b={query.__class__}",
        "c={query[q].__class__}",
    ]
