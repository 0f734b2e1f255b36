"""Plots: lines over reference ranges, sparklines and their tiles, stacked bars.

`warm_up`, in a thread after the window is there, spares the first line plot a third of a second.
"""

from __future__ import annotations

from medrec.views.common.plots_bars import Bars, BarStack
from medrec.views.common.plots_data import PlotPoint, PlotSeries, plot_series
from medrec.views.common.plots_line import LinePlot, PlotLegend, PointTable, warm_up
from medrec.views.common.plots_spark import Sparkline, paint_sparkline
from medrec.views.common.plots_tile import SparkTile

__all__ = [
    "BarStack",
    "Bars",
    "LinePlot",
    "PlotLegend",
    "PlotPoint",
    "PlotSeries",
    "PointTable",
    "SparkTile",
    "Sparkline",
    "paint_sparkline",
    "plot_series",
    "warm_up",
]
