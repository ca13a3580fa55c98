"use strict";
// Long lists get a box that narrows them; charts are drawn from the JSON beside them; both only help.
document.querySelectorAll("select[data-filter]").forEach((select) => {
  if (select.options.length < 12) return;
  const all = [...select.options];
  const box = document.createElement("input");
  box.type = "search"; box.className = "form-control form-control-sm filterbox";
  box.placeholder = document.documentElement.lang === "en" ? "type to narrow the list" : "输入文字缩小范围";
  box.setAttribute("aria-label", box.placeholder);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    select.replaceChildren(...all.filter((o) => o.selected || o.text.toLowerCase().includes(wanted)));
  });
  select.before(box);
});
window.addEventListener("load", () => {
  if (!window.echarts) return;
  document.querySelectorAll("[data-chart]").forEach((place) => {
    const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = window.echarts.init(place);
    chart.setOption(Object.assign({ animation: false, textStyle: { fontFamily: "inherit" } }, option));
    window.addEventListener("resize", () => chart.resize());
  });
});
document.querySelectorAll("[data-check-all]").forEach((box) => box.addEventListener("change", () => {
  document.querySelectorAll(`input[name="${box.dataset.checkAll}"]`).forEach((one) => { one.checked = box.checked; });
}));
// Picking a single row takes back "all that fit"; the two never mean different things at once.
document.querySelectorAll("[data-all-matching]").forEach((all) => {
  const rows = [...all.form.querySelectorAll("input[name=sheet], [data-check-all]")];
  all.addEventListener("change", () => rows.forEach((row) => { row.disabled = all.checked; }));
});
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
  const text = [...document.querySelectorAll(button.dataset.copy)].map((one) => `${one.dataset.copyLabel} ${one.textContent.trim()}`).join("\n");
  try { await navigator.clipboard.writeText(text); } catch { return; }
  button.textContent = button.dataset.done;
}));
document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", () => {
  form.querySelectorAll("button:not([name])").forEach((button) => setTimeout(() => { button.disabled = true; }, 0));
}));
