// The matrix of one machine or lane: topics and groups of points, each cell with the signs of its points; a click opens the
// cases. A cell is red only if a step there failed; it stands out if what is wrong is most likely that.

const subjects = () => unique(report.coverage.map((points) => points.subject));
const matrixSubject = () => place.query.subject ?? ranLanes().find((lane) => (filter("lane") || filter("machine")) && laneIsWanted(lane) && subjects().includes(lane.subject))?.subject ?? subjects()[0];

/** The sign of a machine for a subject: the gravest of its lanes. */
const subjectSign = (machine, subject) => gravest(ranLanes().filter((of) => of.subject === subject && of.lane.machine === machine).map((lane) => laneSign(lane)));

/** The machine that is shown: the one that is filtered by, or the one with the gravest sign. */
function matrixMachine(subject) {
  const machines = machinesOf(ranLanes().filter((of) => of.subject === subject && laneIsWanted(of)));
  const worst = gravest(machines.map((machine) => subjectSign(machine, subject)));
  return machines.find((machine) => subjectSign(machine, subject) === worst);
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

/** What share of the compared cases that hit a point fail there. */
function failingShare(counts) {
  const failed = (counts.differ ?? 0) + (counts.oracle_fault ?? 0);
  return failed && failed / (failed + (counts.agree ?? 0) + (counts.known ?? 0));
}

/** The points of a topic that are wrong: of those which cases hit that fail, the ones at which the largest share fails. Failing
    cases merely pass through the others. */
function wrongPoints(lanes, topic, groups) {
  const shares = [...groups.values()].flat().map((point) => [point, failingShare(pointCounts(lanes, topic, point))]);
  const most = Math.max(0, ...shares.map(([, share]) => share));
  return new Set(shares.filter(([, share]) => share > 0 && share === most).map(([point]) => point));
}

/** A point at which cases fail that are wrong elsewhere. */
const PASSED_THROUGH = { name: "through", symbol: "×", meaning: "failing cases pass through" };

/** The signs of the points of a cell. */
const cellSigns = (lanes, topic, points, wrong) => points.map((point) => {
  const of = signOf(pointCounts(lanes, topic, point));
  return of.name === "differ" && !wrong.has(point) ? PASSED_THROUGH : of;
});

function matrix() {
  const subject = matrixSubject();
  const { machine, lanes, groups, rows } = matrixOf(subject);
  const ofRule = vectorsOfRule();
  const isWanted = (topic) => !ofRule || [...ofRule].some((name) => vectorNamed(name, subject)?.topic === topic);
  const wrong = new Map([...rows].map(([topic, groups]) => [topic, wrongPoints(lanes, topic, groups)]));
  const fails = (topic) => [...rows.get(topic).values()].flat().some((point) => isFailing(signOf(pointCounts(lanes, topic, point))));
  const topics = [...rows.keys()].filter((topic) => isWanted(topic) && isShown(fails(topic)));
  const machines = machinesOf(ranLanes().filter((of) => of.subject === subject));
  const choices = h("p", { class: "lead" },
    subjects().length > 1 && h("span", { class: "switch" }, subjects().map((name) => h("a", { href: link("matrix", { subject: name, lane: "" }), "aria-current": name === subject ? "true" : false }, name))),
    machines.length > 1 && h("span", { class: "switch" }, machines.map((name) => h("a", { href: link("matrix", { subject, machine: name, lane: "" }), "aria-current": name === machine ? "true" : false }, sign(subjectSign(name, subject)), ` ${name}`))),
    filter("lane") ? ` on ${filter("lane")}` : ` on ${plural(lanes.length, "lane")}`);
  if (topics.length === 0) return [choices, nothing(filter("failing") ? "Nothing fails in what is selected." : "No coverage was counted for what is selected.")];
  const failing = (topic) => {
    const finding = report.findings.findIndex((finding) => finding.subject === subject && finding.topic === topic && finding.lane.machine === machine && laneIsWanted(finding));
    return finding < 0 ? topic : h("a", { href: link("differences", { finding }), "aria-label": `${topic}: differences` }, topic, " ", bad());
  };
  let first = true;
  const cell = (topic, group) => {
    const points = rows.get(topic).get(group);
    if (!points) return h("td", { class: "none" });
    const list = cellSigns(lanes, topic, points, wrong.get(topic));
    const worst = list.includes(PASSED_THROUGH) && !isFailing(gravest(list)) ? PASSED_THROUGH : gravest(list);
    const label = `${topic}, ${group}: ${cellTally(list).map(([of, count]) => `${plural(count, "point")}: ${of.meaning}`).join("; ")}`;
    const tabindex = first ? 0 : -1;
    first = false;
    return h("td", { class: `cell ${worst.name}` },
      h("button", { type: "button", tabindex, "aria-label": label, title: label, "data-topic": topic, "data-group": group, onclick: () => go("matrix", { ...place.query, cell: topic, group }) }, tallyText(cellTally(list))));
  };
  return [
    choices,
    h("p", { class: "lead" }, [{ ...signNamed("differ"), meaning: "wrong here: the largest share of its topic fails" }, PASSED_THROUGH, ...signs.slice(1)].map((of) => h("span", { class: "legend" }, sign(of, of.meaning)))),
    scroller("Matrix of topics and groups of points",
      h("table", { class: "matrix", onkeydown: walk }, h("caption", {}, "Topics and groups of points: how many points of each sign. Arrow keys walk, Enter opens the cases."),
        h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "corner" }, subject), groups.map((group) => h("th", { scope: "col" }, group)))),
        h("tbody", {}, topics.map((topic) => h("tr", {}, h("th", { scope: "row" }, failing(topic)), groups.map((group) => cell(topic, group)))))), { class: "grid", tabindex: "-1" }),
  ];
}

/** How many there are of each sign of a cell, the gravest first. */
const cellTally = (list) => [...tally(list), [PASSED_THROUGH, list.filter((of) => of === PASSED_THROUGH).length]].filter(([, count]) => count > 0);

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
    points.map((point) => cellPoint(shown.lanes, topic, point, wrongPoints(shown.lanes, topic, shown.rows.get(topic)).has(point)))));
  dialog.oncancel = (event) => { event.preventDefault(); close(); };
  // Outside of it. A handler that gives false would keep links from being followed.
  dialog.onclick = (event) => { if (event.target === dialog) close(); };
  if (!dialog.open) dialog.showModal();
}

function cellPoint(lanes, topic, point, isWrong) {
  const hit = lanes.map((lane) => [lane, lane.points[topic]?.[point]]).filter(([, of]) => of);
  const cases = (title, origins, lane, of) => origins?.length > 0 && [h("dt", {}, title), h("dd", {}, origins.map((origin) => caseLink(origin, lane, of)))];
  const counts = added(hit.map(([, of]) => of.counts));
  return h("section", {},
    h("h4", {}, sign(signOf(counts)), ` ${point}`),
    failingShare(counts) > 0 && h("p", {}, `${figure(100 * failingShare(counts))} % of the compared cases that come here fail${isWrong ? ", the largest share of this topic" : ": they pass through"}.`),
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
