// Differences: the bugs, and one of them on one of its lanes.

const leadOf = (bug) => bug.findings[0];

/** The findings of a bug that are selected. */
function wantedOf(bug) {
  const ofRule = vectorsOfRule();
  return bug.findings.filter((index) => {
    const finding = report.findings[index];
    return laneIsWanted(finding) && topicIsWanted(finding.topic) && (!ofRule || ofRule.has(finding.origin.vector?.name));
  });
}

const wantedBugs = () => bugs.filter((bug) => wantedOf(bug).length > 0);

/** The place of the finding that is shown: the one that is asked for, or the first of the first bug. */
function currentFinding() {
  const [first] = wantedBugs();
  return Number(place.query.finding ?? (first && wantedOf(first)[0]) ?? -1);
}

const currentBug = () => bugs.find((bug) => bug.findings.includes(currentFinding()));

const bugSign = (bug) => sign(signNamed(report.findings[leadOf(bug)].blame === "oracle" ? "oracle_fault" : "differ"));

/** Who is wrong, about what, how it shows, and in how many cases. */
function bugFacts(bug) {
  const lead = report.findings[leadOf(bug)];
  const { subject, topic, blame, explained } = lead;
  return [h("b", {}, bug.machine), ` ${blame === "oracle" ? "(the oracle) " : ""}· ${subject} ${topic} · ${seen[leadOf(bug)]} · ${bug.extent}${explained ? "" : " · counted only"}`];
}

/** The lanes on which a bug shows, each a link to what is seen there. */
function laneMarks(bug) {
  const current = currentFinding();
  return h("ul", { class: "marks", "aria-label": "Lanes" }, bug.findings.map((index) => {
    const finding = report.findings[index];
    return h("li", {}, h("a", { href: link("differences", { finding: index }), "aria-current": place.view === "differences" && index === current ? "true" : false, title: seen[index] },
      laneText(finding.lane), h("span", { class: "count" }, number(finding.count))));
  }));
}

function differences() {
  const wanted = wantedBugs();
  if (bugs.length === 0) return h("div", {}, withoutBugs());
  if (wanted.length === 0) return nothing("No difference is selected by these filters.");
  const shown = currentBug();
  const entry = (bug) => h("li", {}, h("a", { href: link("differences", { finding: wantedOf(bug)[0] }), "aria-current": bug === shown ? "true" : false },
    h("b", {}, report.findings[leadOf(bug)].topic), h("span", { class: "count" }, number(bug.cases)), h("span", { class: "what" }, bug.sentence),
    h("span", { class: "mute" }, bug.machine, ` · ${plural(bug.lanes, "lane")}`)));
  return h("div", { class: "split" },
    h("nav", { "aria-label": "Differences" }, h("p", { class: "lead" }, plural(wanted.length, "finding")), h("ol", { class: "findings" }, wanted.map(entry))),
    shown ? difference(shown, report.findings[currentFinding()]) : nothing("There is no such difference."));
}

function difference(bug, finding) {
  const fact = (name, ...value) => [h("dt", {}, name), h("dd", {}, value)];
  const place = finding.line == null ? finding.file : `${finding.file}:${finding.line}`;
  return h("article", { class: "finding" },
    h("h3", {}, bugSign(bug), " ", bug.sentence),
    h("p", { class: "mute" }, bugFacts(bug)),
    laneMarks(bug),
    h("dl", { class: "inline" },
      fact("lane", laneKey(finding)), fact("seen", seen[currentFinding()]), finding.profile && fact("profile", finding.profile), fact("cases", number(finding.count)),
      fact("first", caseOf(finding.origin, finding.subject)), finding.step > 1 && fact("at step", number(finding.step)),
      finding.resembles?.length > 0 && fact("resembles ledger row", finding.resembles.map((row) => [h("a", { href: link("ledger", { row }) }, row), " "])),
      place && fact("vector", h("code", {}, place)),
      finding.page && fact("page", h("code", {}, finding.page))),
    finding.rule && finding.rule !== bug.sentence && h("p", {}, h("b", {}, "rule "), finding.rule),
    finding.explained && !finding.alone && h("p", {}, sign(signNamed("partly"), "It does not show if the case runs alone"),
      finding.after?.length > 0 ? [": it depends on the cases before it. The shortest sequence found: ", finding.after.map((origin) => [caseOf(origin, finding.subject), ", "]), "then this one."] : ", nor again behind the cases before it. A run with --repeat tells whether it is the same each time."),
    !finding.explained && nothing("Only the first groups of a lane are explained; this one is counted."),
    (finding.traces || finding.in_case) && stepper(finding),
    finding.listing && h("section", {}, h("h4", {}, finding.alone ? "The smallest case that shows it" : "The case"), h("pre", {}, finding.listing.trimEnd())),
    finding.differences.length > 0 && states(finding),
    finding.replay && copyable(finding.replay, "Show it again"),
    finding.vector && copyable(finding.vector, "As a vector"));
}

function caseOf(origin, subject) {
  const vector = vectorOf(origin, subject);
  const text = h("code", {}, originText(origin));
  return vector ? h("a", { href: link("rules", { rule: vector.rule }) }, text) : text;
}

/** Every field that is not the same before, for the oracle and for the machine in the smallest case. */
function states(finding) {
  const sides = [finding.before, finding.expected, finding.got];
  const maps = sides.map((fields) => new Map(fields.flatMap(atoms).map((atom) => [pathText(atom.path), atom.byte ?? valueText(atom.value)])));
  const names = unique(maps.flatMap((map) => [...map.keys()]));
  const rows = names.map((name) => [name, ...maps.map((map) => map.get(name) ?? "–")]).filter(([, ...values]) => new Set(values).size > 1);
  return table("Before and after", ["", "field", "before", "oracle", "machine"], rows.map(([name, before, expected, got]) =>
    h("tr", { class: expected === got ? "" : "differs" }, h("td", { class: "text" }, expected === got ? "" : "≠"), h("th", { scope: "row", class: "text" }, name), [before, expected, got].map((text) => h("td", { class: "text" }, text)))), { class: "states" });
}

function differencesKey(event) {
  const wanted = wantedBugs();
  const move = { j: 1, k: -1 }[event.key];
  const step = { ArrowRight: "step forward", ArrowLeft: "step back" }[event.key];
  if (move) {
    const other = wanted[wanted.indexOf(currentBug()) + move];
    if (other) go("differences", { finding: wantedOf(other)[0] });
    return true;
  }
  // What is wider than the page is moved by the arrows too.
  if (!step || event.target.closest(".scroll")) return false;
  document.querySelector(`.stepper button[aria-label="${step}"]`)?.click();
  return true;
}
