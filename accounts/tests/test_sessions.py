"""Where an account is signed in, in words."""

import pytest

from accounts.sessions import browser_name

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome, Linux"),
        (CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64") + " Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 coc_coc_browser/130 Chrome/124", "Cốc Cốc, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("", "trình duyệt không xác định"),
        ("<script>", "trình duyệt không xác định"),
    ],
)
def test_a_browser_is_told_in_words(agent, words):
    assert browser_name(agent) == words
