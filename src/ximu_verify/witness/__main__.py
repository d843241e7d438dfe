"""`ximu-witness`: init, follow, serve, look, cosign, status. Exit 0 done, 1 refused, 2 unusable."""

from __future__ import annotations

import argparse
import base64
import io
import json
import sys
from pathlib import Path

from ximu_verify.witness.fetching import look
from ximu_verify.witness.keeping import Refused, Request, Witness
from ximu_verify.witness.serving import now, serve

DONE, REFUSED, UNUSABLE = 0, 1, 2


def main(args: list[str] | None = None) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):  # a note is UTF-8 in every locale
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(args: list[str]) -> int:
    given = _arguments().parse_args(args)
    try:
        return _DO[given.verb](given)
    except Refused as refused:
        sys.stderr.write(f"✘ 未加签 not cosigned ({refused.status}): {refused.reason}\n")
        return REFUSED
    except (OSError, ValueError, KeyError, OverflowError) as error:
        sys.stderr.write(f"✘ {error}\n")
        return UNUSABLE


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ximu-witness", description="见证一个日志只增不改 Witness that a log only grows.")
    parser.add_argument("--folder", default="ximu-witness", help="本见证人的文件夹 the folder of this witness")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("init", help="生成密钥 make the key; prints the verifier key")
    verb.add_argument("name", help="名称，如 court.example/w1")
    verb = verbs.add_parser("follow", help="登记一个日志 watch a log, known by its key")
    verb.add_argument("key", nargs="+", help="日志公钥 the log's verifier key; several after a rotation")
    verb.add_argument("--url", default="", help="日志的网址 address of the portal, for `look`")
    verb = verbs.add_parser("serve", help="提供 add-checkpoint 服务")
    verb.add_argument("--host", default="127.0.0.1")
    verb.add_argument("--port", type=int, default=8090)
    verbs.add_parser("look", help="逐个取回所登记日志的检查点并加签 fetch, check and cosign every log")
    verb = verbs.add_parser("cosign", help="对文件中的 add-checkpoint 请求加签 cosign a request from a file (- standard input)")
    verb.add_argument("request")
    verb = verbs.add_parser("status", help="所知各日志与证据 what is known, and the evidence")
    verb.add_argument("--json", action="store_true")
    return parser


def _init(given: argparse.Namespace) -> int:
    print(Witness.create(given.folder, given.name).key)  # noqa: T201
    return DONE


def _follow(given: argparse.Namespace) -> int:
    print(Witness(given.folder).follow(*given.key, url=given.url))  # noqa: T201
    return DONE


def _serve(given: argparse.Namespace) -> int:
    server = serve(Witness(given.folder), given.host, given.port)
    print(f"http://{given.host}:{server.server_address[1]}/add-checkpoint", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return DONE


def _look(given: argparse.Namespace) -> int:
    witness, worst = Witness(given.folder), DONE
    for origin, url in witness.logs():
        if not url:
            continue
        try:
            print(look(witness, origin, url, now=now()), end="")  # noqa: T201
        except Refused as refused:
            sys.stderr.write(f"✘ {origin}: {refused.reason} ({refused.status})\n")
            worst = max(worst, REFUSED)
        except (OSError, ValueError, KeyError) as error:
            sys.stderr.write(f"✘ {origin}: {error}\n")
            worst = UNUSABLE
    return worst


def _cosign(given: argparse.Namespace) -> int:
    closed = given.request == "-" and sys.stdin is None
    body = b"" if closed else sys.stdin.buffer.read() if given.request == "-" else Path(given.request).read_bytes()
    request, witness = Request.parse(body), Witness(given.folder)
    line = witness.cosign(request.note, old=request.old, proof=request.proof, now=now())
    print(request.note + line, end="")  # noqa: T201
    return DONE


def _status(given: argparse.Namespace) -> int:
    witness = Witness(given.folder)
    logs = []
    for origin, url in witness.logs():
        held = witness.known(origin)
        logs.append({"origin": origin, "url": url, "size": held.size if held else 0,
                     "root": base64.b64encode(held.root).decode() if held else ""})
    told = {"key": str(witness.key), "logs": logs, "evidence": [str(path) for path in witness.evidence()]}
    if given.json:
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
        return DONE
    print(told["key"])  # noqa: T201
    for log in logs:
        print(f"{log['origin']}  {log['size']}  {log['root']}  {log['url']}")  # noqa: T201
    for path in witness.evidence():
        print(f"证据 evidence: {path}")  # noqa: T201
    return DONE


_DO = {"init": _init, "follow": _follow, "serve": _serve, "look": _look, "cosign": _cosign, "status": _status}

if __name__ == "__main__":
    main()
