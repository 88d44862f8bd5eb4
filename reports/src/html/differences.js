// Differences: a list, and one of them.

function wantedFindings() {
  const ofRule = vectorsOfRule();
  return report.findings.map((finding, index) => ({ finding, index })).filter(({ finding }) =>
    laneIsWanted(finding) && topicIsWanted(finding.topic) && (!ofRule || ofRule.has(finding.origin.vector?.name)));
}

const currentFinding = () => Number(place.query.finding ?? wantedFindings()[0]?.index ?? -1);

function differences() {
  const wanted = wantedFindings();
  if (report.findings.length === 0) {
    const counts = added(ranLanes().map((lane) => lane.counts));
    return h("p", {}, sign(signOf(counts), `Nothing differs in ${countsText(counts)}.`));
  }
  if (wanted.length === 0) return nothing("No difference is selected by these filters.");
  const current = currentFinding();
  const entry = ({ finding, index }) => h("li", {}, h("a", { href: link("differences", { finding: index }), "aria-current": index === current ? "true" : false },
    h("b", {}, finding.topic), h("span", { class: "count" }, number(finding.count)), h("span", { class: "what" }, finding.failure ?? finding.aspect),
    h("span", { class: "mute" }, laneKey(finding), finding.explained ? "" : " · counted only")));
  return h("div", { class: "split" },
    h("nav", { "aria-label": "Differences" }, h("p", { class: "lead" }, `${plural(wanted.length, "group")} of differences`), h("ol", { class: "findings" }, wanted.map(entry))),
    report.findings[current] ? difference(report.findings[current]) : nothing("There is no such difference."));
}

function difference(finding) {
  const fact = (name, ...value) => [h("dt", {}, name), h("dd", {}, value)];
  const title = finding.failure ? `${finding.blame === "oracle" ? "the oracle" : "the machine"}: ${finding.failure}` : `differs in ${finding.aspect}`;
  const place = finding.line == null ? finding.file : `${finding.file}:${finding.line}`;
  return h("article", { class: "finding" },
    h("h3", {}, bad(), " ", h("b", {}, finding.topic), ` ${title}`),
    h("dl", { class: "inline" },
      fact("lane", laneKey(finding)), finding.profile && fact("profile", finding.profile), fact("cases", number(finding.count)),
      fact("first", caseOf(finding.origin, finding.subject)), finding.step > 1 && fact("at step", number(finding.step)),
      finding.resembles?.length > 0 && fact("resembles ledger row", finding.resembles.map((row) => [h("a", { href: link("ledger", { row }) }, row), " "])),
      place && fact("vector", h("code", {}, place))),
    finding.rule && h("p", {}, h("b", {}, "rule "), finding.rule),
    finding.explained && !finding.alone && h("p", {}, sign(signNamed("partly"), "It does not show if the case runs alone: it depends on the cases before it"),
      finding.after?.length > 0 ? [". The shortest sequence found: ", finding.after.map((origin) => [caseOf(origin, finding.subject), ", "]), "then this one."] : "; no sequence was found."),
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
  const wanted = wantedFindings().map(({ index }) => index);
  const move = { j: 1, k: -1 }[event.key];
  const step = { ArrowRight: "step forward", ArrowLeft: "step back" }[event.key];
  if (move) {
    const next = wanted[wanted.indexOf(currentFinding()) + move];
    if (next !== undefined) go("differences", { finding: next });
    return true;
  }
  // What is wider than the page is moved by the arrows too.
  if (!step || event.target.closest(".scroll")) return false;
  document.querySelector(`.stepper button[aria-label="${step}"]`)?.click();
  return true;
}
