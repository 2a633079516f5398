"""A drawing of the replay: what came, what waited, and how many wrote it."""

from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, GAP = 900, 150, 80, 50, 60


def draw(path: Path, title: str, times: Sequence[float], series: dict[str, Sequence[float]]) -> None:
    """One band for each series over the same time; labels say the largest value."""
    end = max(times) or 1
    parts = [f'<text x="{LEFT}" y="24" font-size="16">{title}</text>']
    for number, (name, values) in enumerate(series.items()):
        top = TOP + number * (HEIGHT + GAP)
        bottom, most = top + HEIGHT, max(max(values), 1)

        def place(at: float, value: float, bottom: float = bottom, most: float = most) -> str:
            return f"{LEFT + at / end * WIDTH:.1f},{bottom - value / most * HEIGHT:.1f}"

        line = " ".join(place(at, value) for at, value in zip(times, values, strict=True))
        parts += [
            f'<text x="{LEFT}" y="{top - 8}">{name}</text>',
            f'<text x="{LEFT - 8}" y="{top + 5}" text-anchor="end">{most:.0f}</text>',
            f'<text x="{LEFT - 8}" y="{bottom}" text-anchor="end">0</text>',
            f'<path d="M{LEFT},{top}V{bottom}H{LEFT + WIDTH}" fill="none" stroke="#999"/>',
            f'<polyline points="{line}" fill="none" stroke="#0a6b3d" stroke-width="1.5"/>',
        ]
    bottom = TOP + len(series) * (HEIGHT + GAP) - GAP
    for tenth in range(11):
        x = LEFT + tenth / 10 * WIDTH
        parts.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{tenth / 10 * end:.0f} s</text>')
    size = f'width="{LEFT + WIDTH + 40}" height="{bottom + 30}"'
    style = 'font-family="sans-serif" font-size="12"'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n' + "\n".join(parts) + "\n</svg>\n")
