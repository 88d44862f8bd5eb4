// Views that are tables: rules, ledger.

/** The sign of a vector for a machine: the gravest on its lanes. */
function vectorSign(vector, machine) {
  const lanes = ranLanes().filter((of) => of.subject === vector.subject && of.lane.machine === machine && laneIsWanted(of));
  const group = originText({ vector });
  return gravest(lanes.map((lane) => lane.groups[group]).filter(Boolean).map(signOf));
}

function rules() {
  const vectors = report.suites.flatMap((suite) => Object.entries(suite.vectors).map(([name, vector]) => ({ name, subject: suite.subject, ...vector })));
  const shown = vectors.filter((vector) => topicIsWanted(vector.topic) && (!filter("rule") || vector.rule === filter("rule")));
  const machines = machinesOf(ranLanes().filter(laneIsWanted));
  const fails = (vectors) => machines.some((machine) => vectors.some((vector) => isFailing(vectorSign(vector, machine))));
  const groups = [...byRule(shown).values()].filter((vectors) => isShown(fails(vectors)));
  const rows = groups.map((vectors) => {
    const { subject, rule } = vectors[0];
    const text = report.suites.find((suite) => suite.subject === subject).rules[rule];
    return h("tr", {},
      h("th", { scope: "row" }, h("a", { href: link("rules", { rule }) }, rule)),
      machines.map((machine) => h("td", { class: "text" }, sign(gravest(vectors.map((vector) => vectorSign(vector, machine)))))),
      h("td", { class: "text" }, h("p", {}, text), h("ul", { class: "vectors" }, vectors.map((vector) => h("li", {}, vectorResult(vector, machines))))));
  });
  return [
    h("p", { class: "lead" }, `${plural(groups.length, "rule")}, ${plural(sum(groups.map((vectors) => vectors.length)), "vector")}. A rule is a sentence of the specification; each vector tests one. A machine has kept a rule if it has passed all of its vectors.`),
    rows.length ? table("Rules", ["rule", ...machines, "sentence and vectors"], rows, { class: "rules" }) : nothing("No rule is selected by these filters."),
  ];
}

function byRule(vectors) {
  const groups = new Map();
  for (const vector of vectors) {
    const key = JSON.stringify([vector.subject, vector.rule]);
    groups.set(key, [...(groups.get(key) ?? []), vector]);
  }
  return groups;
}

/** A vector, with the machines that have not passed it. */
function vectorResult(vector, machines) {
  const results = machines.map((machine) => [machine, vectorSign(vector, machine)]);
  const worst = gravest(results.map(([, of]) => of));
  const others = results.filter(([, of]) => !["agree", "known", "nothing"].includes(of.name));
  return [sign(worst), " ", h("code", { title: `${vector.file}:${vector.line}` }, vector.name),
    others.length > 0 && machines.length > 1 && h("span", { class: "mute" }, ` ${others.map(([machine, of]) => `${machine}: ${of.meaning}`).join("; ")}`)];
}

function ledger() {
  const lanes = ranLanes().filter(laneIsWanted);
  const known = (row) => sum(lanes.filter((lane) => lane.subject === row.subject).map((lane) => lane.known_by_row[row.id] ?? 0));
  const ofRule = vectorsOfRule();
  const topic = (row) => vectorNamed(row.witness, row.subject)?.topic ?? "";
  const rows = report.ledger.rows.filter((row) => topicIsWanted(topic(row)) && (!ofRule || ofRule.has(row.witness)) && isShown(row.problem));
  const fact = (name, text) => [h("dt", {}, name), h("dd", {}, text)];
  return [
    h("p", { class: "lead" }, "Where document, reference and profiles disagree, what was decided, and the vector that shows it. Every row is checked in every run."),
    report.ledger.problems.map((problem) => h("p", {}, bad(problem))),
    rows.length === 0 && nothing("No row is selected by these filters."),
    rows.map((row) => h("details", { class: "row", id: `ledger-${row.id}`, open: place.query.row === row.id },
      h("summary", {}, h("b", {}, row.id), " ", row.title, " ", h("span", { class: "tag" }, row.subject), h("span", { class: "tag" }, row.kind),
        row.problem ? bad("does not hold") : good("holds"),
        known(row) > 0 && h("span", { class: "mute" }, plural(known(row), "known difference"))),
      row.problem && h("p", {}, bad(row.problem)),
      h("dl", {}, fact("document", row.document), fact("reference", row.reference), fact("decision", row.decision), row.switch && fact("switch", h("code", {}, row.switch))),
      h("h4", {}, "witness ", h("code", {}, row.witness)),
      row.listing && h("pre", {}, row.listing.trimEnd()),
      row.differences.length > 0 && table(`What ${row.witness} shows`, ["field", row.switch ? "switched" : "document", row.switch ? "not switched" : "reference"], row.differences.map((difference) => h("tr", {},
        h("th", { scope: "row" }, pathText(difference)), h("td", {}, valueText(difference.expected)), h("td", {}, valueText(difference.got))))))),
  ];
}
