"use strict";
// The workbench: one document, scored as it is typed, saved and submitted; faults appear where they are.
(() => {
  const { t, said, h } = window.Bench;
  const start = JSON.parse(document.getElementById("bench-start").textContent);
  const SECTIONS = { product: window.Bench.product, scenarios: window.Bench.scenarios, presumption: window.Bench.presumption, measures: window.Bench.measures, annexes: window.Bench.annexes, considerations: window.Bench.considerations, written: window.Bench.written };
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  let timer = null, turn = 0, saved = "";

  const bench = {
    doc: start.document, editable: start.editable, words: start.vocabulary, library: start.library, english: window.Bench.english, result: null,
    changed() { clearTimeout(timer); timer = setTimeout(score, 250); mark(); },
    redraw() { draw(); bench.changed(); },
  };
  bench.doc.scenarios = bench.doc.scenarios || [];

  function draw() {
    for (const [name, make] of Object.entries(SECTIONS)) {
      const place = document.getElementById(`bench-${name}`);
      const inside = () => [...place.querySelectorAll("input,select,textarea,button")];
      const at = inside().indexOf(document.activeElement);
      place.replaceChildren(make(bench));
      const again = at < 0 ? null : inside()[at];
      if (again) again.focus({ preventScroll: true });
    }
  }

  // What was left empty is left out, so that an unfinished document is still one document.
  function document_() {
    const doc = JSON.parse(JSON.stringify(bench.doc));
    const tidy = (v) => {
      if (Array.isArray(v)) return v.map(tidy);
      if (v && typeof v === "object") {
        for (const k of Object.keys(v)) { v[k] = tidy(v[k]); if ((v[k] === "" || v[k] === undefined || v[k] === null) && k !== "text" && k !== "p") delete v[k]; }
      }
      return v;
    };
    return tidy(doc);
  }

  async function post(url, body) {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body), credentials: "same-origin" });
    if (answer.redirected || !(answer.headers.get("content-type") || "").includes("json")) throw new Error(t("登录已失效，请在另一页登录后重试；填写的内容没有丢失。", "You are logged out: log in on another tab and try again; nothing you typed is lost."));
    return answer.json();
  }

  async function score() {
    const mine = ++turn;
    try {
      const found = await post(start.urls.score, document_());
      if (mine !== turn) return;
      show(found);
    } catch (error) { if (mine === turn) say(String(error.message || error), true); }
  }

  function show(found) {
    document.querySelectorAll("[data-faults]").forEach((e) => e.replaceChildren());
    bench.result = found.result || null;
    const faults = found.faults || [];
    const badge = document.getElementById("bench-level");
    badge.className = `bench-badge level-${found.result ? found.result.level : "none"}`;
    badge.replaceChildren(found.result ? said(bench.words.levels[found.result.level]) : t("尚不能评定", "not yet assessable"));
    document.querySelector(".bench-live").classList.toggle("stale", !found.result);
    const small = document.getElementById("bench-small");
    if (small) { small.className = `${badge.className} bench-small`; small.textContent = badge.textContent; }
    document.getElementById("bench-basis").textContent = found.result ? basis(found.result) : t("请先补全下列各项", "complete what is listed below first");
    for (const name of ["grid", "shares", "flips", "tornado"]) {
      // SVG made by our own server; every text in it was escaped there.
      if (found.charts) document.getElementById(`bench-${name}`).innerHTML = found.charts[name];
    }
    if (found.result) tell(found.result);
    (found.annexes || []).forEach((one, n) => window.Bench.found(bench, n, one));
    list("bench-faults", faults.map((f) => [f.place, `${where(f.place)}${f.why}`]), "fault");
    list("bench-notes", found.result ? [...found.result.warnings.map((w) => [w.place, `${where(w.place)}${said(w)}`]), ...found.result.scenarios.flatMap((s, n) => s.flags.map((f) => [`scenarios[${n}]`, `${n + 1}. ${said(f)}`]))] : [], "note");
    const gaps = found.result ? found.result.gaps.filter((g) => !g.endsWith(".author")) : [];
    document.getElementById("bench-gaps").textContent = gaps.length ? t(`提交前还须填写${gaps.length}处依据（证据等级、来源、代码）`, `${gaps.length} grounds (evidence, source, codes) still to be filled in`) : found.result ? t("各数值的依据已填齐", "every number has its grounds") : "";
    faults.forEach((f) => fault(f.place, f.why));
    gaps.forEach((g) => fault(g, t("须填写", "to be filled in"), true));
    document.querySelectorAll("[data-level-of]").forEach((e) => { const s = found.result && found.result.scenarios[Number(e.dataset.levelOf)]; e.className = `bench-tablevel ${s ? `level-${s.level}` : ""}`; e.textContent = s ? said(bench.words.levels[s.level]).replace("风险", "") : ""; });
  }

  function basis(r) {
    if (r.basis === "presumed") return t("按条款推定，不作概率计算", "presumed by a clause; no probability is computed");
    const words = r.basis === "precautionary" ? t("按预防从严", "precautionary") : t("取各情景中最高的等级", "the highest of the scenarios");
    return words + (r.grade ? ` · ${t("海关等级（建议）", "customs grade (proposed)")} ${said(r.grade)}` : "");
  }

  function tell(r) {
    const rows = r.scenarios.map((s, n) => h("tr", {}, h("td", {}, String(n + 1)), h("td", {}, said(s.probability.one_in)), h("td", {}, said(s.probability.band_words)), h("td", {}, String(s.severity.level)),
      h("td", {}, h("span", { class: `bench-tablevel level-${s.level}` }, said(bench.words.levels[s.level]))), h("td", {}, flips(s))));
    const head = [t("情景", "No."), t("概率", "probability"), t("区间", "band"), t("严重程度", "severity"), t("等级", "level"), t("何时变级", "what changes it")];
    document.getElementById("bench-table").replaceChildren(h("table", { class: "table table-sm" }, h("thead", {}, h("tr", {}, head.map((w) => h("th", {}, w)))), h("tbody", {}, rows)));
    document.querySelectorAll("[data-observed]").forEach((e) => { const o = (r.scenarios[Number(e.dataset.observed)] || {}).observed; e.textContent = o ? t(`情景预示${Number(o.expected.toPrecision(3))}起，实际报告${o.observed}起，p值${Number(o.p_value.toPrecision(2))}：`, `predicted ${Number(o.expected.toPrecision(3))}, reported ${o.observed}, p-value ${Number(o.p_value.toPrecision(2))}: `) + (o.contradicts ? t("相矛盾，请核对概率", "they contradict each other: check the numbers") : t("不矛盾", "no contradiction")) : ""; });
    const left = r.residual;
    document.getElementById("bench-residual").textContent = left ? t(`残余风险：措施前${said(bench.words.levels[left.before])}，措施后${said(bench.words.levels[left.after])}，未覆盖${said(bench.words.levels[left.unreached])}`, `Residual risk: before ${said(bench.words.levels[left.before])}, after ${said(bench.words.levels[left.after])}, not reached ${said(bench.words.levels[left.unreached])}`) : "";
  }

  function flips(s) {
    const parts = [];
    const factor = (v) => Number(v).toLocaleString("en", { maximumSignificantDigits: 2 });
    if (s.sensitivity.up) parts.push(t(`×${factor(s.sensitivity.up.factor)}→${said(bench.words.levels[s.sensitivity.up.level])}`, `×${factor(s.sensitivity.up.factor)} → ${s.sensitivity.up.level}`));
    if (s.sensitivity.down) parts.push(t(`÷${factor(s.sensitivity.down.factor)}→${said(bench.words.levels[s.sensitivity.down.level])}`, `÷${factor(s.sensitivity.down.factor)} → ${s.sensitivity.down.level}`));
    return parts.join(bench.english ? "; " : "；") || "—";
  }

  function list(id, rows, kind) {
    document.getElementById(id).replaceChildren(...rows.map(([place, why]) => h("li", { class: kind }, h("button", { type: "button", class: "btn btn-link p-0 text-start", onclick: () => go(place) }, why))));
  }

  // The nearest place on the page for a path such as scenarios[0].steps[1].quantity.p
  function nearest(place) {
    const spots = [...document.querySelectorAll("[data-faults]")].filter((e) => place.startsWith(e.dataset.faults));
    return spots.sort((a, b) => b.dataset.faults.length - a.dataset.faults.length)[0];
  }
  function fault(place, why, mild) { const spot = nearest(place); if (spot && !spot.textContent.includes(why)) spot.append(h("div", { class: mild ? "text-secondary" : "text-danger" }, why)); }
  function go(place) {
    const inner = /^scenarios\[(\d+)\]/.exec(place);
    if (inner && Number(inner[1]) !== window.Bench.opened() && bench.doc.scenarios[Number(inner[1])]) window.Bench.openScenario(bench, Number(inner[1]));
    const spot = nearest(place); if (spot) { spot.closest("details")?.setAttribute("open", ""); spot.scrollIntoView({ block: "center" }); (spot.parentElement.querySelector("input,textarea,select") || spot).focus?.({ preventScroll: true }); }
  }

  function mark() {
    const dirty = JSON.stringify(document_()) !== saved;
    document.getElementById("bench-saved").textContent = dirty ? t("有未保存的修改", "unsaved changes") : "";
    return dirty;
  }
  function say(words, bad) { const place = document.getElementById("bench-said"); place.textContent = words; place.className = bad ? "text-danger" : "text-success"; }

  async function save() {
    const doc = document_();
    try {
      const done = await post(`${start.urls.save}?after=${start.draft}`, doc);
      start.draft = done.number;
      if (done.refused) { say(`${done.refused} ${done.remedy || ""}`, true); return false; }
      saved = JSON.stringify(doc); mark();
      say(t(`已保存为草稿${done.number}（${done.at}）`, `saved as draft ${done.number} (${done.at})`));
      return true;
    } catch (error) { say(String(error.message || error), true); return false; }
  }

  async function submit() {
    if (!(await save())) return;
    if (!window.confirm(t("提交后不能修改，只能由海关退回后提交新版本。现在提交？", "Once submitted it cannot be changed; customs may return it for a new version. Submit now?"))) return;
    try {
      const done = await post(start.urls.submit, { document: document_(), version: start.version });
      if (done.url) { saved = JSON.stringify(document_()); window.location.href = done.url; return; }
      say(`${done.refused} ${done.remedy || ""}`, true);
      Object.entries(done.fields || {}).forEach(([place, why]) => fault(place, why));
      list("bench-faults", Object.entries(done.fields || {}).map(([place, why]) => [place, `${where(place)}${why}`]), "fault");
    } catch (error) { say(String(error.message || error), true); }
  }
  // A place in the document as people name it.
  function where(place) {
    const number = (text_) => Number(text_) + 1;
    let m = /^scenarios\[(\d+)\](?:\.steps\[(\d+)\])?/.exec(place);
    if (m) return m[2] ? t(`情景${number(m[1])}第${number(m[2])}步：`, `scenario ${number(m[1])}, step ${number(m[2])}: `) : t(`情景${number(m[1])}：`, `scenario ${number(m[1])}: `);
    m = /^annexes\[(\d+)\](?:\.input)?(?:\.(\w+))?(?:\[(\d+)\])?(?:\.(\w+))?/.exec(place);
    if (m) return `${called(m)}${t("：", ": ")}`;
    m = /^residual\.measures\[(\d+)\]/.exec(place);
    if (m) return t(`措施${number(m[1])}：`, `measure ${number(m[1])}: `);
    const parts = { "report.hazard": t("危害：", "hazard: "), "report.extent": t("范围：", "scope: "), "report.residual": t("残余风险：", "residual risk: "), "report.proposal": t("处置建议：", "proposal: "), category: t("风险类别：", "category: "),
      presumption: t("推定：", "presumption: "), precaution: t("预防：", "precaution: "), "product.name": t("产品：", "product: "), product: t("产品：", "product: "), method: t("评估方法：", "method: "), considerations: t("人群说明：", "considerations: ") };
    return parts[place] || parts[place.split(".")[0]] || "";
  }
  function called([, n, key, row, column]) {
    const annex = (bench.doc.annexes || [])[Number(n)] || {};
    const form = bench.words.annex_forms.find((one) => one.code === annex.method);
    const outer = form && form.fields.find((one) => one.key === key);
    const inner = outer && outer.columns.find((one) => one.key === column);
    return [annex.id || `A${Number(n) + 1}`, form ? said(form) : "", outer ? said(outer) : "", row === undefined ? "" : t(`第${Number(row) + 1}行`, `row ${Number(row) + 1}`), inner ? said(inner) : ""].filter(Boolean).join(" · ");
  }

  draw();
  saved = JSON.stringify(document_());
  score();
  document.querySelectorAll("[data-bench]").forEach((b) => b.addEventListener("click", () => ({ save, submit })[b.dataset.bench]()));
  document.addEventListener("keydown", (e) => { if ((e.ctrlKey || e.metaKey) && e.key === "s" && bench.editable) { e.preventDefault(); save(); } });
  window.addEventListener("beforeunload", (e) => { if (bench.editable && JSON.stringify(document_()) !== saved) e.preventDefault(); });
})();
