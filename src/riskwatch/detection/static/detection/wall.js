"use strict";
// The wall: keys move between flags and open them, the map follows the flag in focus, and the bar counts what is chosen.
(() => {
  const flags = [...document.querySelectorAll("[data-signal]")];
  const place = document.getElementById("wall-map");
  const maps = place ? JSON.parse(place.textContent) : null;
  const map = document.querySelector("[data-map]");
  const LARGEST = 24, LEAST = 3.5;
  let shown = null;

  // Area says the excess, as on the drawing that came with the page.
  function show(key) {
    if (!map || shown === key) return;
    const said = key === "whole" ? maps.whole : maps.signals[key];
    if (!said) return;
    shown = key;
    const most = Math.max(0, ...Object.values(said.districts));
    map.querySelectorAll("[data-district]").forEach((circle) => {
      const excess = said.districts[circle.dataset.district] || 0;
      circle.setAttribute("r", excess > 0 && most > 0 ? Math.max(LEAST, LARGEST * Math.sqrt(excess / most)).toFixed(1) : "0");
    });
    map.querySelectorAll("[data-name]").forEach((name) => name.classList.toggle("lit", (said.districts[name.dataset.name] || 0) > 0));
    map.querySelector("[data-map-title]").textContent = said.title;
    map.querySelector("[data-map-most]").textContent = most.toFixed(1);
    map.querySelector("[data-map-rows]").replaceChildren(...said.rows.map((cells) => {
      const row = document.createElement("tr");
      cells.forEach((text) => { const cell = document.createElement("td"); cell.textContent = text; row.append(cell); });
      return row;
    }));
    map.querySelector("[data-map-whole]").hidden = key === "whole";
  }
  if (maps && map) {
    flags.forEach((flag) => flag.addEventListener("focusin", () => show(flag.dataset.signal)));
    map.querySelector("[data-map-whole]").addEventListener("click", () => show("whole"));
  }

  const bar = document.querySelector("[data-chosen]");
  const boxes = [...document.querySelectorAll("input[name=signal]")];
  function count() {
    if (!bar) return;
    const n = boxes.filter((box) => box.checked).length;
    bar.querySelector("[data-chosen-number]").textContent = n;
    bar.querySelector("button").disabled = n === 0;
  }
  boxes.forEach((box) => box.addEventListener("change", count));
  document.querySelectorAll("[data-check-all=signal]").forEach((box) => box.addEventListener("change", count));
  count();

  const current = () => flags.findIndex((flag) => flag.contains(document.activeElement));
  const go = (n) => { const flag = flags[n]; if (flag) { flag.focus({ preventScroll: true }); flag.scrollIntoView({ block: "nearest" }); } };
  const press = (flag, what) => { const target = flag.querySelector(what); if (target) target.click(); };
  const ACTS = { a: "[data-act=accept]", d: "[data-act=dismiss]", w: "[data-act=watch]", r: "[data-act=refer]" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    const here = current(), flag = flags[here];
    if (event.key === "j") go(Math.min(here + 1, flags.length - 1));
    else if (event.key === "k") go(Math.max(here - 1, 0));
    else if (event.key === "Enter" && flag && document.activeElement === flag) press(flag, "[data-open]");
    else if (event.key === "x" && flag) press(flag, "input[name=signal]");
    else if (flag && ACTS[event.key]) press(flag, ACTS[event.key]);
    else return;
    event.preventDefault();
  });
  if (location.hash.startsWith("#signal-")) { const flag = document.getElementById(location.hash.slice(1)); if (flag) flag.focus(); }
})();
