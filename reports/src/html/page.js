"use strict";
// What all views are made of: elements, tables, figures.

/** A number that a double does not hold stays exact. */
function exact(key, value, context) {
  const text = context?.source;
  return typeof value === "number" && /^-?\d{16,}$/.test(text ?? "") && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

const { report, past, gated, held, coverage, verdicts, signs } = JSON.parse(document.getElementById("data").textContent, exact);

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

function nothing(text) {
  return h("p", { class: "nothing" }, text);
}
