// The first view: did it pass, which machine, where does it differ, what comes next, and how it was made.

/** Bugs that the first view shows; the others are a link away. */
const FIRST_BUGS = 4;
/** Reasons that are shown without being asked for. */
const FIRST_REASONS = 3;

function bar(counts) {
  const label = countsText(counts);
  return h("div", { class: "bar", role: "img", "aria-label": label, title: label },
    verdicts.filter((verdict) => countOf(counts, verdict) > 0).map((verdict) => h("span", { class: verdict.sign, style: `flex-grow:${countOf(counts, verdict)}` })));
}

function card(view, title, value, note, of, query) {
  return h("a", { class: `card ${of?.name ?? ""}`, href: link(view, query) },
    h("span", { class: "title" }, title), h("strong", {}, of && [sign(of), " "], value), h("span", { class: "note" }, note));
}

const lanesOf = (machine) => ranLanes().filter(({ lane }) => lane.machine === machine);

/** How many points a machine has passed, and how many there are. */
function pointsOf(machine) {
  const own = coverage.filter((of) => of.machine === machine);
  return [sum(own.map((of) => of.passed)), sum(own.map((of) => of.total))];
}

/** The sign of a machine: the gravest of its lanes; partly, if it has not passed all points. */
function machineSign(machine, lanes = lanesOf(machine)) {
  const [passed, total] = pointsOf(machine);
  const problem = lanes.some((lane) => lane.machine_problem);
  return gravest([signOf(added(lanes.map((lane) => lane.counts))), passed > 0 && passed < total && signNamed("partly"), problem && signNamed("differ")]);
}

/** What a machine has passed, of all that it was asked. */
function machineCard(machine) {
  const counts = added(lanesOf(machine).map((lane) => lane.counts));
  const [passed, total] = pointsOf(machine);
  const value = total ? `${number(passed)} of ${number(total)}` : number((counts.agree ?? 0) + (counts.known ?? 0));
  return card("matrix", machine, value, `${total ? "points passed" : "cases passed"}; ${countsText(counts)}`, machineSign(machine), { machine });
}

/** What a run is about beside its machines: coverage, ledger, measurements. */
function otherCards() {
  const problems = report.ledger.rows.filter((row) => row.problem).length + report.ledger.problems.length;
  const out = held.filter((holds) => !holds).length;
  const all = coverage.filter((of) => of.machine == null);
  const [reached, points] = [sum(all.map((of) => of.reached)), sum(all.map((of) => of.total))];
  const known = sum(ranLanes().map((lane) => lane.counts.known ?? 0));
  const ok = (holds) => signNamed(holds ? "agree" : "differ");
  return [
    points > 0 && card("coverage", "points reached", `${number(reached)} of ${number(points)}`,
      reached === points ? "no holes" : `${plural(points - reached, "hole")}${gated ? "" : ", not gated"}`,
      reached === points ? null : gated ? ok(false) : NO_CASE),
    report.ledger.rows.length + problems > 0 && card("ledger", "ledger", plural(report.ledger.rows.length, "row"), `${plural(problems, "problem")}, ${plural(known, "known difference")}`, ok(!problems)),
    report.measurements.length > 0 && card("figures", "figures", number(report.measurements.length), out ? `${out} out of bounds` : "all within bounds", ok(!out)),
  ];
}

function overview() {
  const ran = ranLanes();
  // The one that is wrong is seen first.
  const machines = signs.flatMap((of) => machinesOf(ran).filter((machine) => machineIsWanted(machine) && machineSign(machine) === of));
  return [
    machines.length > 0 && h("div", { class: "cards" }, machines.map(machineCard)),
    h("div", { class: "first" },
      h("section", { "aria-label": "Where it differs" }, whereItDiffers(), openQuestions()),
      h("aside", {}, whatNext(), howItWasMade())),
    report.lanes.length > 0 && h("div", { class: "cards" }, otherCards()),
    ran.length > 0 && laneTable(ran.filter((lane) => laneIsWanted(lane) && isShown(isFailing(laneSign(lane))))),
    // A result that is about nothing else is shown as what it is about.
    report.lanes.length === 0 && figures(),
    report.parts.length > 0 && table("Parts of the run", ["part", "result", "time"], report.parts.map((part) => h("tr", {},
      h("th", { scope: "row" }, part.name),
      h("td", { class: "text" }, part.exit == null ? sign(signNamed("not_run"), `skipped: ${part.skipped_because}`) : sign(exitSign(part.exit), exitText(part.exit))),
      h("td", {}, `${figure(part.seconds)} s`)))),
    toKnow(ran),
    report.machines.length > 0 && table("Machines", ["machine", "subject", explained("role", "what it is for its subject: ours, a model, the reference, a program, a chip"), "version"], report.machines.map((machine) => h("tr", {},
      h("th", { scope: "row" }, machine.name), h("td", { class: "text" }, machine.subject), h("td", { class: "text" }, machine.role), h("td", { class: "text" }, machine.version || "–")))),
  ];
}

/** What is out of its bounds, of a result that is about what was measured. */
function outOfBounds() {
  const out = report.measurements.filter((one) => !holds(one));
  const bounds = ({ at_least: least, at_most: most, unit }) => [least != null && `at least ${figure(least)} ${unit}`, most != null && `at most ${figure(most)} ${unit}`].filter(Boolean).join(", ");
  const item = (one) => h("li", {}, bad(`${one.group} ${one.name}: ${figure(one.value)} ${one.unit}, should be ${bounds(one)}`));
  return report.measurements.length > 0 && [
    h("h3", {}, `Out of bounds: ${number(out.length)} of ${number(report.measurements.length)}`),
    out.length ? folded(out.map(item), "more measurement") : h("p", {}, good("Everything keeps to its bounds.")),
  ];
}

function whereItDiffers() {
  if (report.lanes.length === 0) return outOfBounds();
  const wanted = wantedBugs();
  if (bugs.length === 0) return [h("h3", {}, "Where it differs"), withoutBugs()];
  const more = wanted.length - FIRST_BUGS;
  return [
    h("h3", {}, `Where it differs: ${plural(wanted.length, "finding")}`),
    h("ol", { class: "bugs" }, wanted.slice(0, FIRST_BUGS).map((bug) => h("li", {},
      h("a", { href: link("differences", { finding: leadOf(bug) }) }, bugSign(bug), " ", bug.sentence),
      h("p", { class: "mute" }, bugFacts(bug)),
      laneMarks(bug),
      report.findings[leadOf(bug)].replay && copyable(report.findings[leadOf(bug)].replay, "", "inline")))),
    more > 0 && h("p", {}, h("a", { href: link("differences") }, `and ${plural(more, "more finding")}`)),
  ];
}

/** Why something could not be determined. */
function openQuestions() {
  const why = report.lanes.filter(laneIsWanted).flatMap((lane) => [
    lane.skipped_because != null && lane.required && `${laneKey(lane)} is required and was skipped: ${lane.skipped_because}`,
    lane.counts.not_run > 0 && `${laneKey(lane)}: ${plural(lane.counts.not_run, "case")} not run`,
    lane.cases > 0 && judged(lane.counts) === (lane.counts.unsupported ?? 0) + (lane.counts.not_run ?? 0) && !lane.counts.not_run && `${laneKey(lane)}: nothing could be compared`,
  ]).filter(Boolean);
  return why.length > 0 && [h("h3", {}, "What could not be determined"), folded(why.map((text) => h("li", {}, sign(signNamed("not_run"), text))), "more reason")];
}

/** A list of which only the first few are shown. */
function folded(items, what) {
  const list = (some) => h("ul", { class: "notes" }, some);
  const rest = items.slice(FIRST_REASONS);
  return [list(items.slice(0, FIRST_REASONS)), rest.length > 0 && h("details", { class: "rest" }, h("summary", {}, plural(rest.length, what)), list(rest))];
}

function whatNext() {
  const ladders = (report.ladders ?? []).map((ladder, index) => ({ ...ladder, ...next[index] })).filter((ladder) => machineIsWanted(ladder.machine));
  if (ladders.length === 0) return null;
  const rung = ({ topic, cases, vectors }) => h("tr", {}, h("th", { scope: "row" }, topic), h("td", {}, number(cases)), h("td", {}, number(vectors)));
  return [
    h("h3", {}, "What next"),
    ladders.map((ladder) => h("div", { class: "ladder" }, h("p", {}, ladder.sentence),
      ladder.next.length > 0 && h("details", {}, h("summary", {}, `all ${plural(ladder.next.length, "topic")} to come`),
        table(`${ladder.subject} ${ladder.machine}`, ["topic", explained("opens", "cases of which this is the only topic that is missing"), "vectors"], ladder.next.map(rung))))),
  ];
}

/** Date, system and command lines. */
function howItWasMade() {
  const fact = (name, ...value) => [h("dt", {}, name), h("dd", {}, value)];
  const date = ({ at }) => `${new Date(1000 * at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const [made, ...others] = report.made ?? [];
  const facts = [
    made && fact("date", date(made)),
    made && fact("system", made.system, others.length > 0 && `, and ${plural(others.length, "other shard")}`),
    command && fact("command", h("code", {}, command)),
    ...Object.entries(report.commands ?? {}).map(([name, line]) => fact(name, h("code", {}, line))),
  ].filter(Boolean);
  return facts.length > 0 && [h("h3", {}, "How it was made"), h("dl", { class: "made" }, facts)];
}

/** The lanes, those that fail first. */
function laneTable(lanes) {
  const sorted = signs.flatMap((of) => lanes.filter((lane) => laneSign(lane) === of));
  const rows = sorted.map((lane) => h("tr", {},
    h("th", { scope: "row" }, sign(laneSign(lane)), " ", h("a", { href: link("matrix", { lane: laneKey(lane) }) }, h("span", { class: "mute" }, lane.subject, " "), breakable(laneText(lane.lane)))),
    byGravity.map((verdict) => {
      const count = countOf(lane.counts, verdict);
      return h("td", { class: count ? verdict.sign : "zero" }, number(count));
    }),
    h("td", {}, number(lane.cases)),
    h("td", { class: "share" }, bar(lane.counts))));
  if (rows.length === 0) return nothing(filter("failing") ? "No lane fails." : "No lane is selected by these filters.");
  return table("Lanes", [
    explained("lane", "a machine, what it is compared with, and the profile: machine~oracle/profile"),
    ...byGravity.map((verdict) => explained(verdict.name, verdict.meaning)),
    explained("cases", "the cases asked for: the other columns come to it"),
    "",
  ], rows, { class: "lanes" });
}

/** What a machine has not answered: how many cases, and why. */
function unsupported(lanes) {
  const machines = new Map();
  for (const lane of lanes.filter((lane) => lane.counts.unsupported > 0)) {
    const name = `${lane.subject} ${lane.lane.machine}`;
    const of = machines.get(name) ?? { cases: 0, lanes: 0, reasons: new Map() };
    of.cases += lane.counts.unsupported;
    of.lanes += 1;
    for (const [reason, count] of Object.entries(lane.unsupported_by_reason)) of.reasons.set(reason, (of.reasons.get(reason) ?? 0) + count);
    machines.set(name, of);
  }
  return [...machines].map(([name, of]) => {
    const reasons = [...of.reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => h("li", {}, `${number(count)} × ${reason || "no reason given"}`));
    return h("li", {}, h("b", {}, "unsupported"), ` ${name}: ${plural(of.cases, "case")} on ${plural(of.lanes, "lane")}`, folded(reasons, "more reason"));
  });
}

function toKnow(ran) {
  const note = (kind, text) => h("li", {}, h("b", {}, kind), " ", text);
  const sampled = ran.filter((lane) => lane.sample)
    .map((lane) => note("sample", `${laneKey(lane)}: ${number(lane.cases)} of ${plural(lane.sample.of, "case")}: the vectors, and ${lane.sample.what}`));
  const skipped = report.lanes.filter((lane) => lane.skipped_because != null)
    .map((lane) => note("skipped", `${laneKey(lane)}${lane.required ? ", although it is required" : ""}: ${lane.skipped_because}`));
  const notes = [
    ...report.warnings.map((text) => note("warning", text)),
    ...sampled,
    ...unsupported(ran.filter(laneIsWanted)),
  ];
  return notes.length + skipped.length > 0 && h("section", {}, h("h3", {}, "To know"),
    h("ul", { class: "notes" }, notes), skipped.length > 0 && folded(skipped, "more skipped lane"));
}
