// Where we are: what is shown stands in the URL's hash, `#/view?topic=…&machine=…`, so every state is a link.

const FILTERS = ["topic", "machine", "lane", "rule", "failing"];
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
  place = { view: Object.hasOwn(VIEWS, path) ? path : "overview", query: Object.fromEntries(new URLSearchParams(text ?? "")) };
}

const filter = (name) => place.query[name] ?? "";
const sameWord = (a, b) => a.toLowerCase() === b.toLowerCase();

/** Names a lane, or that of a finding. */
const laneKey = ({ subject, lane }) => `${subject} ${laneText(lane)}`;
const sameLane = (a, b) => laneKey(a) === laneKey(b);
const machineIsWanted = (machine) => !filter("machine") || machine === filter("machine");
const laneIsWanted = (of) => machineIsWanted(of.lane.machine) && (!filter("lane") || laneKey(of) === filter("lane"));
/** Whether something is to be shown although it does not fail. */
const isShown = (fails) => !filter("failing") || fails;
const topicIsWanted = (topic) => !filter("topic") || sameWord(topic, filter("topic"));

const ranLanes = () => report.lanes.filter((lane) => lane.skipped_because == null);
/** The machines under test. */
const machinesOf = (lanes) => unique(lanes.map(({ lane }) => lane.machine));

/** The vectors of the rule that is filtered by; nothing if none is. */
function vectorsOfRule() {
  if (!filter("rule")) return null;
  const vectors = report.suites.flatMap((suite) => Object.entries(suite.vectors));
  return new Set(vectors.filter(([, vector]) => vector.rule === filter("rule")).map(([name]) => name));
}

/** A vector of a subject by name. */
function vectorNamed(name, subject) {
  const vectors = report.suites.find((suite) => suite.subject === subject)?.vectors ?? {};
  return Object.hasOwn(vectors, name) ? vectors[name] : undefined;
}

/** The vector that a case is, if it is one. */
const vectorOf = (origin, subject) => origin.vector && vectorNamed(origin.vector.name, subject);

// ---- the frame

function showTabs() {
  const tabs = Object.entries(VIEWS).filter(([, view]) => view.count() !== null);
  document.getElementById("tabs").replaceChildren(h("ul", {}, tabs.map(([name, view], index) =>
    h("li", {}, h("a", { href: link(name), "aria-current": place.view === name ? "page" : false, accesskey: index + 1 },
      view.title, view.count() !== "" && h("span", { class: "count" }, view.count()))))));
}

function showFilters() {
  const topics = unique(report.coverage.flatMap((profile) => profile.rows.map((row) => row.topic)));
  const rules = report.suites.flatMap((suite) => Object.keys(suite.rules));
  const set = (name) => (event) => go(place.view, { ...place.query, [name]: event.target.value.trim() });
  const words = (name, list) => h("label", {}, h("span", {}, name),
    h("input", { name, list: `${name}-words`, value: filter(name), placeholder: "all", spellcheck: "false", onchange: set(name) }),
    h("datalist", { id: `${name}-words` }, list.map((value) => h("option", { value }))));
  const choice = (name, list) => list.length > 1 && h("label", {}, h("span", {}, name),
    h("select", { name, onchange: set(name) }, h("option", { value: "" }, "all"),
      list.map((value) => h("option", { value, selected: filter(name) === value }, value))));
  const toggle = () => h("label", { class: "toggle" },
    h("input", { type: "checkbox", name: "failing", checked: filter("failing") !== "", onchange: (event) => go(place.view, { ...place.query, failing: event.target.checked ? "1" : "" }) }),
    h("span", {}, "failing only"));
  const none = Object.fromEntries(FILTERS.map((name) => [name, ""]));
  const works = VIEWS[place.view].filters;
  const clear = works.some(filter)
    && h("button", { type: "button", onclick: () => go(place.view, { ...place.query, ...none }) }, "clear");
  const form = document.getElementById("filters");
  const focused = form.contains(document.activeElement) ? document.activeElement.name : null;
  const fields = {
    topic: () => topics.length > 0 && words("topic", topics),
    machine: () => choice("machine", machinesOf(ranLanes())),
    lane: () => choice("lane", ranLanes().filter(({ lane }) => machineIsWanted(lane.machine)).map(laneKey)),
    rule: () => rules.length > 0 && words("rule", rules),
    failing: toggle,
  };
  const shown = works.map((name) => fields[name]()).filter(Boolean);
  // Where there is little room they are folded away, unless one is set.
  const open = matchMedia("(min-width: 52rem)").matches || works.some(filter);
  form.replaceChildren(...(shown.length ? [h("details", { open }, h("summary", {}, "Filter"), h("div", {}, shown, clear))] : []));
  if (focused) form.elements[focused]?.focus();
}

let shown = { view: null, link: null };

/** Where we are, but for an opened cell, which is shown within what is there already. */
const placeShown = () => link(place.view, { ...place.query, cell: "", group: "" });

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
    main.replaceChildren(h("h2", {}, view.title), ...nodes([view.show()]));
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
  else if (event.key === "/") document.querySelector("#filters input")?.focus();
  else if (!VIEWS[place.view].key?.(event)) return;
  event.preventDefault();
}
