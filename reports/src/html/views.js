// Views that are tables: overview, rules, ledger.

function bar(counts) {
  const label = countsText(counts);
  return h("div", { class: "bar", role: "img", "aria-label": label, title: label },
    verdicts.filter((verdict) => countOf(counts, verdict) > 0).map((verdict) => h("span", { class: verdict.sign, style: `flex-grow:${countOf(counts, verdict)}` })));
}

function card(view, title, value, note, of, query) {
  return h("a", { class: `card ${of?.name ?? ""}`, href: link(view, query) },
    h("span", { class: "title" }, title), h("strong", {}, of && [sign(of), " "], value), h("span", { class: "note" }, note));
}

/** What a machine has passed, of all that it was asked. */
function machineCard(machine) {
  const lanes = ranLanes().filter(({ lane }) => lane.machine === machine);
  const counts = added(lanes.map((lane) => lane.counts));
  const own = coverage.filter((of) => of.machine === machine);
  const [passed, total] = [sum(own.map((of) => of.passed)), sum(own.map((of) => of.total))];
  const problem = lanes.some((lane) => lane.machine_problem);
  const of = gravest([signOf(counts), passed > 0 && passed < total && signNamed("partly"), problem && signNamed("differ")]);
  const value = total ? `${number(passed)} of ${number(total)}` : number((counts.agree ?? 0) + (counts.known ?? 0));
  return card("matrix", machine, value, `${total ? "points passed" : "cases passed"}; ${countsText(counts)}`, of, { machine });
}

/** What a program should implement next, in a sentence. */
function ladderText(ladder) {
  const total = ladder.implemented.length + ladder.next.length;
  const [first, ...others] = ladder.next;
  const opens = first && [plural(first.cases, "case"), first.vectors > 0 && plural(first.vectors, "vector")].filter(Boolean).join(", ");
  const next = first ? `next ${[`${first.topic} (opens ${opens})`, ...others.filter((rung) => rung.cases > 0).slice(0, 2).map((rung) => rung.topic)].join(", ")}` : "nothing is missing";
  return `${ladder.subject} ${ladder.machine}: ${ladder.implemented.length} of ${total}; ${next}`;
}

function overview() {
  const ran = ranLanes();
  const counts = added(ran.map((lane) => lane.counts));
  const explained = report.findings.filter((finding) => finding.explained).length;
  const problems = report.ledger.rows.filter((row) => row.problem).length + report.ledger.problems.length;
  const out = report.measurements.filter((one) => !holds(one)).length;
  const all = coverage.filter((of) => of.machine == null);
  const [reached, points] = [sum(all.map((of) => of.reached)), sum(all.map((of) => of.total))];
  const ok = (holds) => signNamed(holds ? "agree" : "differ");
  const groups = plural(report.findings.length, "group");
  const cards = [
    machinesOf(ran).filter(machineIsWanted).map(machineCard),
    card("differences", "differences", number(counts.differ), explained < report.findings.length ? `${groups}, ${explained} explained` : groups,
      ran.length ? (counts.differ || report.findings.length ? signNamed("differ") : judged(counts) ? signNamed("agree") : NO_CASE) : NO_CASE),
    points > 0 && card("coverage", "points reached", `${number(reached)} of ${number(points)}`,
      reached === points ? "no holes" : `${plural(points - reached, "hole")}${gated ? "" : ", not gated"}`,
      reached === points ? null : gated ? ok(false) : NO_CASE),
    report.ledger.rows.length + problems > 0 && card("ledger", "ledger", plural(report.ledger.rows.length, "row"), `${plural(problems, "problem")}, ${number(counts.known)} known differences`, ok(!problems)),
    report.measurements.length > 0 && card("figures", "figures", number(report.measurements.length), out ? `${out} out of bounds` : "all within bounds", ok(!out)),
  ];
  const laneRows = ran.filter(laneIsWanted).map((lane) => h("tr", {},
    h("th", { scope: "row" }, sign(signOf(lane.counts)), " ", h("a", { href: link("matrix", { lane: laneKey(lane) }) }, h("span", { class: "mute" }, lane.subject, " "), laneText(lane.lane))),
    h("td", {}, bar(lane.counts)),
    h("td", {}, number(lane.cases)),
    verdicts.map((verdict) => {
      const count = countOf(lane.counts, verdict);
      return h("td", { class: count ? verdict.sign : "zero" }, number(count));
    })));
  const reasons = ran.filter(laneIsWanted).flatMap((lane) => Object.entries(lane.unsupported_by_reason)
    .map(([reason, count]) => ["unsupported", `${laneKey(lane)}: ${number(count)} × ${reason || "no reason given"}`]));
  const notes = [
    ...(report.ladders ?? []).filter((ladder) => machineIsWanted(ladder.machine)).map((ladder) => ["next", ladderText(ladder)]),
    ...report.warnings.map((text) => ["warning", text]),
    ...report.lanes.filter((lane) => lane.skipped_because != null).map((lane) => ["skipped", `${laneKey(lane)}${lane.required ? ", although it is required" : ""}: ${lane.skipped_because}`]),
    ...reasons,
  ];
  return [
    h("div", { class: "cards" }, cards),
    ran.length > 0 && table("Lanes", ["lane", "", "cases", ...verdicts.map((verdict) => [sign(signNamed(verdict.sign)), ` ${verdict.name}`])].map((head) => h("span", {}, head)), laneRows, { class: "lanes" }),
    report.parts.length > 0 && table("Parts of the run", ["part", "result", "time"], report.parts.map((part) => h("tr", {},
      h("th", { scope: "row" }, part.name),
      h("td", { class: "text" }, part.exit === 0 ? good("done") : part.exit == null ? sign(signNamed("not_run"), `skipped: ${part.skipped_because}`) : bad(`exit status ${part.exit}`)),
      h("td", {}, `${figure(part.seconds)} s`)))),
    notes.length > 0 && h("section", {}, h("h3", {}, "To know"), h("ul", { class: "notes" }, notes.map(([kind, text]) => h("li", {}, h("b", {}, kind), " ", text)))),
    report.machines.length > 0 && table("Machines", ["machine", "subject", "role", "version"], report.machines.map((machine) => h("tr", {},
      h("th", { scope: "row" }, machine.name), h("td", { class: "text" }, machine.subject), h("td", { class: "text" }, machine.role), h("td", { class: "text" }, machine.version || "–")))),
  ];
}

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
  const groups = [...byRule(shown).values()];
  const rows = groups.map((vectors) => {
    const { subject, rule } = vectors[0];
    const text = report.suites.find((suite) => suite.subject === subject).rules[rule];
    return h("tr", {},
      h("th", { scope: "row" }, h("a", { href: link("rules", { rule }) }, rule)),
      machines.map((machine) => h("td", { class: "text" }, sign(gravest(vectors.map((vector) => vectorSign(vector, machine)))))),
      h("td", { class: "text" }, h("p", {}, text), h("ul", { class: "vectors" }, vectors.map((vector) => h("li", {}, vectorResult(vector, machines))))));
  });
  return [
    h("p", { class: "lead" }, `${plural(groups.length, "rule")}, ${plural(shown.length, "vector")}. A rule is a sentence of the specification; each vector tests one. A machine has kept a rule if it has passed all of its vectors.`),
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
  const rows = report.ledger.rows.filter((row) => topicIsWanted(topic(row)) && (!ofRule || ofRule.has(row.witness)));
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
