// What was measured, in this run and in earlier ones.

const holds = (one) => held[report.measurements.indexOf(one)];

function figures() {
  const speeds = ranLanes().filter((lane) => lane.machine_seconds + lane.oracle_seconds > 0 && laneIsWanted(lane) && isShown(isFailing(laneSign(lane))));
  const groups = unique(report.measurements.filter((one) => isShown(!holds(one))).map((one) => one.group));
  return [
    groups.map((group) => table(group, ["what", "value", "unit", explained("bound", "what the value must reach (≥) or must not exceed (≤)"), "kept", ""], report.measurements
      .filter((one) => one.group === group && isShown(!holds(one)))
      .map((one) => {
        const bound = one.at_most ?? one.at_least;
        const share = bound ? Math.min(1, one.value / bound) : 0;
        return h("tr", {}, h("th", { scope: "row" }, one.name), h("td", {}, figure(one.value)), h("td", { class: "text" }, one.unit),
          h("td", {}, [one.at_least != null && `≥ ${figure(one.at_least)}`, one.at_most != null && `≤ ${figure(one.at_most)}`].filter(Boolean).join(" ")),
          h("td", { class: "text" }, bound == null ? "" : holds(one) ? good("kept") : bad("out of bounds")),
          h("td", {}, bound != null && h("div", { class: "gauge", "aria-hidden": "true" }, h("span", { class: holds(one) ? "" : "differ", style: `width:${100 * share}%` }))));
      }), { class: "figures" })),
    speeds.length > 0 && table("Cases a second", ["lane", explained("both sides", "cases a second, of the time that machine and oracle take together"), "machine alone", "oracle alone"], speeds.map((lane) => h("tr", {},
      h("th", { scope: "row" }, laneKey(lane)),
      [lane.machine_seconds + lane.oracle_seconds, lane.machine_seconds, lane.oracle_seconds].map((seconds) => h("td", {}, seconds > 0 ? number(Math.round(lane.cases / seconds)) : "–"))))),
    groups.length + speeds.length === 0 && nothing(filter("failing") ? "Nothing is out of its bounds." : "Nothing was measured."),
  ];
}

function trends() {
  if (past.runs.length === 0) return nothing("No history was kept with this report.");
  const runs = past.runs.map((run) => h("tr", {}, h("th", { scope: "row" }, run.made), h("td", { class: "text" }, run.kind), h("td", { class: "text" }, run.commit ?? "–"),
    h("td", { class: "text" }, sign(exitSign(run.exit), exitText(run.exit))), h("td", {}, String(run.seed))));
  const plots = (list) => h("div", { class: "plots" }, list.map(plot));
  const moved = past.series.filter((_, index) => changed[index]);
  const steady = past.series.filter((_, index) => !changed[index]);
  return [
    h("h3", {}, moved.length ? `${plural(moved.length, "figure")} changed in the last run` : "Nothing has changed in the last run"),
    moved.length > 0 && plots(moved),
    steady.length > 0 && h("details", { class: "row steady" }, h("summary", {}, `${plural(steady.length, "figure")} as before`), plots(steady)),
    table("Runs", ["made", "kind", "commit", "result", "seed"], runs.reverse()),
  ];
}

/** A small line plot; runs without a value leave a gap. */
function plot(series) {
  const [width, height, left] = [320, 90, 4];
  const known = series.values.filter((value) => value != null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index) => left + (index * (width - 2 * left)) / Math.max(1, series.values.length - 1);
  const y = (value) => (high === low ? height / 2 : height - 8 - ((value - low) * (height - 16)) / (high - low));
  const svg = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    return element;
  };
  const dots = series.values.flatMap((value, index) => (value == null ? [] : [[x(index), y(value), value, index]]));
  const follows = (at) => at > 0 && dots[at - 1][3] === dots[at][3] - 1;
  const line = dots.map(([x, y], at) => `${follows(at) ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const last = known.at(-1);
  const label = `${series.group} ${series.name}: from ${figure(known[0])} to ${figure(last)} ${series.unit} in ${plural(known.length, "run")}`;
  return h("figure", { class: "plot" },
    h("figcaption", {}, h("span", { class: "mute" }, series.group, " "), series.name, h("b", {}, `${figure(last)} ${series.unit}`)),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
      svg("path", { d: line, class: "line" }),
      ...dots.map(([x, y, value, index]) => {
        const dot = svg("circle", { cx: x, cy: y, r: 2.5 });
        dot.append(svg("title", {}, `${past.runs[index].made} ${past.runs[index].commit ?? ""}: ${figure(value)} ${series.unit}`));
        return dot;
      })),
    h("span", { class: "range" }, high === low ? "steady" : `${figure(low)} – ${figure(high)}`));
}
