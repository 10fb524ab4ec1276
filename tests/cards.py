"""Photos of invented identity cards, with the QR that such cards carry."""

import io
import random

import segno
from PIL import Image, ImageDraw, ImageFilter

CARD = "075190001234|271234567|Nguyễn Thị Hồng Nhung|27031990|Nữ|Tổ 3, Ấp 2, Xuân Bắc, Xuân Lộc, Đồng Nai|15062021"
RATIO = 1.586


def code(text: str, side: int) -> Image.Image:
    """A QR code of so many pixels."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=2)
    return Image.open(out).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


def card(text: str = CARD) -> Image.Image:
    """The front of a card, 1000 pixels wide: a patterned ground with the code in its upper right corner."""
    sheet = Image.new("RGB", (1000, round(1000 / RATIO)), (200, 225, 220))
    pen, dice = ImageDraw.Draw(sheet), random.Random(1)
    for _n in range(400):
        x, y = dice.randrange(1000), dice.randrange(630)
        pen.line((x, y, x + 60, y + dice.randrange(-9, 9)), fill=(170 + dice.randrange(50),) * 3)
    sheet.paste(code(text, 190), (780, 30))
    return sheet


def photo(text: str = CARD, *, width: int = 1500, angle: float = 0, blur: float = 0, size=(4000, 3000)) -> bytes:
    """A JPEG of a noisy table on which a card of so many pixels lies at an angle."""
    table = Image.effect_noise(size, 30).convert("RGB")
    lying = card(text).resize((width, round(width / RATIO)), Image.Resampling.LANCZOS).convert("RGBA")
    lying = lying.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    table.paste(lying, ((size[0] - lying.width) // 2, (size[1] - lying.height) // 2), lying)
    out = io.BytesIO()
    (table.filter(ImageFilter.GaussianBlur(blur)) if blur else table).save(out, "JPEG", quality=85)
    return out.getvalue()
