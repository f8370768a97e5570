"""A stand-in for the command gh: one repository's runs, artifacts and issues in a JSON file that HUB names.

It answers as GitHub's REST interface does, in as much as the workflows ask for it, notes what it was asked, and
refuses everything else. `--jq` is left to jq. Made ready by a test, and run by the workflow's own scripts.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

BOT = "github-actions[bot]"
REPOSITORY = "letterbook-example/harbour-letters"
State = dict[str, Any]


def fresh() -> State:
    """Return a repository to which nothing has happened; gh fails where its arguments hold a word of `broken`."""
    return {"default_branch": "main", "calls": [], "broken": [], "runs": [], "issues": []}


def issue(number: int, title: str, login: str = BOT) -> State:
    """Return an open issue."""
    user = {"login": login}
    return {"number": number, "title": title, "state": "open", "user": user, "body": "", "comments": []}


def main(arguments: list[str]) -> None:
    """Answer one call."""
    place = Path(os.environ["HUB"])
    state = json.loads(place.read_text("utf-8"))
    state["calls"].append(arguments)
    place.write_text(json.dumps(state), "utf-8")
    if not os.environ.get("GH_TOKEN") or any(word in " ".join(arguments) for word in state["broken"]):
        sys.exit("gh: HTTP 502")
    command, *rest = arguments
    if command == "api":
        api(state, rest)
    else:
        if os.environ.get("GH_REPO") != REPOSITORY:
            sys.exit("gh: not in a repository")
        {"run": run, "issue": change}[command](state, rest)
    place.write_text(json.dumps(state), "utf-8")


def api(state: State, arguments: list[str]) -> None:
    """Answer `gh api`."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("path")
    parser.add_argument("--method", default="GET", choices=["GET"])
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("-f", "-F", dest="fields", action="append", default=[])
    parser.add_argument("--jq", default=".")
    options = parser.parse_args(arguments)
    path, _, query = options.path.partition("?")
    fields = dict(parse_qsl(query)) | dict(field.split("=", 1) for field in options.fields)
    answer = resource(state, path.removeprefix(f"repos/{REPOSITORY}"), fields)
    done = subprocess.run(["jq", "-r", options.jq], input=json.dumps(answer), text=True, check=False)
    if done.returncode:
        sys.exit("gh: --jq failed")


def resource(state: State, path: str, fields: dict[str, str]) -> Any:
    """Return what stands at a path below the repository's."""
    if path == "":
        return {"default_branch": state["default_branch"]}
    if path == "/actions/workflows/audit.yml/runs":
        asked = {name: value for name, value in fields.items() if name != "per_page"}
        return {"workflow_runs": [run for run in state["runs"] if asked.items() <= run.items()]}
    if found := re.fullmatch(r"/actions/runs/([0-9]+)/artifacts", path):
        return {"artifacts": next(run for run in state["runs"] if run["id"] == int(found[1]))["artifacts"]}
    if path == "/issues":
        return [found for found in state["issues"] if found["state"] == fields["state"]]
    if found := re.fullmatch(r"/issues/([0-9]+)(/comments)?", path):
        known = numbered(state, int(found[1]))
        return known["comments"] if found[2] else known
    sys.exit(f"gh: HTTP 404 {path}")


def numbered(state: State, number: int) -> State:
    """Return the issue of a number."""
    (found,) = [known for known in state["issues"] if known["number"] == number]
    asked: State = found
    return asked


def run(state: State, arguments: list[str]) -> None:
    """Answer `gh run download`."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("act", choices=["download"])
    parser.add_argument("id", type=int)
    parser.add_argument("--name", required=True)
    parser.add_argument("--dir", required=True)
    options = parser.parse_args(arguments)
    (found,) = [one for one in state["runs"] if one["id"] == options.id]
    folders = [kept["folder"] for kept in found["artifacts"] if kept["name"] == options.name and not kept["expired"]]
    if not folders:
        sys.exit("gh: no valid artifacts found to download")
    shutil.copytree(folders[0], options.dir)


def change(state: State, arguments: list[str]) -> None:
    """Answer `gh issue create`, `comment` and `close`."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    acts = parser.add_subparsers(dest="act", required=True)
    create, comment, close = (acts.add_parser(name, allow_abbrev=False) for name in ("create", "comment", "close"))
    create.add_argument("--title", required=True)
    for act in (comment, close):
        act.add_argument("number", type=int)
    for act in (create, comment):
        act.add_argument("--body-file", required=True, type=Path)
    close.add_argument("--comment", required=True)
    options = parser.parse_args(arguments)
    if options.act == "create":
        made = issue(len(state["issues"]) + 1, options.title)
        state["issues"].append(made | {"body": options.body_file.read_text("utf-8")})
        return
    known = numbered(state, options.number)
    text = options.comment if options.act == "close" else options.body_file.read_text("utf-8")
    known["comments"].append({"user": {"login": BOT}, "body": text})
    known["state"] = "closed" if options.act == "close" else known["state"]


if __name__ == "__main__":
    main(sys.argv[1:])
