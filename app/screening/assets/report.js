"use strict";
const data = JSON.parse(document.getElementById("figures").textContent);
const font = getComputedStyle(document.body).fontFamily;
const colours = { eligible: "#1f7a5c", undetermined: "#d9a441", ineligible: "#c9d1d0" };

/* The first 20 letters of a label; the whole one is in the table and in the tooltip. */
const short = (text) => (text.length > 20 ? text.slice(0, 19) + "…" : text);
const amount = (value) => Number(value).toLocaleString("zh-CN");

function bars(id, labels, series) {
  const place = document.getElementById(id);
  if (!place) return;
  place.style.height = `${Math.max(200, labels.length * 30 + 110)}px`;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: font },
    aria: { enabled: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: amount },
    legend: { bottom: 0 },
    grid: { left: 8, right: 32, top: 8, bottom: 40, containLabel: true },
    xAxis: { type: "value", axisLabel: { formatter: amount, hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: labels, axisLabel: { formatter: short, interval: 0 } },
    series: series.map((one) => ({ type: "bar", barMaxWidth: 18, ...one })),
  });
  addEventListener("resize", () => chart.resize());
}

bars("chart-rules", data.rules.labels, Object.entries(data.rules.statuses).map(([status, one]) =>
  ({ name: one.name, data: one.data, stack: "rows", itemStyle: { color: colours[status] } })));
bars("chart-amounts", data.amounts.labels, [{ name: data.amounts.name, data: data.amounts.data, itemStyle: { color: colours.eligible } }]);
bars("chart-plan", data.plan.labels, [{ name: data.plan.name, data: data.plan.data, itemStyle: { color: colours.undetermined } }]);
for (const [fact, group] of Object.entries(data.groups)) {
  bars(`chart-by-${fact}`, group.labels, [
    { name: group.names[0], data: group.eligible, stack: "rows", itemStyle: { color: colours.eligible } },
    { name: group.names[1], data: group.others, stack: "rows", itemStyle: { color: colours.ineligible } },
  ]);
}
