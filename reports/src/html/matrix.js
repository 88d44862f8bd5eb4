// The matrix: opcode × coverage point, for one lane or all; a click opens the cases.

const subjects = () => unique(report.coverage.map((profile) => profile.subject));
const matrixSubject = () => place.query.subject ?? ranLanes().find((lane) => filter("lane") && laneIsWanted(lane))?.subject ?? subjects()[0];

/** The profile that a lane's machine runs in; nothing where it is every one. */
function laneProfile(lane) {
  const [machine, oracle] = lane.name.split("~");
  return machine.split("/")[1] ?? oracle?.split("/")[1];
}

/** Rows and columns: what coverage has of them, in its order. */
function matrixShape(subject) {
  const profiles = report.coverage.filter((profile) => profile.subject === subject);
  const groups = profiles[0]?.groups ?? [];
  const points = new Map(groups.map((group) => [group, new Set()]));
  for (const point of profiles.flatMap((profile) => profile.rows.flatMap((row) => row.points))) points.get(point.group)?.add(point.name);
  const rows = unique(profiles.flatMap((profile) => profile.rows.map((row) => row.name))).filter(topicIsWanted);
  return { profiles, groups: groups.map((group) => [group, [...points.get(group)]]), rows };
}

/** What is known of a point: the cases of each lane, and the profiles in which nobody hit it. */
function matrixCell({ profiles }, subject, row, point) {
  const has = profiles.map((profile) => [profile.profile, profile.rows.find((known) => known.name === row)?.points.find((known) => known.name === point)]).filter(([, known]) => known);
  if (has.length === 0) return null;
  const lanes = ranLanes().filter((lane) => lane.subject === subject && laneIsWanted(lane))
    .map((lane) => ({ lane, cases: lane.points[row]?.[point] })).filter(({ cases }) => cases);
  const wanted = filter("lane") ? unique(ranLanes().filter(laneIsWanted).map(laneProfile)) : [];
  const holes = has.filter(([profile, known]) => known.hits === 0 && (wanted.length === 0 || wanted.includes(undefined) || wanted.includes(profile))).map(([profile]) => profile);
  const count = (key) => sum(lanes.map(({ cases }) => cases[key]));
  const kind = count("failed") ? "bad" : holes.length ? "hole" : count("known") ? "known" : count("cases") ? "good" : "mute";
  return { kind, lanes, holes, cases: count("cases"), known: count("known"), failed: count("failed"), hits: sum(has.map(([, known]) => known.hits)) };
}

const KINDS = { good: "all agree", known: "some differ as the ledger says", bad: "some differ", hole: "a hole: no case", mute: "no case on this lane" };

function matrix() {
  const subject = matrixSubject();
  const shape = matrixShape(subject);
  if (shape.rows.length === 0) return nothing("No coverage was counted for what is selected.");
  const ofRule = vectorsOfRule();
  const rows = ofRule ? shape.rows.filter((row) => [...ofRule].some((name) => vectorOf(`vector/${name}`, subject)?.topic === row)) : shape.rows;
  const head = [
    h("tr", {}, h("td", { class: "corner" }), shape.groups.map(([group, points]) => h("th", { scope: "colgroup", colspan: points.length, class: "group" }, group))),
    h("tr", {}, h("th", { scope: "col", class: "corner" }, subject), shape.groups.map(([, points]) => points.map((point, index) =>
      h("th", { scope: "col", class: `point ${index ? "" : "first"}` }, h("span", {}, point))))),
  ];
  let first = true;
  const failing = (row) => {
    const finding = report.findings.findIndex((finding) => finding.subject === subject && finding.topic === row && laneIsWanted(finding));
    return finding < 0 ? row : h("a", { href: link("differences", { finding, opcode: row }), "aria-label": `${row}: differences` }, row, h("span", { class: "sign bad" }, " ✗"));
  };
  const line = (row) => h("tr", {}, h("th", { scope: "row" }, failing(row)), shape.groups.map(([, points]) => points.map((point, index) => {
    const cell = matrixCell(shape, subject, row, point);
    const edge = index ? "" : "first";
    if (!cell) return h("td", { class: `none ${edge}` });
    const label = `${row} ${point}: ${KINDS[cell.kind]}, ${plural(cell.cases, "case")}${cell.failed ? `, ${number(cell.failed)} fail` : ""}`;
    const tabindex = first ? 0 : -1;
    first = false;
    return h("td", { class: `cell ${cell.kind} ${edge}` },
      h("button", { type: "button", tabindex, "aria-label": label, title: label, "data-row": row, "data-point": point, onclick: () => go("matrix", { ...place.query, cell: `${row} ${point}` }) }, SIGNS[cell.kind]));
  })));
  return [
    h("p", { class: "lead" },
      subjects().length > 1 && h("span", { class: "switch" }, subjects().map((name) => h("a", { href: link("matrix", { subject: name }), "aria-current": name === subject ? "true" : false }, name))),
      Object.entries(KINDS).map(([kind, text]) => h("span", { class: "legend" }, sign(kind, text)))),
    h("div", { class: "scroll grid", role: "region", "aria-label": "Matrix of opcodes and coverage points" },
      h("table", { class: "matrix", onkeydown: walk }, h("caption", {}, "Opcodes and coverage points. Arrow keys walk, Enter opens the cases."), h("thead", {}, head), h("tbody", {}, rows.map(line)))),
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

function showCell() {
  const dialog = document.getElementById("cell");
  const [row, point] = (place.query.cell ?? "").split(" ");
  const subject = matrixSubject();
  const cell = place.view === "matrix" && point && matrixCell(matrixShape(subject), subject, row, point);
  if (!cell) return dialog.open && dialog.close();
  const close = () => go("matrix", { ...place.query, cell: "" });
  const cases = (title, ids, lane, topic) => ids.length > 0 && [h("dt", {}, title), h("dd", {}, ids.map((id) => caseLink(id, lane, topic)))];
  dialog.replaceChildren(h("div", {},
    h("header", {}, h("h3", { id: "cell-title" }, `${row} `, h("span", {}, point)), h("button", { type: "button", onclick: close, "aria-label": "close" }, "✕")),
    h("p", {}, sign(cell.kind, KINDS[cell.kind]), ` · ${plural(cell.cases, "case")} · hit ${plural(cell.hits, "time")}`),
    cell.holes.length > 0 && h("p", {}, sign("hole", `no case hits it in ${cell.holes.join(" and ")}`)),
    cell.lanes.map(({ lane, cases: of }) => h("section", {},
      h("h4", {}, lane.name),
      h("p", { class: "mute" }, [plural(of.cases, "case"), of.known && `≈ ${number(of.known)} known`, of.failed && `✗ ${number(of.failed)} fail`, of.passed_by && `${number(of.passed_by)} longer ones fail somewhere`].filter(Boolean).join(" · ")),
      h("dl", {}, cases("fail", of.failures, lane, row), cases("first", of.examples, lane))))));
  dialog.oncancel = (event) => { event.preventDefault(); close(); };
  // Outside of it. A handler that gives false would keep links from being followed.
  dialog.onclick = (event) => { if (event.target === dialog) close(); };
  if (!dialog.open) dialog.showModal();
}

/** A case: to the difference that it shows, of one that fails to one like it, or to the vector's rule. */
function caseLink(id, lane, topic) {
  const find = (test) => report.findings.findIndex((finding) => finding.lane === lane.name && finding.subject === lane.subject && test(finding));
  const shown = find((finding) => finding.case === id || finding.programs.includes(id));
  const finding = shown < 0 ? find((finding) => finding.topic === topic) : shown;
  const vector = vectorOf(id, lane.subject);
  const text = h("code", {}, id);
  if (finding >= 0) return h("a", { href: link("differences", { finding }) }, text);
  if (vector) return h("a", { href: link("rules", { rule: vector.rule }), title: vector.place }, text);
  return text;
}
