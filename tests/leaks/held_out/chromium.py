"""Files that a browser prints: pages of HTML, printed to PDF by Chromium without a window (Skia's PDF backend)."""

import atexit
import re
import shutil
from functools import lru_cache
from queue import Queue
from threading import Lock, Thread

from playwright.sync_api import sync_playwright

from tests.leaks.sample import ARABIC, CHINESE, blocked, passed, reported
from tests.leaks.syntax import CLOSING, OPENING
from tests.tools import need

STYLE = """
@page { size: 595pt 842pt; margin: 50pt 60pt }
body { font: 11pt/1.6 'DejaVu Serif', 'Droid Sans Fallback', serif; color: #000 }
.gap { position: relative; height: 22pt; width: 220pt }
.over { position: absolute; left: -3pt; top: 0; width: 180pt; height: 20pt }
"""
DATES = re.compile(rb"(?<=\(D:)\d{14}")


class Printer:
    """One browser in a thread of its own, for a browser belongs to the thread that started it."""

    def __init__(self) -> None:
        self.path = shutil.which("chromium-browser") or need("chromium")
        self.asked: Queue[str | None] = Queue()
        self.answers: Queue[bytes] = Queue()
        self.one = Lock()
        self.thread = Thread(target=self._work, daemon=True)
        self.thread.start()
        atexit.register(self.close)

    def _work(self) -> None:
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=self.path, args=["--no-sandbox"])
            while (html := self.asked.get()) is not None:
                page = browser.new_page(java_script_enabled=False)
                page.set_content(html)
                data = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
                page.close()
                self.answers.put(DATES.sub(b"20190312000000", data))
            browser.close()

    def print(self, html: str) -> bytes:
        """Return a page as it is printed."""
        with self.one:
            self.asked.put(html)
            return self.answers.get(timeout=60)

    def close(self) -> None:
        """Close the browser."""
        self.asked.put(None)
        self.thread.join(timeout=20)


@lru_cache(maxsize=1)
def printer() -> Printer:
    """The browser, started when it is first needed."""
    return Printer()


def printed(inner: str, style: str = "", title: str = "") -> bytes:
    """Return a letter with something in its gap, printed."""
    before, after = ("".join(f"<p>{line}</p>" for line in lines) for lines in (OPENING, CLOSING))
    head = f"<meta charset='utf-8'><title>{title}</title><style>{STYLE}{style}</style>"
    return printer().print(
        f"<!doctype html><html lang='en'><head>{head}</head><body>{before}{inner}{after}</body></html>"
    )


def gap(word: str, cover: str = "", style: str = "") -> str:
    """Return the line with the name, and perhaps something over it."""
    return f"<div class='gap'><span style='{style}'>{word}</span>{cover}</div>"


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black block is positioned over the name."""
    return printed(gap(word, "<div class='over' style='background:#000'></div>"))


@blocked()
def rounded_box_over_a_name(word: str) -> bytes:
    """A grey block with round corners and a shadow over the name."""
    style = "background:#777;border-radius:9pt;box-shadow:1pt 1pt 2pt #333"
    return printed(gap(word, f"<div class='over' style='{style}'></div>"))


@blocked()
def gradient_over_a_name(word: str) -> bytes:
    """A gradient of three colours over the name."""
    return printed(gap(word, "<div class='over' style='background:linear-gradient(90deg,#123,#a64,#fff)'></div>"))


@blocked()
def background_in_the_colour_of_the_letters(word: str) -> bytes:
    """The usual trick of the web: black letters on a black background."""
    return printed(gap(word, style="background:#000;color:#000;display:inline-block;width:120pt"))


@blocked()
def white_name(word: str) -> bytes:
    """The name is white on white paper."""
    return printed(gap(word, style="color:#fff"))


@blocked()
def nearly_white_name(word: str) -> bytes:
    """The name is nearly white on white paper."""
    return printed(gap(word, style="color:#fdfdfd"))


@blocked()
def picture_over_a_name(word: str) -> bytes:
    """A drawing is placed over the name as a picture."""
    svg = "%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 9 1%22%3E"
    svg += "%3Cpath d=%22M0 0h9v1H0z%22/%3E%3C/svg%3E"
    return printed(gap(word, f"<img class='over' src='data:image/svg+xml,{svg}' alt=''>"))


@passed(proof="absent")
def clipped_by_its_block(word: str) -> bytes:
    """A block with hidden overflow holds the name below its edge: the browser prints nothing of it."""
    inner = f"<div style='height:20pt;overflow:hidden'>an answer<br>&nbsp;<br>{word}</div>"
    return printed(inner)


@blocked()
def box_under_a_filter(word: str) -> bytes:
    """The name and a box over it are in a layer that is slightly transparent as a whole."""
    return printed(f"<div style='opacity:.95'>{gap(word, '<div class=over style=background:#222></div>')}</div>")


@blocked()
def box_that_is_turned(word: str) -> bytes:
    """The name and the box over it are turned by nine degrees."""
    return printed(
        f"<div style='transform:rotate(9deg)'>{gap(word, '<div class=over style=background:#222></div>')}</div>"
    )


@blocked(proof="partly")
def name_in_dust(word: str) -> bytes:
    """The name is scaled to less than half a point."""
    return printed(gap(word, style="display:inline-block;transform:scale(.03);transform-origin:left"))


@blocked(words=ARABIC)
def black_box_over_arabic(word: str) -> bytes:
    """A black block over a name in Arabic."""
    cover = "<div class='over' style='background:#000;left:30pt;width:200pt'></div>"
    return printed(f"<div class='gap' lang='ar' dir='rtl'>{word}{cover}</div>")


@blocked(words=CHINESE)
def black_box_over_chinese(word: str) -> bytes:
    """A black block over a name in Chinese."""
    return printed(gap(word, "<div class='over' style='background:#000'></div>"))


@blocked()
def white_form_field_over_a_name(word: str) -> bytes:
    """An empty input lies over the name."""
    return printed(gap(word, "<input class='over' value='' style='background:#fff;border:1px solid #999'>"))


@reported("document-metadata", "user-path")
def title_of_the_page(word: str) -> bytes:
    """The title of the page, which no print shows, holds a path with the name."""
    return printed(gap("", "<div class='over' style='background:#000'></div>"), title=f"/home/{word}/answer.html")


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter."""
    return printed(gap(word))


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone, and a black block stands there."""
    del word
    return printed(gap("", "<div class='over' style='background:#000'></div>"))


@passed()
def table_in_stripes(word: str) -> bytes:
    """A table with a dark head and stripes."""
    rows = "".join(f"<tr><td>{word if at == 3 else 'guest'}</td><td>{at}</td></tr>" for at in range(7))
    style = "th{background:#134;color:#fff}tr:nth-child(even){background:#dde}td,th{padding:3pt 20pt}"
    return printed(f"<table><tr><th>Name<th>Part</tr>{rows}</table>", style)


@passed()
def words_on_colours(word: str) -> bytes:
    """White on a gradient, dark on pale, grey small print."""
    bar = "background:linear-gradient(90deg,#135,#264);color:#fff;padding:4pt"
    return printed(f"<div style='{bar}'>{word}</div><p style='font-size:6pt;color:#999'>small {word}</p>")


@passed()
def marked_and_struck(word: str) -> bytes:
    """Marked, struck, underlined and shadowed words."""
    shadow = "text-shadow:1pt 1pt 1pt #888"
    return printed(f"<p><mark>{word}</mark> <s>{word}</s> <u>word</u> <b style='{shadow}'>{word}</b></p>")


@passed()
def outlined_letters(word: str) -> bytes:
    """Large letters of which only the edges are drawn."""
    return printed(f"<p style='font-size:30pt;color:transparent;-webkit-text-stroke:1pt #333'>{word}</p>")


@passed()
def letters_over_a_picture(word: str) -> bytes:
    """White letters over a picture with a gradient."""
    style = "background:radial-gradient(#555,#222);color:#fff;font-size:20pt;padding:30pt"
    return printed(f"<div style='{style}'>{word}</div>")


@passed()
def watermark(word: str) -> bytes:
    """A pale word lies turned over everything."""
    mark = "position:fixed;top:200pt;left:60pt;font-size:100pt;transform:rotate(-40deg);color:rgba(0,0,0,.08)"
    return printed(f"{gap(word)}<div style='{mark}'>DRAFT</div>")


@passed(words=ARABIC)
def letter_in_arabic(word: str) -> bytes:
    """A paragraph in Arabic."""
    return printed(f"<p lang='ar' dir='rtl'>إلى مجلس أمناء المرفأ، تحية طيبة من {word} وبعد</p>")


@passed(words=CHINESE)
def letter_in_chinese(word: str) -> bytes:
    """A paragraph in Chinese."""
    return printed(f"<p lang='zh'>致港口信托基金会：{word}已收到您的来信，谨此致谢。</p>")


@passed(words=CHINESE)
def chinese_from_top_to_bottom(word: str) -> bytes:
    """A paragraph in Chinese, from top to bottom."""
    return printed(f"<p lang='zh' style='writing-mode:vertical-rl;height:120pt'>致基金会：{word}谨此致谢。</p>")


@passed()
def several_pages_with_links(word: str) -> bytes:
    """Four pages with headings, lists and links."""
    page = f"<h2 style='break-before:page'>Annex</h2><ul><li>{word}<li><a href='https://harbour.example/'>page</a></ul>"
    return printed(page * 3)


@passed()
def form_with_values(word: str) -> bytes:
    """Inputs and buttons as a browser prints them."""
    return printed(f"<p><input value='{word}'> <input type=checkbox checked> <button>Send</button></p>")


@passed()
def soft_hyphens_and_columns(word: str) -> bytes:
    """Narrow justified columns, with hyphens that only a line break shows."""
    text = f"The trust&shy;ees of the har&shy;bour thank {word} and his col&shy;leagues for their pa&shy;tience. "
    return printed(f"<div style='columns:3;text-align:justify;hyphens:manual;font-size:8pt'>{text * 12}</div>")
