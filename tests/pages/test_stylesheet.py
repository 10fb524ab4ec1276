"""The two stylesheets and the two scripts: their weight, their promises, and the contrast of the tokens."""

import re

import pytest

from tests.pages import checks
from tests.present import present

CSS = (checks.STATIC / "portal.css").read_text() + (checks.STATIC / "desk.css").read_text()
JS = (checks.STATIC / "portal.js").read_text()
BUILDER_JS = (checks.STATIC / "builder.js").read_text()
MODES = ("light", "dark", "more")
# Who turns a mode on: the reader's choice, or the machine.
SWITCHES = {
    "light": (r":root \{ (.*?) \}",),
    "dark": (r'html\[data-theme="dark"\] \{ (.*?) \}', r'html:not\(\[data-theme="light"\]\) \{ (.*?) \}'),
    "more": (
        r'html\[data-contrast="more"\]\[data-contrast\] \{ (.*?) \}',
        r'html:not\(\[data-contrast="normal"\]\):not\(\[data-theme\]\) \{ (.*?) \}',
    ),
}
# (text, background, minimum ratio): 4.5 for words, 3 for edges and marks (WCAG 1.4.3, 1.4.11).
PAIRS = [
    *((text, ground, 4.5) for text in ("text", "muted", "link", "visited", "late") for ground in ("bg", "surface")),
    *((kind, f"{kind}-tint", 4.5) for kind in ("ok", "soon", "late", "paused", "info")),
    *(("text", f"{kind}-tint", 4.5) for kind in ("ok", "soon", "late", "info")),
    *((kind, "bg", 4.5) for kind in ("ok", "soon", "late", "paused")),
    ("on-action", "action", 4.5),
    ("on-action", "action-deep", 4.5),
    ("on-brand", "brand", 4.5),
    ("on-brand", "hero", 4.5),
    ("on-brand", "hero-deep", 4.5),
    ("hero-edge", "hero", 3),
    ("mark", "bg", 4.5),
    ("mark", "mark-tint", 4.5),
    ("on-focus", "focus", 4.5),
    ("gold", "brand", 3),
    ("field", "bg", 3),
    ("field", "surface", 3),
    ("current", "bg", 4.5),
    ("ring", "bg", 3),
    ("ring", "surface", 3),
]


def tokens(mode):
    return dict(re.findall(rf"--([\w-]+):\s.*?var\(--{mode}, (#[0-9a-f]{{6}})\)", CSS))


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_ratio_is_that_of_wcag():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_tokens_have_contrast():
    faults = []
    for mode in MODES:
        colours = tokens(mode)
        for front, back, minimum in PAIRS:
            if (found := ratio(colours[front], colours[back])) < minimum:
                faults.append(f"{mode}: {front} on {back} {found:.2f}, {minimum} at least")
    assert faults == []


def test_high_contrast_is_high():
    colours = tokens("more")
    assert ratio(colours["text"], colours["bg"]) == pytest.approx(21)
    assert all(ratio(colours[name], colours["bg"]) >= 12 for name in ("link", "ok", "late", "soon", "paused", "info"))


@pytest.mark.parametrize("mode", MODES)
def test_choice_and_machine_turn_on_one_mode(mode):
    switches = {pattern: present(re.search(pattern, CSS))[1] for pattern in SWITCHES[mode]}
    assert len(set(switches.values())) == 1
    on = [name for name, value in re.findall(r"--(\w+): (initial)?;", switches[SWITCHES[mode][0]]) if value]
    assert on == [mode]


def test_looks_differ_by_tokens_only():
    """A rule for the reader's choice alone would leave out who has set the machine."""
    rules = CSS[CSS.index("/* Base ===") :]
    assert not re.search(r"data-(theme|contrast)|prefers-(color-scheme|contrast)", rules)


def test_one_rule_colours_what_has_the_focus():
    coloured = re.findall(r"[^{}]*:focus-visible[^{}]*\{[^{}]*[\s{](?:background|color):[^{}]*\}", CSS)
    assert all("!important" in rule for rule in coloured) and len(coloured) == 2


def test_stylesheet_and_script_fit_their_budgets():
    assert checks.compressed(CSS.encode()) <= checks.CSS_BUDGET
    assert checks.compressed(JS.encode()) <= checks.JS_BUDGET
    assert checks.compressed(BUILDER_JS.encode()) <= checks.BUILDER_JS_BUDGET
    assert checks.compressed((checks.STATIC / "emblem.svg").read_bytes()) <= 4 * checks.KB


def test_nothing_comes_from_elsewhere():
    assert not re.search(r"@import|@font-face|https?:|data:", CSS)
    assert not re.search(r"https?:|\beval\b|new Function|innerHTML|document\.write|\.style\b", JS + BUILDER_JS)


def test_stylesheet_serves_every_way_of_seeing():
    for feature in (
        "prefers-color-scheme: dark",
        "prefers-contrast: more",
        "forced-colors: active",
        "prefers-reduced-motion",
        "@media print",
    ):
        assert feature in CSS


def test_no_capitals_no_justified_text_and_nothing_that_covers_what_has_the_focus():
    assert not re.search(r"uppercase|justify;|position:\s*fixed", CSS)
    # In a column of its own it covers nothing.
    assert [rule for rule in CSS.split("}") if "sticky" in rule and ".papers-beside" not in rule] == []


def test_what_an_error_link_leads_to_is_not_hidden_at_the_upper_edge():
    rule = re.search(r"main \[id\] \{ scroll-margin-top: (\d+)rem; \}", CSS)
    assert rule and int(rule[1]) >= 4
