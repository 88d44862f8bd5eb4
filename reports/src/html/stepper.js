// Both traces of a difference side by side, step by step.

/** The state of one side after so many of its steps: fields and bytes by the text of their path, and what changed last. */
function stateAfter(traces, steps, count) {
  const state = { fields: new Map(), bytes: new Map(), changed: new Set() };
  const apply = (field, mark) => atoms(field).forEach((atom) => {
    const name = pathText(atom.path);
    (atom.byte === undefined ? state.fields : state.bytes).set(name, atom.byte ?? atom.value);
    if (mark) state.changed.add(name);
  });
  traces.start.forEach((field) => apply(field, false));
  steps.slice(0, count).forEach((step, index) => step.changes.forEach((field) => apply(field, index === count - 1)));
  return state;
}

/** The first step that is not the same on both sides, from 1; the last if all that both have are. */
function firstDifference({ oracle, machine }) {
  const last = Math.max(oracle.length, machine.length);
  const at = Array.from({ length: last }, (_, index) => index).find((index) => JSON.stringify(oracle[index]) !== JSON.stringify(machine[index]));
  return oracle.length && at !== undefined ? at + 1 : last;
}

function stepper(finding) {
  const longer = finding.in_case && (place.query.trace !== "smallest" || !finding.traces) ? finding.in_case : null;
  const { traces } = longer ?? finding;
  const last = Math.max(traces.oracle.length, traces.machine.length);
  const differing = longer ? Math.min(last, Math.max(1, longer.step - traces.first + 1)) : firstDifference(traces);
  const choice = (name, text) => h("a", { href: link("differences", { ...place.query, finding: currentFinding(), step: "", trace: name }), "aria-current": (name === "smallest") === !longer ? "true" : false }, text);
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
    body.replaceChildren(...nodes([
      h("div", { class: "sides" }, sides.map((side) => listing(side, traces, at, differing, to))),
      fields(now, sides), memory(traces, now, sides)]));
  }
  render();
  return h("section", { class: "stepper", "aria-label": "Trace" },
    h("p", { class: "mute" }, finding.in_case
      ? h("span", { class: "switch" }, choice("", `in ${originText(finding.in_case.origin)}, step ${number(finding.in_case.step)}`), finding.traces && choice("smallest", "smallest case"))
      : "the smallest case"),
    h("div", { class: "buttons" }, back, range, forward, jump, output),
    sides.length === 1 && h("p", { class: "mute" }, "The oracle is the vectors, which state how a case ends, not its steps."),
    body);
}

function listing(side, traces, at, differing, to) {
  const other = traces[side === "oracle" ? "machine" : "oracle"];
  return h("div", {}, h("h4", {}, side),
    h("ol", { class: "listing", start: traces.first }, traces[side].map((step, index) => {
      const differs = other.length > 0 && (index + 1 === differing || other[index]?.what !== step.what || other[index]?.result !== step.result);
      return h("li", { "aria-current": index + 1 === at ? "step" : false, class: differs ? "differs" : "" },
        h("button", { type: "button", tabindex: -1, onclick: () => to(index + 1) },
          h("span", { class: "at", "aria-hidden": "true" }, index + 1 === at ? "▸" : ""), h("span", { class: "no" }, traces.first + index),
          h("code", {}, step.what, step.result != null && ` → ${step.result}`), differs && h("span", { class: "sign differ" }, "≠")));
    })));
}

/** All fields but bytes. */
function fields(now, sides) {
  const names = unique(sides.flatMap((side) => [...now[side].fields.keys()]));
  const cells = names.map((name) => {
    const values = sides.map((side) => now[side].fields.get(name));
    const texts = values.map(valueText);
    const differs = new Set(texts).size > 1;
    const changed = sides.some((side) => now[side].changed.has(name));
    const isLong = values.some((value) => value && (value.list || value.text !== undefined));
    return h("div", { class: `field ${differs ? "differs" : ""} ${changed ? "changed" : ""} ${isLong ? "wide" : ""}`, "data-field": name },
      h("dt", {}, name, changed && h("span", { class: "mark", title: "changed by this step" }, "●"), differs && h("span", { class: "mark bad", title: "the sides differ" }, "≠")),
      differs ? sides.map((side, index) => h("dd", {}, h("span", { class: "who" }, side), texts[index])) : h("dd", {}, texts[0]));
  });
  return h("div", {}, h("h4", {}, "State ", h("span", { class: "mute" }, "● changed by this step  ≠ the sides differ")), h("dl", { class: "fields" }, cells));
}

/** Lines of eight bytes, of what either side has touched in the steps shown; a table for each family. */
function memory(traces, now, sides) {
  const touched = sides.flatMap((side) => traces[side].flatMap((step) => step.changes)).flatMap(atoms).filter(({ byte }) => byte !== undefined);
  const lines = new Map();
  for (const { path: { family, index } } of touched) {
    const address = index.at(-1);
    const start = plus(address, -Number(BigInt(address) % 8n));
    const line = { family, index: [...index.slice(0, -1), start] };
    lines.set(pathText(line), line);
  }
  const compare = (a, b) => { const at = a.index.findIndex((one, place) => one !== b.index[place]); return at < 0 ? 0 : a.index[at] < b.index[at] ? -1 : 1; };
  const bytes = (side, { family, index }) => Array.from({ length: 8 }, (_, at) => {
    const name = pathText({ family, index: [...index.slice(0, -1), plus(index.at(-1), at)] });
    const value = (of) => now[of].bytes.get(name) ?? "··";
    const differs = sides.length > 1 && value("oracle") !== value("machine");
    return h("span", { class: `byte ${differs ? "differs" : ""} ${now[side].changed.has(name) ? "changed" : ""}` }, value(side));
  });
  return unique([...lines.values()].map((line) => line.family)).map((family) => {
    const own = [...lines.values()].filter((line) => line.family === family).sort(compare);
    return table("Bytes that steps have touched", ["from", ...sides], own.map((line) => h("tr", {}, h("th", { scope: "row" }, pathText(line)),
      sides.map((side) => h("td", { class: "bytes" }, bytes(side, line))))), { class: "memory" });
  });
}
