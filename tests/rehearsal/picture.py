"""Paints the day: what was typed in each quarter of an hour, by what it came to."""

from __future__ import annotations

import pathlib
import time
from collections import Counter
from typing import List, Sequence, Tuple

QUARTER = 900
COLORS = {
    "accepted": "#18753c", "typing error": "#b34000", "replay": "#6a6af4", "double click": "#009099", "recovery code": "#fcc63a",
    "guess": "#ce0500", "refused": "#929292",
}
WIDTH, HEIGHT, LEFT, BOTTOM = 960, 360, 50, 300


def paint(played: Sequence[Tuple[int, str, str]], begin: int, noon: int, file: pathlib.Path) -> None:
    """`played` has the second of the day, what was typed, and what it had to give. `noon` is the second of the failover."""
    bars: List[Counter[str]] = [Counter() for _ in range(max(each[0] for each in played) // QUARTER + 1)]
    for second, kind, due in played:
        plain = "accepted" if due.startswith("accepted.") else "refused"
        bars[second // QUARTER][plain if kind == "login" else kind] += 1
    assert not {kind for bar in bars for kind in bar} - set(COLORS), "something has no color"
    highest = max(sum(bar.values()) for bar in bars)
    step = (WIDTH - LEFT - 20) / len(bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="15">A department’s day: texts typed in each quarter of an hour</text>',
    ]
    for value in (0, highest // 2, highest):
        y = BOTTOM - value / highest * (BOTTOM - 40)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    for number, bar in enumerate(bars):
        x, y = LEFT + number * step, float(BOTTOM)
        for kind, color in COLORS.items():
            tall = bar[kind] / highest * (BOTTOM - 40)
            y -= tall
            if tall:
                parts.append(f'<rect x="{x + 1:.1f}" y="{y:.1f}" width="{step - 2:.1f}" height="{tall:.1f}" fill="{color}"/>')
        if number % 4 == 0:
            hour = time.strftime("%H:%M", time.gmtime(begin + number * QUARTER))
            parts.append(f'<text x="{x:.1f}" y="{BOTTOM + 16}">{hour}</text>')
    x = LEFT + (noon - begin) / QUARTER * step
    parts.append(f'<path d="M{x:.1f} 40V{BOTTOM}" stroke="#000" stroke-dasharray="4 3"/><text x="{x + 4:.1f}" y="50">failover</text>')
    for number, (kind, color) in enumerate(COLORS.items()):
        x = LEFT + number * 130
        parts.append(f'<rect x="{x}" y="330" width="12" height="12" fill="{color}"/><text x="{x + 18}" y="341">{kind}</text>')
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*parts, "</svg>\n"]))
