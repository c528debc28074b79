"""What the site is made from: `docs/`, and some files beside it that are pages of the site, too.

The documents are read in two places, in the repository and on the site. Their links are written for
the repository, where they also lead to code. The site has no code to show, so there such a link
becomes the plain name of the file.
"""

import re
import shutil
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

BESIDE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
}
"""Files of the repository's root that are pages, by the name that each has on the site."""

_INSTEAD = {"README.md": "index.md", "LICENSE": "index.md"}
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
_INCLUDE = re.compile(r"^<!-- include: (\S+) -->$", re.MULTILINE)
_CODE_BLOCK = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def stage(folder: Path) -> None:
    """Copy everything that the site is made from into `folder`, as the site needs it."""
    shutil.copytree(DOCS, folder, ignore=shutil.ignore_patterns("zensical.toml"))
    for name, name_on_site in BESIDE.items():
        shutil.copyfile(ROOT / name, folder / name_on_site)
    for file in folder.rglob("*.md"):
        page = PurePosixPath(file.relative_to(folder).as_posix())
        text = _INCLUDE.sub(_included, file.read_text(encoding="utf-8"))
        file.write_text(relink(text, page), encoding="utf-8")


def relink(text: str, page: PurePosixPath) -> str:
    """The text of `page` with links for the site; what stands in code blocks is left alone."""
    beside = page.name in BESIDE.values() and page.parent == PurePosixPath()
    home = PurePosixPath() if beside else "docs" / page.parent

    def link(match: re.Match[str]) -> str:
        if ":" in match["target"]:
            return match[0]
        target = _page(home, match["target"])
        if target is None:
            text = match["text"]
            return text if text.startswith("`") else f"{text} (`{_plain(home, match['target'])}`)"
        up = "../" * len(page.parent.parts)
        return f"[{match['text']}]({up}{target}{match['anchor'] or ''})"

    pieces, end = [], 0
    for block in _CODE_BLOCK.finditer(text):
        pieces += [_LINK.sub(link, text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*pieces, _LINK.sub(link, text[end:])])


def _included(match: re.Match[str]) -> str:
    """A file of the repository as a code block."""
    file = ROOT / match[1]
    language = file.suffix.lstrip(".")
    return f"```{language}\n{file.read_text(encoding='utf-8').rstrip()}\n```"


def _page(home: PurePosixPath, target: str) -> str | None:
    """Where a link leads on the site; `None` when the site does not have it."""
    path = _plain(home, target)
    if path in _INSTEAD or path in BESIDE:
        return _INSTEAD.get(path) or BESIDE[path]
    head, _, rest = path.partition("/")
    return rest if head == "docs" else None


def _plain(home: PurePosixPath, target: str) -> str:
    """A relative link as a path from the root of the repository."""
    parts: list[str] = []
    for part in (home / target).parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    return "/".join(parts)
