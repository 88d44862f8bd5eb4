// Views that are tables: overview, rules, ledger, coverage, figures, past.

function bar(lane) {
  const parts = VERDICTS.filter(([key]) => lane[key] > 0);
  const label = parts.map(([key, , word]) => `${number(lane[key])} ${word}`).join(", ");
  return h("div", { class: "bar", role: "img", "aria-label": label, title: label },
    parts.map(([key, , , kind]) => h("span", { class: kind, style: `flex-grow:${lane[key]}` })));
}

function overview() {
  const ran = ranLanes();
  const explained = report.findings.filter((finding) => finding.explained).length;
  const problems = report.ledger.rows.filter((row) => row.problem).length + report.ledger.problems.length;
  const points = report.coverage.flatMap((profile) => profile.rows.flatMap((row) => row.points));
  const hit = points.filter((point) => point.hits > 0).length;
  const out = report.measurements.filter((one) => !holds(one)).length;
  const card = (view, title, value, note, kind) => h("a", { class: `card ${kind ?? ""}`, href: link(view) },
    h("span", { class: "title" }, title), h("strong", {}, value), h("span", { class: "note" }, note));
  const cards = [
    card("rules", "cases", number(sum(ran.map((lane) => lane.cases))), `on ${plural(ran.length, "lane")}`),
    card("differences", "differences", number(sum(ran.map((lane) => lane.differ))),
      plural(report.findings.length, "group") + (explained < report.findings.length ? `, ${explained} explained` : ""),
      report.findings.length ? "bad" : "good"),
    points.length > 0 && card("coverage", "coverage", `${number(hit)} of ${number(points.length)}`,
      hit === points.length ? "no holes" : `${plural(points.length - hit, "hole")}${gated ? "" : ", not gated"}`,
      hit === points.length ? "good" : gated ? "bad" : ""),
    card("ledger", "ledger", plural(report.ledger.rows.length, "row"),
      `${plural(problems, "problem")}, ${number(sum(ran.map((lane) => lane.known)))} known differences`, problems ? "bad" : "good"),
    report.measurements.length > 0 && card("figures", "figures", number(report.measurements.length),
      out ? `${out} out of bounds` : "all within bounds", out ? "bad" : "good"),
  ];
  const laneRows = ran.filter(laneIsWanted).map((lane) => h("tr", {},
    h("th", { scope: "row" }, h("a", { href: link("matrix", { lane: laneKey(lane) }) }, h("span", { class: "mute" }, lane.subject, " "), lane.name)),
    h("td", {}, bar(lane)),
    h("td", {}, number(lane.cases)),
    VERDICTS.map(([key, glyph, , kind]) => h("td", { class: lane[key] ? kind : "zero" }, lane[key] ? `${number(lane[key])} ${glyph}` : "0"))));
  const skipped = report.lanes.filter((lane) => lane.skipped_because);
  const notes = [
    ...report.warnings.map((text) => ["warning", text]),
    ...skipped.map((lane) => ["skipped", `${laneKey(lane)}: ${lane.skipped_because}`]),
  ];
  return [
    h("div", { class: "cards" }, cards),
    ran.length > 0 && table("Lanes", ["lane", "", "cases", ...VERDICTS.map(([, glyph, word]) => `${glyph} ${word}`)], laneRows, { class: "lanes" }),
    report.parts.length > 0 && table("Parts of the run", ["part", "result", "time"], report.parts.map((part) => h("tr", {},
      h("th", { scope: "row" }, part.name),
      h("td", { class: "text" }, part.exit === 0 ? sign("good", "done") : part.exit == null ? sign("mute", `skipped: ${part.skipped_because}`) : sign("bad", `exit status ${part.exit}`)),
      h("td", {}, `${figure(part.seconds)} s`)))),
    notes.length > 0 && h("section", {}, h("h3", {}, "To know"), h("ul", { class: "notes" }, notes.map(([kind, text]) => h("li", {}, h("b", {}, kind), " ", text)))),
    report.machines.length > 0 && table("Machines", ["machine", "subject", "version"], report.machines.map((machine) => h("tr", {},
      h("th", { scope: "row" }, machine.name), h("td", { class: "text" }, machine.subject), h("td", { class: "text" }, machine.version || "–")))),
  ];
}

function rules() {
  const vectors = report.suites.flatMap((suite) => Object.entries(suite.vectors).map(([name, vector]) => ({ name, subject: suite.subject, ...vector })));
  const shown = vectors.filter((vector) => topicIsWanted(vector.topic) && (!filter("rule") || vector.rule === filter("rule")));
  const groups = byRule(shown);
  const rows = [...groups].map(([, [first, ...others]]) => {
    const text = report.suites.find((suite) => suite.subject === first.subject).rules[first.rule];
    return h("tr", {},
      h("th", { scope: "row" }, h("a", { href: link("rules", { rule: first.rule }) }, first.rule)),
      h("td", { class: "text" }, h("p", {}, text), h("ul", { class: "vectors" }, [first, ...others].map((vector) => h("li", {}, vectorResult(vector))))));
  });
  return [
    h("p", { class: "lead" }, `${plural(groups.size, "rule")}, ${plural(shown.length, "vector")}. A rule is a sentence of the specification; each vector tests one.`),
    rows.length ? table("Rules", ["rule", "sentence and vectors"], rows, { class: "rules" }) : nothing("No rule is selected by these filters."),
  ];
}

function byRule(vectors) {
  const groups = new Map();
  for (const vector of vectors) {
    const key = `${vector.subject} ${vector.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), vector]);
  }
  return groups;
}

function vectorResult(vector) {
  const lanes = ranLanes().filter((lane) => lane.subject === vector.subject && laneIsWanted(lane));
  const results = lanes.map((lane) => [lane, lane.groups[`vector/${vector.name}`]]).filter(([, result]) => result);
  const failed = results.filter(([, result]) => result.failed);
  const kind = failed.length ? "bad" : results.length ? "good" : "mute";
  const note = failed.length ? ` fails on ${failed.map(([lane]) => lane.name).join(", ")}` : "";
  return [h("span", { class: `sign ${kind}`, title: results.length ? `on ${plural(results.length, "lane")}` : "not run" }, SIGNS[kind]),
    " ", h("code", { title: vector.place }, vector.name), h("span", { class: "mute" }, ` ${vector.place.split("/").pop()}${note}`)];
}

function ledger() {
  const byRow = {};
  for (const lane of ranLanes().filter(laneIsWanted)) {
    for (const [rows, count] of Object.entries(lane.known_by_row)) {
      for (const row of rows.split("+")) byRow[row] = (byRow[row] ?? 0) + count;
    }
  }
  const ofRule = vectorsOfRule();
  const topic = (row) => report.suites.map((suite) => vectorOf(`vector/${row.witness}`, suite.subject)?.topic).find(Boolean) ?? "";
  const rows = report.ledger.rows.filter((row) => topicIsWanted(topic(row)) && (!ofRule || ofRule.has(row.witness)));
  const fact = (name, text) => [h("dt", {}, name), h("dd", {}, text)];
  return [
    h("p", { class: "lead" }, "Where document, reference and profiles disagree, what was decided, and the vector that shows it. Every row is checked in every run."),
    report.ledger.problems.map((problem) => h("p", {}, sign("bad", problem))),
    rows.length === 0 && nothing("No row is selected by these filters."),
    rows.map((row) => h("details", { class: "row", id: `ledger-${row.id}`, open: place.query.row === row.id },
      h("summary", {}, h("b", {}, row.id), " ", row.title, " ", h("span", { class: "tag" }, row.kind),
        row.problem ? sign("bad", "does not hold") : sign("good", "holds"),
        byRow[row.id] && h("span", { class: "mute" }, plural(byRow[row.id], "known difference"))),
      row.problem && h("p", {}, sign("bad", row.problem)),
      h("dl", {}, fact("document", row.document), fact("reference", row.reference), fact("decision", row.decision), row.switch && fact("switch", h("code", {}, row.switch))),
      h("h4", {}, "witness ", h("code", {}, row.witness)),
      row.listing && h("pre", {}, row.listing.trimEnd()),
      row.differences.length > 0 && table(`What ${row.witness} shows`, ["field", "document", "reference"], row.differences.map((difference) => h("tr", {},
        h("th", { scope: "row" }, difference.field), h("td", {}, difference.expected), h("td", {}, difference.got)))))),
  ];
}

function coverage() {
  if (report.coverage.length === 0) return nothing("This run has not counted coverage.");
  return report.coverage.map((profile) => {
    const rows = profile.rows.filter((row) => topicIsWanted(row.name));
    const holes = rows.flatMap((row) => row.points.filter((point) => point.hits === 0).map((point) => [row.name, point]));
    const all = sum(rows.map((row) => row.points.length));
    return h("section", {},
      h("h3", {}, `${profile.subject} in ${profile.profile}: ${number(all - holes.length)} of ${number(all)} points`),
      holes.length === 0 ? h("p", {}, sign("good", "no holes"))
        : [h("p", {}, sign(gated ? "bad" : "hole", `${plural(holes.length, "hole")}${gated ? "" : "; cases were left out, so they are no failure"}`)),
          h("ul", { class: "holes" }, holes.map(([row, point]) => h("li", {}, h("span", { class: "sign hole" }, SIGNS.hole), " ",
            h("a", { href: link("matrix", { subject: profile.subject, opcode: row }) }, row), ` ${point.name}`, h("span", { class: "mute" }, ` ${point.group}`))))],
      table(`Points hit, ${profile.subject} in ${profile.profile}`, ["", ...profile.groups], rows.map((row) => h("tr", {},
        h("th", { scope: "row" }, h("a", { href: link("matrix", { subject: profile.subject, opcode: row.name }) }, row.name)),
        profile.groups.map((group) => {
          const points = row.points.filter((point) => point.group === group);
          const hit = points.filter((point) => point.hits > 0).length;
          return h("td", { class: hit < points.length ? "hole" : "" }, points.length ? `${hit}/${points.length}${hit < points.length ? " ○" : ""}` : "");
        })))));
  });
}

const holds = (one) => held[report.measurements.indexOf(one)];

function figures() {
  const speeds = ranLanes().filter((lane) => lane.machine_seconds + lane.oracle_seconds > 0 && laneIsWanted(lane));
  const groups = unique(report.measurements.map((one) => one.group));
  return [
    groups.map((group) => table(group, ["what", "value", "unit", "bound", "kept", ""], report.measurements
      .filter((one) => one.group === group && (!filter("opcode") || one.name.toLowerCase().includes(filter("opcode").toLowerCase())))
      .map((one) => {
        const bound = one.at_most ?? one.at_least;
        const share = bound ? Math.min(1, one.value / bound) : 0;
        return h("tr", {}, h("th", { scope: "row" }, one.name), h("td", {}, figure(one.value)), h("td", { class: "text" }, one.unit),
          h("td", {}, [one.at_least != null && `≥ ${figure(one.at_least)}`, one.at_most != null && `≤ ${figure(one.at_most)}`].filter(Boolean).join(" ")),
          h("td", { class: "text" }, bound == null ? "" : holds(one) ? sign("good", "kept") : sign("bad", "out of bounds")),
          h("td", {}, bound != null && h("div", { class: "gauge", "aria-hidden": "true" }, h("span", { class: holds(one) ? "good" : "bad", style: `width:${100 * share}%` }))));
      }), { class: "figures" })),
    speeds.length > 0 && table("Cases a second", ["lane", "both sides", "machine alone", "oracle alone"], speeds.map((lane) => h("tr", {},
      h("th", { scope: "row" }, laneKey(lane)),
      [lane.machine_seconds + lane.oracle_seconds, lane.machine_seconds, lane.oracle_seconds].map((seconds) => h("td", {}, seconds > 0 ? number(Math.round(lane.cases / seconds)) : "–"))))),
    groups.length + speeds.length === 0 && nothing("Nothing was measured."),
  ];
}

function trends() {
  if (past.runs.length === 0) return nothing("No history was kept with this report.");
  const runs = past.runs.map((run) => h("tr", {}, h("th", { scope: "row" }, run.made), h("td", { class: "text" }, run.kind), h("td", { class: "text" }, run.commit ?? "–"),
    h("td", { class: "text" }, run.exit === 0 ? sign("good", "conformant") : sign("bad", `exit status ${run.exit}`)), h("td", {}, run.seed)));
  return [
    h("div", { class: "plots" }, past.series.map(plot)),
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
