"use strict";
// Small builders that the workbench's parts share: elements, words in the page's language, probabilities as people write them.
window.Bench = (() => {
  const english = document.documentElement.lang === "en";
  const t = (zh, en) => (english ? en : zh);
  const said = (one) => (one ? (english ? one.en || one.zh : one.zh || one.en) || "" : "");

  function h(tag, given = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (value === false || value === null || value === undefined) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "value") element.value = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
    return element;
  }

  // A choice from a code table; families are told by the dot in the code.
  function choice(rows, value, change, { empty = true, label = "", disabled = false } = {}) {
    const options = rows.map((row) => h("option", { value: row.code }, (row.code.includes(".") ? "　" : "") + said(row)));
    if (empty) options.unshift(h("option", { value: "" }, t("请选择", "choose")));
    const select = h("select", { class: "form-select form-select-sm", "aria-label": label, disabled, onchange: (e) => change(e.target.value) }, options);
    select.value = value || "";
    return select;
  }

  function field(label, control, hint) {
    return h("label", { class: "bench-field" }, h("span", { class: "form-label" }, label), control, hint ? h("small", { class: "form-hint" }, hint) : null);
  }

  function text(value, change, { rows = 0, label = "", place = "", disabled = false } = {}) {
    const given = { class: "form-control form-control-sm", "aria-label": label, placeholder: place, disabled, oninput: (e) => change(e.target.value) };
    const box = rows ? h("textarea", { ...given, rows }) : h("input", { ...given, type: "text" });
    box.value = value || "";
    return box;
  }

  // ---- probabilities: the slider runs over seven decades and stops at numbers that people say
  const STOPS = [1, 1 / 2, 1 / 3, 1 / 5, 1 / 10, 1 / 20, 1 / 30, 1 / 50];
  const NICE = [];
  for (let decade = 0; decade <= 7; decade++) for (const stop of STOPS.slice(0, 4)) {
    const n = Math.round(1 / stop) * 10 ** decade;
    if (n <= 1e7) NICE.push(n);
  }
  NICE.sort((a, b) => a - b);
  const written = (n) => (n === 1 ? "1" : `1/${n}`);
  // What a person typed as a number, for the slider only; the server reads it exactly.
  function amount(entered) {
    const said = String(entered ?? "").replace(/\s/g, "").replace("％", "%").replace("／", "/");
    let m;
    if ((m = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(said))) return Number(m[1]) / Number(m[2]);
    if ((m = /^(\d*\.?\d+(?:e-?\d+)?)(%?)$/i.exec(said))) return Number(m[1]) / (m[2] ? 100 : 1);
    return NaN;
  }
  const nearest = (p) => NICE.reduce((best, n, i) => (Math.abs(Math.log(1 / n / p)) < Math.abs(Math.log(1 / NICE[best] / p)) ? i : best), 0);
  function spoken(p) {
    if (!(p > 0 && p <= 1)) return "";
    if (p === 1) return t("必然发生", "certain");
    const percent = p >= 0.001 ? `${Number((p * 100).toPrecision(3))} %` : "";
    const n = (1 / p).toLocaleString("en", { maximumFractionDigits: p > 0.2 ? 1 : 0 });
    return [percent, t(`约${n}次中有1次`, `about 1 in ${n}`)].filter(Boolean).join(" · ");
  }
  return { t, said, h, choice, field, text, NICE, written, amount, nearest, spoken, english };
})();
