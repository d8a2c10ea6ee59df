"""What the parts of the service say of themselves, read when the metrics are: nothing is counted on the way of a call.

Every name here is a row in ``docs/operators.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from app.services.live import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

    from app.api.deps import Services
    from app.services.connectors import Connectors
    from app.services.receipts import ReceiptWriter
    from app.services.registry import Registry
    from app.services.rule_tally import RuleTally

__all__ = ["ServiceCollector", "parts_of"]


def parts_of(services: Services) -> tuple[str, ...]:
    """The parts without which the service is not ready; the receipts' writer where receipts are kept."""
    return PARTS if services.receipts is None else (*PARTS, "receipts")


class ServiceCollector(Collector):
    """Asks the services, once there are any."""

    def __init__(self, services: Callable[[], Services | None], rules: RuleTally, in_flight: Callable[[], int]) -> None:
        self._services, self._rules, self._in_flight = services, rules, in_flight

    def collect(self) -> Iterator[Metric]:
        """Every family of one look."""
        yield GaugeMetricFamily("beizeng_calls_in_flight", "Requests being answered.", self._in_flight())
        yield self._rule_results()
        services = self._services()
        if services is None:
            return
        yield _readiness(services)
        yield _policies(services.registry)
        left = services.registry.calendar.official_until - services.clock.today()
        yield GaugeMetricFamily(
            "beizeng_calendar_horizon_days", "Days to the end of the last year with a holiday notice.", left.days
        )
        skew = services.clock_skew()
        if skew is not None:
            yield GaugeMetricFamily(
                "beizeng_clock_skew_seconds", "By how much the database's clock is ahead of this machine's.", skew
            )
        if services.receipts is not None:
            yield from _receipts(services.receipts)
        if services.connectors is not None:
            yield _source_calls(services.connectors)

    def _rule_results(self) -> CounterMetricFamily:
        family = CounterMetricFamily(
            "beizeng_rule_results",
            "Results in decisions that have left, by rule and status.",
            labels=("policy", "rule", "status"),
        )
        for result, count in self._rules.counts().items():
            family.add_metric(result, count)
        return family


def _readiness(services: Services) -> GaugeMetricFamily:
    family = GaugeMetricFamily("beizeng_ready", "1 where the part is there, else 0.", labels=("part",))
    missing = services.missing()
    for part in parts_of(services):
        family.add_metric((part,), float(part not in missing))
    return family


def _policies(registry: Registry) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "beizeng_policy", "1 for each policy version that answers.", labels=("policy", "version", "sha256")
    )
    for policy_id in registry.ids:
        active = registry.get(policy_id)
        if active is not None:
            family.add_metric((policy_id, active.policy.version, active.policy.sha256), 1)
    return family


def _receipts(writer: ReceiptWriter) -> Iterator[Metric]:
    yield GaugeMetricFamily("beizeng_receipts_waiting", "Receipts that wait for the writer.", writer.waiting)
    family = CounterMetricFamily("beizeng_receipts", "Receipts by what became of them.", labels=("outcome",))
    for outcome, count in writer.outcomes.items():
        family.add_metric((outcome,), count)
    yield family


def _source_calls(connectors: Connectors) -> CounterMetricFamily:
    family = CounterMetricFamily(
        "beizeng_source_calls", "Calls to other offices for facts, by how they ended.", labels=("source", "outcome")
    )
    for call, count in connectors.outcomes.items():
        family.add_metric(call, count)
    return family
