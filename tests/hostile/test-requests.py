#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests whose content is the attack: JSON too large and too deep, names that lead elsewhere, HTTP that is not. Prints TAP."""

import contextlib
import json
import os
import urllib.parse

from hostile import ATTACKER, HostileLab, LONG, MIB, check, connect, encode, read_answer, request
from lab import write_random
from tap import main

PATHS = ["../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "....//....//etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
         "..%2f..%2fetc%2fpasswd", "%252e%252e%252fetc%252fpasswd", "..%c0%af..%c0%afetc%c0%afpasswd", "a/../../etc/passwd", "a%00b",
         "\u202e../etc", "~root", "$HOME", "`id`", "|id", "a\r\nX: y", "C:\\x", "\\\\host\\share", "nul", "con.txt", "a" * 5000,
         "{}", "%", "%zz", "0x1", "-1", "1e9", "99999999999999999999999", "' OR 1=1 --", "\ud800".encode("utf-8", "surrogatepass").hex(), ".", "..", " "]


def read_routes():
    """[(method, path with {names}, whether it takes a body)] as openapi.json has them."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "console", "engine", "api", "openapi.json")
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    return [(method.upper(), path, "requestBody" in operation) for path, item in document["paths"].items()
            for method, operation in item.items() if method in ("get", "post", "put", "delete", "patch")]


def fill(path, name):
    """PATH with NAME in the place of each {…}."""
    parts = [name if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def list_files(directory):
    return sorted(os.path.join(folder, name) for folder, folders, names in os.walk(directory) for name in names + folders)


def make_deep(depth, opening="[", closing="]"):
    return b'{"a":' + (opening * depth + closing * depth).encode() + b"}"


def test_json_too_large_too_deep_and_broken():
    bodies = {
        "deep arrays": make_deep(15_000),
        "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        "deep and open": b"[" * 60_000,
        "one level too many": make_deep(16),
        "a large number": b'{"rate_mbit": ' + b"9" * 60_000 + b"}",
        "a number beyond": b'{"rate_mbit": 1e999}',
        "no number": b'{"rate_mbit": NaN}',
        "twice": b'{"name":"a","name":"b"}',
        "not UTF-8": b'{"name":"\xff\xfe\x80"}',
        "half a surrogate": b'{"name":"\\ud800"}',
        "a zero": b'{"name":"a\\u0000b"}',
        "a byte of zero": b'{"name":"a\0b"}',
        "many members": b"{" + b",".join(b'"m%d":1' % number for number in range(6000)) + b"}",
        "not an object": b"[1,2,3]",
        "nothing but blanks": b" " * 60_000,
        "two": b'{"name":"a"}{"name":"b"}',
        "another kind": b'{"name":{"name":["x"]}}',
    }
    with HostileLab(growth=32 * MIB) as lab:
        lab.start_engine()
        before = list_files(lab.engine.directory)
        routes = [(path, fill(path, "1")) for method, path, has_body in read_routes() if method == "POST" and has_body and path != "/v1/chunks/locate"]  # its body is no JSON
        check(len(routes) > 8, f"the document has routes with bodies: {routes}")
        with lab.attack():
            for path, target in routes:
                for what, body in bodies.items():
                    status, answer = request(lab, "POST", target, body=body, token=lab.token)
                    check(400 <= status < 500, f"POST {path} with {what}: {status} {answer[:200]}")
            for length in ("9000000000000000000", "99999999999999999999999999"):  # promised, not sent
                status, _ = request(lab, "POST", "/v1/rooms", [f"Content-Length: {length}"], token=lab.token, timeout=1)
                check(status == 0 or 400 <= status < 500, f"a length of {length}: {status}")
        check(list_files(lab.engine.directory) == before, "nothing was made of it")


def test_paths_that_lead_elsewhere():
    with HostileLab(growth=32 * MIB) as lab:
        lab.start_engine()
        before = list_files(lab.directory)
        routes = [(method, path) for method, path, _ in read_routes() if "{" in path]
        check(len(routes) > 8, f"the document has routes with names: {routes}")
        number = 0
        with lab.attack():
            for method, path in routes:
                for name in PATHS:
                    number += 1
                    if number % 2 and not LONG:  # each name and each route come up, not each pair
                        continue
                    quoted = urllib.parse.quote(name, safe="" if number % 4 else "/%")
                    status, answer = request(lab, method, fill(path, quoted), token=lab.token, body=b"{}" if method == "POST" else b"",
                                             timeout=3)
                    check(status == 0 or 400 <= status < 500 or (method == "GET" and status == 200 and is_empty(answer)),
                          f"{method} {path} for {name[:40]!r}: {status} {answer[:200]}")
                    check(b"root:" not in answer, f"{method} {path} for {name[:40]!r} read a file")
            for target in ("/../../etc/passwd", "//etc/passwd", "/v1/../../etc/passwd", "/v1/packs/../../connection", "/%2e%2e/connection",
                           "*", "/v1/packs/1/../../../connection", "/v1\\..\\connection", "/trust/authority.key",
                           "/connection", "/.", "/v1/" + "a/" * 2000, "/" + "%41" * 3000):
                status, answer = request(lab, "GET", target, token=lab.token, timeout=1)
                check(status in (0, 400, 404, 405, 414) and b"PRIVATE" not in answer and lab.token.encode() not in answer,
                      f"GET {target[:60]}: {status} {answer[:200]}")
            status, answer = request(lab, "GET", "http://elsewhere:1/v1", token=lab.token)
            check(status == 400 or b'"protocol"' in answer, f"the engine is no proxy: {status} {answer[:200]}")
        check(list_files(lab.directory) == before, "nothing was made of it")


def is_empty(answer):
    """An answer to a question about something that is not there, such as the log of an unknown seat."""
    with contextlib.suppress(ValueError):
        return all(not value or isinstance(value, (int, str)) for value in json.loads(answer).values())
    return False


def test_names_that_lead_elsewhere():
    """Where names are made: rooms, tokens, users, what is published and from where."""
    with HostileLab(growth=64 * MIB) as lab:
        lab.start_engine()
        write_random(os.path.join(lab.directory, "templates", "one", "disk.img"), 100_000)
        lab.ctl("room", "add", "B")
        with lab.attack():
            for name in PATHS:
                for target, body in (("/v1/rooms", {"name": name}), ("/v1/rooms/B/rename", {"name": name}),
                                     ("/v1/enrol-tokens", {"room": name, "seats": 1, "hours": 1}),
                                     ("/v1/users", {"name": name, "role": "viewer", "password": "correct horse battery"})):
                    status, answer = request(lab, "POST", target, body=json.dumps(body).encode(), token=lab.token)
                    check(status in (200, 201) or 400 <= status < 500, f"{target} {name[:40]!r}: {status} {answer[:200]}")
                    if any(ord(character) < 32 for character in name):
                        check(status >= 400, f"{target} took a control character: {name!r}")
                status, answer = request(lab, "POST", "/v1/versions", token=lab.token,
                                         body=json.dumps({"directory": os.path.join("/nonexistent", name), "note": name}).encode())
                check(status in (200, 202) or 400 <= status < 500, f"publish {name[:40]!r}: {status} {answer[:200]}")
        made = {os.path.relpath(path, lab.directory).split(os.sep)[0] for path in list_files(lab.directory)}
        check(made <= {"console", "templates", "engine.log", "seats"}, f"names became files: {made}")
        check(lab.get("/v1/versions")["versions"] == [], "nothing was published")


def test_http_that_is_not():
    """Two lengths, two requests in one, methods and headers that nobody knows: never a second answer, never another's."""
    body = b'{"name":"x"}'
    inner = encode("POST", "/v1/rooms", body=b'{"name":"smuggled"}')
    with HostileLab(growth=32 * MIB) as lab:
        lab.start_engine()
        with_token = f"Authorization: Bearer {lab.token}"
        inner = encode("POST", "/v1/rooms", [with_token], b'{"name":"smuggled"}')
        attacks = {
            "two lengths": encode("POST", "/v1/rooms", ["Content-Length: 0", f"Content-Length: {len(inner)}"]) + inner,
            "a length and chunks": encode("POST", "/v1/rooms", ["Content-Length: 4", "Transfer-Encoding: chunked"]) + b"0\r\n\r\n" + inner,
            "chunks of another kind": encode("POST", "/v1/rooms", ["Transfer-Encoding: xchunked"]) + b"0\r\n\r\n" + inner,
            "a folded header": encode("GET", "/v1", ["X: a\r\n b"]) + inner,
            "a blank before the colon": encode("POST", "/v1/rooms", ["Content-Length : 5"], body) + inner,
            "a request behind it": encode("GET", "/v1") + inner,
            "another version": b"GET /v1 HTTP/9.9\r\nHost: x\r\n\r\n" + inner,
            "no version": b"GET /v1\r\n\r\n" + inner,
            "no method": b" /v1 HTTP/1.1\r\n\r\n" + inner,
            "line feeds": encode("GET", "/v1").replace(b"\r\n", b"\n") + inner,
            "zeros": encode("GET", "/v1", ["X: \0\0"]) + inner,
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + inner,
            "CONNECT": encode("CONNECT", "127.0.0.1:22") + inner,
            "TRACE": encode("TRACE", "/v1") + inner,
        }
        with lab.attack():
            for what, data in attacks.items():
                with connect(lab, ATTACKER) as connection:
                    with contextlib.suppress(OSError):
                        connection.sendall(data)
                        connection.settimeout(3)
                    status, answer = read_answer(connection)
                    check(status < 200 or 400 <= status < 600, f"{what}: {status} {answer[:200]}")
                rooms = [room["name"] for room in lab.get("/v1/rooms")["rooms"]]
                check("smuggled" not in rooms, f"{what} smuggled a request in")


def test_wrong_tokens():
    """Guessing at full speed gets nobody in, and fills neither log nor activity."""
    with HostileLab(growth=32 * MIB) as lab:
        lab.start_engine()
        guesses = ["", "x", lab.token[:-1], lab.token + "x", lab.token.swapcase(), "\t" + "a" * 4000, "Ä", "null"]
        with lab.attack():
            for number in range(2000 if LONG else 150):
                status, answer = request(lab, "GET", "/v1/versions", token=guesses[number % len(guesses)] or None, address=ATTACKER)
                check(status in (400, 401), f"a guess: {status} {answer[:200]}")
            status, _ = request(lab, "GET", "/v1/versions", [f"Authorization: Basic {lab.token}"], address=ATTACKER)
            check(status == 401, f"another scheme: {status}")
        check(len(lab.get("/v1/activity")["entries"]) < 20, "strangers fill the activity")
        check(os.path.getsize(lab.engine.log) < 100_000, "strangers fill the log")
        check(lab.token not in lab.engine.read_log(), "the log has the token")


if __name__ == "__main__":
    main(globals())
