"use strict";
// What all views are made of: elements, tables, figures.

/** A number that a double does not hold stays exact. */
function exact(key, value, context) {
  const text = context?.source;
  return typeof value === "number" && /^-?\d{16,}$/.test(text ?? "") && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

const { report, past, bugs, seen, next, command, exits, changed, gated, held, coverage, verdicts, signs } = JSON.parse(document.getElementById("data").textContent, exact);

/** An element. Attributes that are false or undefined are left out; `on…` are listeners. */
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...nodes(children));
  return element;
}

/** What is there of a list of elements and texts, which may have lists in it. */
function nodes(list) {
  return list.flat(Infinity).filter((node) => node != null && node !== false);
}

const number = (value) => value.toLocaleString("en-US");
const plural = (count, one, many = one + "s") => `${number(count)} ${count === 1 ? one : many}`;
const unique = (list) => [...new Set(list)];
const sum = (list) => list.reduce((total, value) => total + value, 0);

/** A figure with as many digits as it needs. */
function figure(value) {
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return Number(value).toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** A heading with what it means: as its title, and in a list below the table for whoever has no mouse. */
const explained = (title, why) => ({ title, why });

/** A table. Its headings are texts, elements, or explained. */
function table(caption, head, rows, attributes) {
  const lines = rows.flat(Infinity);
  // A heading stands where what is below it stands.
  const align = (index) => (lines[0]?.cells[index]?.classList.contains("text") ? "text" : false);
  const heading = (of) => (of.why ? h("abbr", { title: of.why }, of.title) : of);
  const meanings = head.filter((of) => of.why).map((of) => [h("dt", {}, of.title), h("dd", {}, of.why)]);
  return [
    scroller(caption, h("table", attributes,
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, head.map((of, index) => h("th", { scope: "col", class: align(index) }, heading(of))))),
      h("tbody", {}, lines))),
    meanings.length > 0 && h("details", { class: "meanings" }, h("summary", {}, "What the columns mean"), h("dl", {}, meanings)),
  ];
}

/** What may be wider than the page: it scrolls, and its edge says that there is more. */
function scroller(label, content, attributes) {
  const inner = h("div", { tabindex: "0", role: "region", "aria-label": label, ...attributes, class: `scroll ${attributes?.class ?? ""}` }, content);
  const edge = h("div", { class: "edge" }, inner);
  const look = () => edge.classList.toggle("more", inner.scrollLeft + inner.clientWidth < inner.scrollWidth - 1);
  inner.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(inner);
  return edge;
}

/** A command or a file to take away. */
function copyable(text, label, kind = "") {
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
  return h("figure", { class: `copyable ${kind}` }, h("figcaption", {}, label, button), code);
}

function nothing(text) {
  return h("p", { class: "nothing" }, text);
}
