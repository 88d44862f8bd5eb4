// Differences: a list, and one of them with both traces side by side.

function wantedFindings() {
  const ofRule = vectorsOfRule();
  return report.findings.map((finding, index) => ({ finding, index })).filter(({ finding }) =>
    laneIsWanted(finding) && topicIsWanted(finding.topic) && (!ofRule || ofRule.has(finding.case.replace("vector/", ""))));
}

const currentFinding = () => Number(place.query.finding ?? wantedFindings()[0]?.index ?? -1);

function differences() {
  const wanted = wantedFindings();
  if (report.findings.length === 0) return h("p", {}, sign("good", "Nothing differs."));
  if (wanted.length === 0) return nothing("No difference is selected by these filters.");
  const current = currentFinding();
  const entry = ({ finding, index }) => h("li", {}, h("a", { href: link("differences", { finding: index }), "aria-current": index === current ? "true" : false },
    h("b", {}, finding.topic), h("span", { class: "count" }, number(finding.count)), h("span", { class: "what" }, finding.failure ?? finding.aspect ?? ""),
    h("span", { class: "mute" }, laneKey(finding), finding.explained ? "" : " · counted only")));
  return h("div", { class: "split" },
    h("nav", { "aria-label": "Differences" }, h("p", { class: "lead" }, `${plural(wanted.length, "group")} of differences`), h("ol", { class: "findings" }, wanted.map(entry))),
    report.findings[current] ? difference(report.findings[current]) : nothing("There is no such difference."));
}

function difference(finding) {
  const fact = (name, ...value) => [h("dt", {}, name), h("dd", {}, value)];
  const vector = vectorOf(finding.case, finding.subject);
  const title = finding.failure ? `${finding.blame === "oracle" ? "the oracle" : "the machine"}: ${finding.failure}` : `differs in ${finding.aspect}`;
  return h("article", { class: "finding" },
    h("h3", {}, h("span", { class: "sign bad" }, "✗ "), h("b", {}, finding.topic), ` ${title}`),
    h("dl", { class: "inline" },
      fact("lane", laneKey(finding)), fact("profile", finding.profile), fact("cases", number(finding.count)),
      fact("first", caseOf(finding, vector)), finding.step > 1 && fact("at step", number(finding.step)),
      finding.resembles && fact("resembles", h("a", { href: link("ledger", { row: finding.resembles.split("+")[0] }) }, `ledger row ${finding.resembles}`))),
    !finding.explained && nothing("Only the first groups of a lane are explained; this one is counted."),
    (finding.traces || finding.in_program) && stepper(finding),
    finding.listing && h("section", {}, h("h4", {}, "The smallest case that shows it"), h("pre", {}, finding.listing.trimEnd())),
    finding.differences.length > 0 && states(finding),
    finding.replay && copyable(finding.replay, "Show it again"),
    finding.vector && copyable(finding.vector, "As a vector"));
}

function caseOf(finding, vector) {
  return vector ? h("a", { href: link("rules", { rule: vector.rule }) }, h("code", {}, finding.case)) : h("code", {}, finding.case);
}

/** Every field that changed or differs in the smallest case. */
function states(finding) {
  const value = (fields, name) => fields.find(([field]) => field === name)?.[1] ?? "–";
  const names = unique([...finding.expected, ...finding.got, ...finding.before].map(([name]) => name));
  const rows = names.map((name) => [name, ...["before", "expected", "got"].map((state) => value(finding[state], name))]).filter(([, ...values]) => new Set(values).size > 1);
  return table("Before and after", ["", "field", "before", "oracle", "machine"], rows.map(([name, before, expected, got]) =>
    h("tr", { class: expected === got ? "" : "differs" }, h("td", { class: "text" }, expected === got ? "" : "≠"), h("th", { scope: "row", class: "text" }, name), [before, expected, got].map((text) => h("td", { class: "text" }, text)))), { class: "states" });
}

// ---- the stepper

const MEMORY = /^mem\[(0x[0-9a-f]+)\]$/;

/** The state of one side after so many of its steps. */
function stateAfter(traces, steps, count) {
  const state = { fields: new Map(), memory: new Map(), changed: new Set() };
  const apply = ([name, value], mark) => {
    const address = MEMORY.exec(name)?.[1];
    if (address === undefined) {
      state.fields.set(name, value);
      if (mark) state.changed.add(name);
      return;
    }
    for (let at = 0; at < value.length / 2; at++) {
      state.memory.set(Number(address) + at, value.slice(2 * at, 2 * at + 2));
      if (mark) state.changed.add(Number(address) + at);
    }
  };
  traces.start.forEach((field) => apply(field, false));
  steps.slice(0, count).forEach((step, index) => step.changes.forEach((field) => apply(field, index === count - 1)));
  return state;
}

function stepper(finding) {
  const program = finding.in_program && (place.query.trace !== "smallest" || !finding.traces) ? finding.in_program : null;
  const { traces, step: wrong } = program ?? { traces: finding.traces, step: 1 };
  const last = Math.max(traces.oracle.length, traces.machine.length);
  const differing = Math.min(last, Math.max(1, wrong - traces.first + 1));
  const choice = (name, text) => h("a", { href: link("differences", { ...place.query, finding: currentFinding(), step: "", trace: name }), "aria-current": (name === "smallest") === !program ? "true" : false }, text);
  const sides = traces.oracle.length > 0 ? ["oracle", "machine"] : ["machine"];
  let at = Math.min(last, Math.max(0, Number(place.query.step ?? differing)));
  const button = (label, text, step) => h("button", { type: "button", "aria-label": label, title: label, onclick: () => to(step()) }, text);
  const range = h("input", { type: "range", min: 0, max: last, value: at, "aria-label": "step", oninput: () => to(Number(range.value)) });
  const output = h("output", { id: "step", "aria-live": "polite" });
  const body = h("div", {});
  const back = [button("first", "⇤", () => 0), button("step back", "◀", () => at - 1)];
  const forward = [button("step forward", "▶", () => at + 1), button("last", "⇥", () => last)];
  const jump = button("to the difference", "≠", () => differing);

  function to(step) {
    at = Math.min(last, Math.max(0, step));
    rename({ ...place.query, finding: currentFinding(), step: at });
    render();
  }
  function render() {
    range.value = at;
    // Not `disabled`: that would take the focus away.
    back.forEach((one) => one.setAttribute("aria-disabled", at === 0));
    forward.forEach((one) => one.setAttribute("aria-disabled", at === last));
    output.textContent = at === 0 ? "before the first step shown" : `after step ${number(traces.first + at - 1)}, shown to ${number(traces.first + last - 1)}`;
    const now = Object.fromEntries(sides.map((side) => [side, stateAfter(traces, traces[side], at)]));
    body.replaceChildren(
      h("div", { class: "sides" }, sides.map((side) => listing(side, traces, at, differing, to))),
      registers(now, sides), memory(traces, now, sides));
  }
  render();
  return h("section", { class: "stepper", "aria-label": "Trace" },
    h("p", { class: "mute" }, finding.in_program
      ? h("span", { class: "switch" }, choice("", `in ${finding.in_program.case}, step ${number(finding.in_program.step)}`), finding.traces && choice("smallest", "smallest case"))
      : "the smallest case"),
    h("div", { class: "controls" }, back, range, forward, jump, output),
    sides.length === 1 && h("p", { class: "mute" }, "The oracle are the vectors, which state how a case ends, not its steps."),
    body);
}

function listing(side, traces, at, differing, to) {
  const other = traces[side === "oracle" ? "machine" : "oracle"];
  return h("div", {}, h("h4", {}, side),
    h("ol", { class: "listing", start: traces.first }, traces[side].map((step, index) => {
      const differs = other.length > 0 && (index + 1 === differing || other[index]?.what !== step.what);
      return h("li", { "aria-current": index + 1 === at ? "step" : false, class: differs ? "differs" : "" },
        h("button", { type: "button", tabindex: -1, onclick: () => to(index + 1) },
          h("span", { class: "at", "aria-hidden": "true" }, index + 1 === at ? "▸" : ""), h("span", { class: "no" }, traces.first + index), h("code", {}, step.what), differs && h("span", { class: "sign bad" }, "≠")));
    })));
}

/** Flags as letters in their places, so that a change is seen where it is. */
const flags = (text) => [..."NZCV"].map((letter) => (text.includes(letter) ? letter : "·")).join("");

function registers(now, sides) {
  const names = unique(sides.flatMap((side) => [...now[side].fields.keys()]));
  const cells = names.map((name) => {
    const values = sides.map((side) => now[side].fields.get(name) ?? "–");
    const differs = new Set(values).size > 1;
    const changed = sides.some((side) => now[side].changed.has(name));
    const text = (value) => (name === "psw" ? flags(value) : value);
    return h("div", { class: `register ${differs ? "differs" : ""} ${changed ? "changed" : ""} ${name === "call_stack" || name === "stop" ? "wide" : ""}`, "data-field": name },
      h("dt", {}, name, changed && h("span", { class: "mark", title: "changed by this step" }, "●"), differs && h("span", { class: "mark bad", title: "the sides differ" }, "≠")),
      differs ? sides.map((side, index) => h("dd", {}, h("span", { class: "who" }, side), text(values[index]))) : h("dd", {}, text(values[0])));
  });
  return h("div", {}, h("h4", {}, "Registers and flags ", h("span", { class: "mute" }, "● changed by this step  ≠ the sides differ")), h("dl", { class: "registers" }, cells));
}

/** Lines of eight bytes, of what either side has touched in the steps shown. */
function memory(traces, now, sides) {
  const touched = sides.flatMap((side) => traces[side].flatMap((step) => step.changes)).flatMap(([name, value]) => {
    const address = MEMORY.exec(name)?.[1];
    return address === undefined ? [] : Array.from({ length: value.length / 2 }, (_, at) => Number(address) + at);
  });
  const lines = unique(touched.map((address) => address & ~7)).sort((a, b) => a - b);
  if (lines.length === 0) return h("p", { class: "mute" }, "No step shown writes to memory.");
  const bytes = (side, line) => Array.from({ length: 8 }, (_, at) => {
    const value = (of) => now[of].memory.get(line + at) ?? "00";
    const differs = sides.length > 1 && value("oracle") !== value("machine");
    const changed = now[side].changed.has(line + at);
    return h("span", { class: `byte ${differs ? "differs" : ""} ${changed ? "changed" : ""}` }, value(side));
  });
  return table("Memory", ["address", ...sides], lines.map((line) => h("tr", {}, h("th", { scope: "row" }, `0x${line.toString(16).padStart(4, "0")}`),
    sides.map((side) => h("td", { class: "bytes" }, bytes(side, line))))), { class: "memory" });
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

const VIEWS = {
  overview: { title: "Overview", count: () => "", show: overview },
  differences: { title: "Differences", count: () => number(report.findings.length), show: differences, key: differencesKey },
  matrix: { title: "Matrix", count: () => (report.coverage.length ? "" : null), show: matrix, shown: showCell },
  rules: { title: "Rules", count: () => (report.suites.length ? number(sum(report.suites.map((suite) => Object.keys(suite.rules).length))) : null), show: rules },
  ledger: { title: "Ledger", count: () => (report.ledger.rows.length ? number(report.ledger.rows.length) : null), show: ledger },
  coverage: { title: "Coverage", count: () => (report.coverage.length ? `${number(sum(report.coverage.map((profile) => sum(profile.rows.map((row) => row.points.filter((point) => !point.hits).length)))))} ○` : null), show: coverage },
  figures: { title: "Figures", count: () => (report.measurements.length ? number(report.measurements.length) : ""), show: figures },
  trends: { title: "Trends", count: () => (past.runs.length ? number(past.runs.length) : null), show: trends },
};

addEventListener("hashchange", show);
addEventListener("keydown", onKey);
show();
