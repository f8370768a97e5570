"""A language server, driven over its protocol as an editor would (Language Server Protocol 3.17, over stdio).

    with Server(folder, settings) as server:
        server.open("records/parties.yaml", text)
        server.complaints("records/parties.yaml")     # messages, once the server has judged the text
        server.hover("records/parties.yaml", line, column)
        server.complete("records/parties.yaml", line, column)

The server runs with a trap in place of the network: whatever it tries to reach is in `server.reached`.
"""

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.tools import need

PROGRAM = Path(__file__).parent / "checkers" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
TRAP = """
const fs = require("fs"), net = require("net"), dns = require("dns");
const told = (what) => { fs.appendFileSync(process.env.TRAP, what + "\\n"); throw new Error("no network: " + what); };
net.Socket.prototype.connect = function (...a) { told("connect " + JSON.stringify(a[0])); };
dns.lookup = (name) => told("lookup " + name);
"""
SECONDS = 60
PATIENCE = 100


class Server:
    """A running server, and what it said."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self.folder, self.settings = folder, settings
        self._trap = folder.parent / f"{folder.name}-reached"
        hook = folder.parent / f"{folder.name}-trap.js"
        hook.write_text(TRAP)
        self._process = subprocess.Popen(
            [need("node"), "--require", str(hook), str(PROGRAM), "--stdio"], cwd=folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TRAP": str(self._trap)},
        )  # fmt: skip
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._knows_settings = False
        threading.Thread(target=self._listen, daemon=True).start()
        roots = [{"uri": folder.as_uri(), "name": "archive"}]
        able = {
            "workspace": {"configuration": True, "workspaceFolders": True, "didChangeConfiguration": {}},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {},
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
            },
        }  # fmt: skip
        self._ask(
            "initialize", processId=os.getpid(), rootUri=folder.as_uri(), workspaceFolders=roots, capabilities=able
        )
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=self._configuration())
        while not self._knows_settings:
            self._handle(self._said.get(timeout=SECONDS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def reached(self) -> str:
        """What it tried to reach over a network."""
        return self._trap.read_text() if self._trap.exists() else ""

    # -- what an editor does -------------------------------------------------------------------------------------

    def open(self, path: str, text: str) -> None:
        """Open a file of the folder with this text; what was said of an earlier text does not count any more."""
        self._diagnostics.pop(self._uri(path), None)
        document = {"uri": self._uri(path), "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)

    def complaints(self, path: str) -> list[str]:
        """Wait until the server has judged a file, and return what it says."""
        while self._uri(path) not in self._diagnostics:
            self._handle(self._said.get(timeout=SECONDS))
        return [each["message"] for each in self._diagnostics[self._uri(path)]]

    def hover(self, path: str, line: int, column: int) -> str:
        """Return what shows over a place; lines and columns count from 0."""
        found = self._ask_again("textDocument/hover", **self._at(path, line, column))
        contents = found["contents"] if found else ""
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def complete(self, path: str, line: int, column: int) -> list[str]:
        """Return what is offered at a place."""
        found = self._ask_again("textDocument/completion", **self._at(path, line, column))
        return [item["label"] for item in (found["items"] if isinstance(found, dict) else found or [])]

    # -- the protocol --------------------------------------------------------------------------------------------

    def _at(self, path: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri(path)}, "position": {"line": line, "character": column}}

    def _uri(self, path: str) -> str:
        return (self.folder / path).as_uri()

    def _configuration(self) -> dict[str, Any]:
        """Return the settings as nested sections."""
        found: dict[str, Any] = {}
        for name, value in self.settings.items():
            *above, last = name.split(".")
            place = found
            for part in above:
                place = place.setdefault(part, {})
            place[last] = value
        return found

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._said.get(timeout=SECONDS)
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]
            self._handle(message)

    def _ask_again(self, method: str, **params: Any) -> Any:
        """Ask until there is an answer, as a person does who looks while the schemas are still being loaded."""
        for _ in range(PATIENCE):
            found = self._ask(method, **params)
            if found and (not isinstance(found, dict) or any(found.values())):
                return found
            time.sleep(0.1)
        return None

    def _handle(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        if "method" in message and "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                known = self._configuration()
                result = [known.get(item.get("section", ""), {}) for item in message["params"]["items"]]
                self._knows_settings = True
            if message["method"] == "workspace/workspaceFolders":
                result = [{"uri": self.folder.as_uri(), "name": "archive"}]
            self._send({"id": message["id"], "result": result})

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            length = int(line.partition(b":")[2])
            while stream.readline().strip():
                pass
            self._said.put(json.loads(stream.read(length)))
