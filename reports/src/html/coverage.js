// Coverage: the points that were reached, and which of them each machine has passed.

function coverageView() {
  if (report.coverage.length === 0) return nothing("This run has not counted coverage.");
  return report.coverage.map((points) => {
    const is = (of) => of.subject === points.subject && of.profile === points.profile;
    const all = coverage.find((of) => of.machine == null && is(of));
    const own = coverage.filter((of) => of.machine != null && machineIsWanted(of.machine) && is(of));
    const holes = all.holes.filter(([topic]) => topicIsWanted(topic));
    const lanes = (machine) => ranLanes().filter((of) => of.lane.machine === machine && of.subject === points.subject && of.lane.oracle.machine?.machine_profile === points.profile && laneIsWanted(of));
    const signsOf = (machine, row) => row.points.map(([point]) => signOf(pointCounts(lanes(machine), row.topic, point)));
    const fails = (row) => holes.some(([topic]) => topic === row.topic) || own.some((of) => signsOf(of.machine, row).some(isFailing));
    const rows = points.rows.filter((row) => topicIsWanted(row.topic) && isShown(fails(row)));
    return h("section", {},
      h("h3", {}, `${points.subject} in ${points.profile}: ${number(all.reached)} of ${number(all.total)} points reached`),
      h("p", {}, own.map((of) => h("span", { class: "legend" }, sign(gravest(points.rows.flatMap((row) => signsOf(of.machine, row))), `${of.machine} has passed ${number(of.passed)}`)))),
      holes.length === 0 ? null
        : [h("p", {}, gated ? bad(plural(holes.length, "hole")) : sign(NO_CASE, `${plural(holes.length, "hole")}; cases were left out, so they are no failure`)),
          h("ul", { class: "holes" }, holes.map(([topic, point]) => h("li", {}, sign(NO_CASE), " ", h("a", { href: link("matrix", { subject: points.subject, topic }) }, topic), ` ${point}`)))],
      rows.length > 0 && table(`Points of ${points.subject} in ${points.profile}, by what each machine has made of them`, [points.subject, explained("points", "states and outcomes of a topic that cases should reach"), ...own.map((of) => of.machine)], rows.map((row) => h("tr", {},
        h("th", { scope: "row" }, h("a", { href: link("matrix", { subject: points.subject, topic: row.topic }) }, row.topic)),
        h("td", {}, number(row.points.length)),
        own.map((of) => h("td", {}, tallyOf(signsOf(of.machine, row))))))));
  });
}

/** The cases of some lanes that hit a point. */
function pointCounts(lanes, topic, point) {
  return added(lanes.map((lane) => lane.points[topic]?.[point]?.counts).filter(Boolean));
}

/** How many of each sign. */
const tallyOf = (list) => tallyText(tally(list));

function tallyText(counted) {
  return h("span", { class: "tally" }, counted.map(([of, count]) => h("span", { class: `sign ${of.name}`, title: of.meaning }, of.symbol, number(count))));
}
