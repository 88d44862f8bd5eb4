"use strict";
// The page: what is shown stands in the URL's hash, `#/view?opcode=…&lane=…&rule=…`, so every state is a link.

const { report, past, gated, held } = JSON.parse(document.getElementById("data").textContent);

/** An element. Attributes that are false or undefined are left out; `on…` are listeners. */
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

const number = (value) => Number(value).toLocaleString("en-US");
const plural = (count, one, many = one + "s") => `${number(count)} ${count === 1 ? one : many}`;
const unique = (list) => [...new Set(list)];
const sum = (list) => list.reduce((total, value) => total + value, 0);

/** A figure with as many digits as it needs. */
function figure(value) {
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return Number(value).toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** Verdicts: each has a sign and a word, so that none is told by colour alone. */
const VERDICTS = [
  ["agree", "✓", "agree", "good"],
  ["known", "≈", "known", "known"],
  ["differ", "✗", "differ", "bad"],
  ["oracle_fault", "!", "oracle fault", "bad"],
  ["unsupported", "–", "unsupported", "mute"],
  ["not_run", "∅", "not run", "bad"],
];
const SIGNS = { good: "✓", known: "≈", bad: "✗", hole: "○", mute: "·" };

function sign(kind, text) {
  return h("span", { class: `sign ${kind}` }, h("span", { "aria-hidden": "true" }, SIGNS[kind], " "), text);
}

function table(caption, head, rows, attributes) {
  const lines = rows.flat(Infinity);
  // A heading stands where what is below it stands.
  const align = (index) => (lines[0]?.cells[index]?.classList.contains("text") ? "text" : false);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", attributes,
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, head.map((title, index) => h("th", { scope: "col", class: align(index) }, title)))),
      h("tbody", {}, lines)));
}

/** A command or a file to take away. */
function copyable(text, label) {
  const button = h("button", { type: "button", class: "copy", onclick: copy }, "copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From a file there may be no clipboard: mark the text instead.
      getSelection().selectAllChildren(code);
    }
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  }
  const code = h("pre", {}, text.trimEnd());
  return h("figure", { class: "copyable" }, h("figcaption", {}, label, button), code);
}

// ---- where we are

const FILTERS = ["opcode", "lane", "rule"];
let place = { view: "overview", query: {} };

function link(view, query = {}) {
  const kept = Object.fromEntries(FILTERS.map((name) => [name, place.query[name]]));
  const all = Object.entries({ ...kept, ...query }).filter(([, value]) => value != null && value !== "");
  const text = new URLSearchParams(all).toString();
  return `#/${view}${text && "?" + text}`;
}

function go(view, query) {
  location.hash = link(view, query);
}

function readPlace() {
  const [path, text] = location.hash.replace(/^#\/?/, "").split("?");
  place = { view: VIEWS[path] ? path : "overview", query: Object.fromEntries(new URLSearchParams(text ?? "")) };
}

const filter = (name) => place.query[name] ?? "";
const sameWord = (a, b) => a.toLowerCase() === b.toLowerCase();

const laneKey = (lane) => `${lane.subject} ${lane.lane ?? lane.name}`;
const laneIsWanted = (lane) => !filter("lane") || laneKey(lane) === filter("lane") || (lane.lane ?? lane.name) === filter("lane");
const topicIsWanted = (topic) => !filter("opcode") || sameWord(topic, filter("opcode"));

/** The vectors of the rule that is filtered by; nothing where none is. */
function vectorsOfRule() {
  if (!filter("rule")) return null;
  const vectors = report.suites.flatMap((suite) => Object.entries(suite.vectors));
  return new Set(vectors.filter(([, vector]) => vector.rule === filter("rule")).map(([name]) => name));
}

/** The vector that a case id names. */
function vectorOf(id, subject) {
  const suite = report.suites.find((suite) => suite.subject === subject);
  return id.startsWith("vector/") ? suite?.vectors[id.slice("vector/".length)] : undefined;
}

const ranLanes = () => report.lanes.filter((lane) => !lane.skipped_because);

function nothing(text) {
  return h("p", { class: "nothing" }, text);
}

// ---- the frame

function showTabs() {
  const tabs = Object.entries(VIEWS).filter(([, view]) => view.count() !== null);
  document.getElementById("tabs").replaceChildren(h("ul", {}, tabs.map(([name, view], index) =>
    h("li", {}, h("a", { href: link(name), "aria-current": place.view === name ? "page" : false, accesskey: index + 1 },
      view.title, view.count() !== "" && h("span", { class: "count" }, view.count()))))));
}

function showFilters() {
  const topics = unique(report.coverage.flatMap((profile) => profile.rows.map((row) => row.name)));
  const rules = report.suites.flatMap((suite) => Object.keys(suite.rules));
  const set = (name) => (event) => go(place.view, { ...place.query, [name]: event.target.value.trim() });
  const words = (name, list) => h("label", {}, h("span", {}, name),
    h("input", { name, list: `${name}-words`, value: filter(name), placeholder: "all", spellcheck: "false", onchange: set(name) }),
    h("datalist", { id: `${name}-words` }, list.map((value) => h("option", { value }))));
  const lanes = h("label", {}, h("span", {}, "lane"),
    h("select", { name: "lane", onchange: set("lane") }, h("option", { value: "" }, "all"),
      ranLanes().map((lane) => h("option", { value: laneKey(lane), selected: !!filter("lane") && laneIsWanted(lane) }, laneKey(lane)))));
  const clear = FILTERS.some(filter)
    && h("button", { type: "button", onclick: () => go(place.view, { ...place.query, opcode: "", lane: "", rule: "" }) }, "clear");
  const form = document.getElementById("filters");
  const focused = form.contains(document.activeElement) ? document.activeElement.name : null;
  form.replaceChildren(words("opcode", topics), lanes, words("rule", rules), clear || "");
  if (focused) form.elements[focused]?.focus();
}

let shown = { view: null, link: null };

/** Where we are, but for an opened cell, which is shown within what is there already. */
const placeShown = () => link(place.view, { ...place.query, cell: "" });

/** Names another place for what is there already. */
function rename(query) {
  window.history.replaceState(null, "", link(place.view, query));
  readPlace();
  shown.link = placeShown();
}

function show() {
  readPlace();
  const view = VIEWS[place.view];
  const here = placeShown();
  if (here !== shown.link) {
    showTabs();
    showFilters();
    const main = document.getElementById("main");
    main.replaceChildren(h("h2", {}, view.title), ...[view.show()].flat(Infinity).filter(Boolean));
    if (shown.view && shown.view !== place.view) {
      main.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
  }
  shown = { view: place.view, link: here };
  showCell();
  document.documentElement.dataset.ready = place.view;
}

function onKey(event) {
  const typing = event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
  if (typing) return;
  const tabs = document.querySelectorAll("#tabs a");
  if (event.key >= "1" && event.key <= "9" && tabs[event.key - 1]) tabs[event.key - 1].click();
  else if (event.key === "/") document.querySelector("#filters input").focus();
  else if (!VIEWS[place.view].key?.(event)) return;
  event.preventDefault();
}
