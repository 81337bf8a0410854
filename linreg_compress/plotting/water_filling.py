"""Draw the water-filled population risk against the rate, and the rates at which directions are dropped."""

from typing import Any

from linreg_compress.gallery.style import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION, label, note, points

Table = dict[str, Any]

_STYLES = {"weak": (BLUE, "--"), "equal": (VERMILLION, "-"), "strong": (BLACK, "-.")}


def draw_water_filling(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of two matplotlib Axes
        Risks, directions.
    data : dict
        ``signals``: tables by witness, for each signal; ``directions``: tables by witness; ``boundary``: the eigenvalue
        below which dropping a direction helps; ``best``: the best rate of the shown signal.
    """
    _draw_risks(axes[0], data["signals"])
    _draw_directions(axes[1], data)
    note(
        axes[0].figure,
        "lines: averages over random designs, n = 80, d = 50; dots: their limit; circles: simulation from raw data, bars: "
        "its 95 % intervals; dotted: least squares; directions: of one design, signal v",
    )


def _draw_risks(ax: Any, signals: dict[str, Table]) -> None:
    base = float(signals["equal"]["average"]["least_squares_population_risk"][0])
    ax.axhline(base, ls=":", color=GREY, lw=1)
    equal = signals["equal"]["average"]
    ax.fill_between(equal["bits_per_weight"], equal["population_risk"], base, color=GREEN, alpha=0.25, lw=0)
    for signal, (color, style) in _STYLES.items():
        tables = signals[signal]
        ax.plot(
            tables["average"]["bits_per_weight"], tables["average"]["population_risk"], ls=style, color=color, label=signal
        )
        ax.plot(tables["limit"]["bits_per_weight"], tables["limit"]["population_risk"], ".", color=color, ms=3)
        points(ax, tables["monte_carlo"]["bits_per_weight"], tables["monte_carlo"], "population_risk", color)
        if tables["best"] is not None:
            ax.plot(
                tables["best"]["bits_per_weight"],
                tables["best"]["population_risk"],
                "*",
                color=color,
                ms=8,
                mec="white",
                zorder=4,
            )
        ridge = float(tables["ridge"]["population_risk"][0])
        ax.plot([3.3, 4], [ridge, ridge], ls=style, color=color, label=signal)
    label(ax, "best ridge", (3.2, float(signals["equal"]["ridge"]["population_risk"][0])), (0, 0), GREY, ha="right")
    label(ax, "signal 2 v", (0.4, 3.43), (1, 0.3), BLACK)
    label(ax, "signal v", (0.68, base), (0, -0.9), VERMILLION, ha="center")
    label(ax, "signal v / 2", (0.75, 2.08), (0.6, -0.7), BLUE)
    label(ax, "hurts", (4, base), (0, 1.2), GREY, ha="right")
    label(ax, "helps", (4, base), (0, -1.7), GREEN, ha="right")
    ax.set(xlim=(0, 4), xticks=range(5), ylim=(1.3, 4.5), xlabel="bits per weight")
    ax.set_ylabel("population risk\n(units of y, squared)")


def _draw_directions(ax: Any, data: Table) -> None:
    one, limit = data["directions"]["one design"], data["directions"]["limit"]
    x, y = limit["bits_per_weight"], limit["eigenvalue_over_samples"]
    boundary = data["boundary"]
    ax.fill_betweenx(y, 0, x, where=y <= boundary, color=GREEN, alpha=0.25, lw=0)
    ax.fill_betweenx(y, 0, x, where=y >= boundary, color=ORANGE, alpha=0.25, lw=0)
    ax.plot(x, y, "-", color=VERMILLION, label="limit")
    ax.axhline(boundary, ls="--", color=GREY, lw=1)
    ax.axvline(data["best"], ls=":", color=GREY, lw=1)
    gains = one["gains_from_dropping"] == "yes"
    for which, marker in ((gains, "o"), (~gains, "D")):
        ax.plot(
            one["bits_per_weight"][which],
            one["eigenvalue_over_samples"][which],
            marker,
            color=VERMILLION,
            mfc="white",
            lw=0,
        )
    left, right = 0.03, 0.98
    label(ax, "dropped:\nhelps", (left, 0.1), (0, 0), GREEN)
    label(ax, "hurts", (left, boundary), (0, 0.8), BLACK)
    label(ax, "coded", (right, 0.1), (0, 0), GREY, ha="right")
    label(ax, "coded", (right, 1), (0, 0), GREY, ha="right")
    label(ax, "signal equals noise", (right, boundary), (0, 0.8), GREY, ha="right")
    label(ax, "best rate", (data["best"], 3.3), (0.4, 0), GREY)
    ax.set(yscale="log", xlim=(0, 1), ylim=(0.03, 4), xlabel="bits per weight")
    ax.set_yticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
    ax.minorticks_off()
    ax.set_ylabel("strength of the direction\n(eigenvalue of $X^T X / n$)")
