// The matrix of one machine or lane: topics and groups of points, each cell with the signs of its points; a click opens the
// cases. A cell is red only if a step there failed.

const subjects = () => unique(report.coverage.map((points) => points.subject));
const matrixSubject = () => place.query.subject ?? ranLanes().find((lane) => (filter("lane") || filter("machine")) && laneIsWanted(lane) && subjects().includes(lane.subject))?.subject ?? subjects()[0];

/** The sign of a machine for a subject: the gravest of its lanes. */
const machineSign = (machine, subject) => gravest(ranLanes().filter((of) => of.subject === subject && of.lane.machine === machine).map((lane) => signOf(lane.counts)));

/** The machine that is shown: the one that is filtered by, or the one with the gravest sign. */
function matrixMachine(subject) {
  const machines = machinesOf(ranLanes().filter((of) => of.subject === subject && laneIsWanted(of)));
  const worst = gravest(machines.map((machine) => machineSign(machine, subject)));
  return machines.find((machine) => machineSign(machine, subject) === worst);
}

/** What is shown: the lanes of a machine, and the points of the profiles in which they run, by topic and group. */
function matrixOf(subject) {
  const machine = matrixMachine(subject);
  const lanes = ranLanes().filter((of) => of.subject === subject && of.lane.machine === machine && laneIsWanted(of));
  const profiles = lanes.map(({ lane }) => laneProfile(lane));
  const isRun = (points) => profiles.includes(undefined) || profiles.includes(points.profile);
  const tables = report.coverage.filter((points) => points.subject === subject && isRun(points));
  const rows = new Map();
  for (const { topic, points } of tables.flatMap((table) => table.rows)) {
    if (!topicIsWanted(topic)) continue;
    const groups = rows.get(topic) ?? new Map();
    for (const [point, group] of points) groups.set(group, unique([...(groups.get(group) ?? []), point]));
    rows.set(topic, groups);
  }
  return { machine, lanes, groups: unique(tables.flatMap((table) => table.groups)), rows };
}

/** The signs of the points of a cell. */
const cellSigns = (lanes, topic, points) => points.map((point) => signOf(pointCounts(lanes, topic, point)));

function matrix() {
  const subject = matrixSubject();
  const { machine, lanes, groups, rows } = matrixOf(subject);
  const ofRule = vectorsOfRule();
  const isWanted = (topic) => !ofRule || [...ofRule].some((name) => vectorNamed(name, subject)?.topic === topic);
  const topics = [...rows.keys()].filter(isWanted);
  const machines = machinesOf(ranLanes().filter((of) => of.subject === subject));
  const choices = h("p", { class: "lead" },
    subjects().length > 1 && h("span", { class: "switch" }, subjects().map((name) => h("a", { href: link("matrix", { subject: name, lane: "" }), "aria-current": name === subject ? "true" : false }, name))),
    machines.length > 1 && h("span", { class: "switch" }, machines.map((name) => h("a", { href: link("matrix", { subject, machine: name, lane: "" }), "aria-current": name === machine ? "true" : false }, sign(machineSign(name, subject)), ` ${name}`))),
    filter("lane") ? ` on ${filter("lane")}` : ` on ${plural(lanes.length, "lane")}`);
  if (topics.length === 0) return [choices, nothing("No coverage was counted for what is selected.")];
  const failing = (topic) => {
    const finding = report.findings.findIndex((finding) => finding.subject === subject && finding.topic === topic && finding.lane.machine === machine && laneIsWanted(finding));
    return finding < 0 ? topic : h("a", { href: link("differences", { finding }), "aria-label": `${topic}: differences` }, topic, " ", bad());
  };
  let first = true;
  const cell = (topic, group) => {
    const points = rows.get(topic).get(group);
    if (!points) return h("td", { class: "none" });
    const list = cellSigns(lanes, topic, points);
    const label = `${topic}, ${group}: ${tally(list).map(([of, count]) => `${plural(count, "point")}: ${of.meaning}`).join("; ")}`;
    const tabindex = first ? 0 : -1;
    first = false;
    return h("td", { class: `cell ${gravest(list).name}` },
      h("button", { type: "button", tabindex, "aria-label": label, title: label, "data-topic": topic, "data-group": group, onclick: () => go("matrix", { ...place.query, cell: topic, group }) }, tallyOf(list)));
  };
  return [
    choices,
    h("p", { class: "lead" }, signs.map((of) => h("span", { class: "legend" }, sign(of, of.meaning)))),
    h("div", { class: "scroll grid", role: "region", "aria-label": "Matrix of topics and groups of points" },
      h("table", { class: "matrix", onkeydown: walk }, h("caption", {}, "Topics and groups of points: how many points of each sign. Arrow keys walk, Enter opens the cases."),
        h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "corner" }, subject), groups.map((group) => h("th", { scope: "col" }, group)))),
        h("tbody", {}, topics.map((topic) => h("tr", {}, h("th", { scope: "row" }, failing(topic)), groups.map((group) => cell(topic, group))))))),
  ];
}

/** Arrow keys go to the next cell in their direction. */
function walk(event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const [down, right] = steps[event.key] ?? [];
  const from = event.target.closest("td");
  if (down === undefined || !from) return;
  event.preventDefault();
  event.stopPropagation();
  let [row, column] = [from.parentElement, from.cellIndex];
  for (;;) {
    row = down > 0 ? row.nextElementSibling : down < 0 ? row.previousElementSibling : row;
    column += right;
    const cell = row?.cells[column];
    if (!cell || column < 1) return;
    const button = cell.querySelector("button");
    if (button) return button.focus();
  }
}

/** Opens the cell that the place names: its points, and of each the cases on every lane. */
function showCell() {
  const dialog = document.getElementById("cell");
  const { cell: topic, group } = place.query;
  const shown = place.view === "matrix" && topic ? matrixOf(matrixSubject()) : null;
  const points = shown?.rows.get(topic)?.get(group);
  if (!points) return dialog.open && dialog.close();
  const close = () => go("matrix", { ...place.query, cell: "", group: "" });
  dialog.replaceChildren(h("div", {},
    h("header", {}, h("h3", { id: "cell-title" }, `${topic} `, h("span", {}, group)), h("button", { type: "button", onclick: close, "aria-label": "close" }, "✕")),
    h("p", { class: "mute" }, `${shown.machine}, ${plural(points.length, "point")}`),
    points.map((point) => cellPoint(shown.lanes, topic, point))));
  dialog.oncancel = (event) => { event.preventDefault(); close(); };
  // Outside of it. A handler that gives false would keep links from being followed.
  dialog.onclick = (event) => { if (event.target === dialog) close(); };
  if (!dialog.open) dialog.showModal();
}

function cellPoint(lanes, topic, point) {
  const hit = lanes.map((lane) => [lane, lane.points[topic]?.[point]]).filter(([, of]) => of);
  const cases = (title, origins, lane, of) => origins?.length > 0 && [h("dt", {}, title), h("dd", {}, origins.map((origin) => caseLink(origin, lane, of)))];
  const counts = added(hit.map(([, of]) => of.counts));
  return h("section", {},
    h("h4", {}, sign(signOf(counts)), ` ${point}`),
    hit.length === 0 && h("p", { class: "mute" }, NO_CASE.meaning),
    hit.map(([lane, of]) => [
      h("p", { class: "mute" }, sign(signOf(of.counts)), ` ${laneText(lane.lane)}: ${countsText(of.counts)}`),
      h("dl", {}, cases("fail", of.failures, lane, topic), cases("first", of.examples, lane)),
    ]));
}

/** A case: to the difference that it shows, of one that fails to one like it, or to the vector's rule. */
function caseLink(origin, lane, topic) {
  const id = originText(origin);
  const find = (test) => report.findings.findIndex((finding) => sameLane(finding, lane) && test(finding));
  const shown = find((finding) => originText(finding.origin) === id || (finding.in_case && originText(finding.in_case.origin) === id));
  const finding = shown < 0 && topic ? find((finding) => finding.topic === topic) : shown;
  const vector = vectorOf(origin, lane.subject);
  const text = h("code", {}, id);
  if (finding >= 0) return h("a", { href: link("differences", { finding }) }, text);
  if (vector) return h("a", { href: link("rules", { rule: vector.rule }), title: `${vector.file}:${vector.line}` }, text);
  return text;
}
