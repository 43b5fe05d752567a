"""Gauging: how many alerts stand how, for Prometheus."""

from prometheus_client import CollectorRegistry, Gauge

from mtd.runtime.alerts.handling import Figures


def alert_gauges(figures: Figures) -> CollectorRegistry:
    """Alerts that are not closed, by severity and by whether somebody saw them; and notices."""
    registry = CollectorRegistry()
    open_ = Gauge("mtd_alerts_now", "Alerts not closed", ["severity"], registry=registry)
    seen = Gauge(
        "mtd_alerts_acknowledged_now", "Alerts acknowledged and not closed", registry=registry
    )
    notices = Gauge(
        "mtd_alert_notices_now",
        "Notices that wait, and those of the last day by what came of them",
        ["state"],
        registry=registry,
    )
    counts = figures.alerts
    for severity in ("critical", "warning", "info"):
        open_.labels(severity).set(getattr(counts, severity))
    seen.set(counts.acknowledged)
    for state in ("PENDING", "SENT", "FAILED", "SPARED"):
        notices.labels(state).set(figures.notices.get(state, 0))
    return registry
