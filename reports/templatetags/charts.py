"""Writes charts that the server has drawn."""

from django import template

from ..statistics.charts import BAR, ROW, WIDTH, Chart

register = template.Library()


@register.inclusion_tag("reports/_chart.html")
def chart(drawn: Chart) -> dict[str, object]:
    """Write a bar chart with its legend; patterns tell the parts apart where colours do not."""
    return {"chart": drawn, "width": WIDTH, "bar": BAR, "row": ROW}
