"""How a visitor wants pages shown: three preference cookies and the language, nothing else."""

from dataclasses import dataclass

from django.http import HttpRequest

CHOICES = {
    "text": ("normal", "small", "large"),
    "contrast": ("", "normal", "more"),
    "theme": ("", "light", "dark"),
}


@dataclass(frozen=True)
class Display:
    """Text size, contrast and theme; an empty contrast or theme follows the visitor's machine."""

    text: str = "normal"
    contrast: str = ""
    theme: str = ""


def display_of(request: HttpRequest) -> Display:
    """Read the preference cookies; anything unknown counts as not set."""
    chosen = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return Display(**{name: value if value in CHOICES[name] else CHOICES[name][0] for name, value in chosen.items()})
