"use strict";
// The scenario editor: a chain of steps that can be dragged, each with its probability; severity by injury.
(() => {
  const { t, said, h, choice, field, text, NICE, written, amount, nearest, spoken } = window.Bench;
  let open = 0;

  const SHAPES = {
    p: { words: () => t("单一数值", "one number"), keys: ["p"], make: (p) => ({ p }) },
    range: { words: () => t("区间", "interval"), keys: ["low", "high"], make: (p) => ({ low: scaled(p, 1 / 3), high: scaled(p, 3) }) },
    pert: { words: () => t("三点估计（PERT）", "three points (PERT)"), keys: ["min", "mode", "max"], make: (p) => ({ dist: "pert", min: scaled(p, 1 / 3), mode: p, max: scaled(p, 3) }) },
    lognormal: { words: () => t("对数正态（中位数、误差因子）", "lognormal (median, error factor)"), keys: ["median", "ef"], make: (p) => ({ dist: "lognormal", median: p, ef: 3 }) },
    loguniform: { words: () => t("对数均匀", "log-uniform"), keys: ["low", "high"], make: (p) => ({ dist: "loguniform", low: scaled(p, 1 / 3), high: scaled(p, 3) }) },
    tree: { words: () => t("故障树的顶事件", "top event of a fault tree"), keys: [], make: (p) => ({ fault_tree: { top: "T", gates: { T: { type: "or", inputs: ["A", "B"] } }, events: { A: p, B: p } } }) },
    beta: { words: () => t("贝塔（a、b）", "beta (a, b)"), keys: ["a", "b"], make: () => ({ dist: "beta", a: 0.5, b: 50 }) },
  };
  const NAMES = {
    p: () => t("概率", "probability"), low: () => t("最低", "lowest"), high: () => t("最高", "highest"), min: () => t("最小", "least"), mode: () => t("最可能", "most likely"),
    max: () => t("最大", "greatest"), median: () => t("中位数", "median"), ef: () => t("误差因子", "error factor"), a: () => "a", b: () => "b",
  };
  // A number where it is one; anything else goes as typed, for the method to refuse by name.
  const loose = (v) => { const said_ = String(v).trim(); return said_ !== "" && Number.isFinite(Number(said_)) ? Number(said_) : said_; };
  const scaled = (p, by) => { const v = amount(p); return v > 0 ? written(NICE[nearest(Math.min(1, v * by))]) : p; };
  const shapeOf = (q) => (typeof q !== "object" ? "p" : q.dist || ("fault_tree" in q ? "tree" : "low" in q || "high" in q ? "range" : "p"));
  const centre = (q) => (typeof q !== "object" ? String(q) : String(q.p ?? q.mode ?? q.median ?? q.high ?? "1/10"));

  function quantity(bench, step) {
    if (typeof step.quantity !== "object" || step.quantity === null) step.quantity = { p: String(step.quantity ?? "") };
    const shape = shapeOf(step.quantity);
    const place = h("div", { class: "bench-quantity" });
    for (const key of SHAPES[shape].keys) place.append(key === "ef" || key === "a" || key === "b" ? bare(bench, step, key) : probability(bench, step, key));
    if (shape === "tree") place.append(tree(bench, step));
    const kinds = Object.entries(SHAPES).map(([code, s]) => ({ code, zh: s.words(), en: s.words() }));
    place.append(h("div", { class: "bench-shape" }, choice(kinds, shape, (next) => {
      step.quantity = SHAPES[next].make(centre(step.quantity)); bench.redraw();
    }, { empty: false, label: t("数值形式", "kind of number"), disabled: !bench.editable })));
    return place;
  }

  // Gates and events as rows; the library reads them as one object each. The analysis (cut sets, importance) stands in the result.
  function tree(bench, step) {
    const given = step.quantity.fault_tree;
    if (Array.isArray(given.gates) || typeof given.gates !== "object") given.gates = {};
    const form = bench.words.annex_forms.find((one) => one.code === "fault_tree");
    const gates = Object.entries(given.gates).map(([name, gate]) => ({ name, ...gate }));
    const events = Object.entries(given.events || {}).map(([name, p]) => ({ name, p: typeof p === "object" && p && "p" in p ? p.p : p }));
    const note = h("small", { class: "text-danger" });
    const parts = (v) => (Array.isArray(v) ? v : String(v || "").split(/[,，、]/).map((x) => x.trim()).filter(Boolean));
    const changed = () => {
      const twice = [...gates, ...events].map((one) => one.name).filter((name, n, all) => name && all.indexOf(name) !== n);
      note.textContent = twice.length ? t(`“${twice[0]}”重复，只计最后一个`, `"${twice[0]}" stands twice; the last counts`) : "";
      given.gates = Object.fromEntries(gates.filter((g) => g.name).map((g) => [g.name, { type: g.type || "or", inputs: parts(g.inputs), ...(g.k ? { k: loose(g.k) } : {}) }]));
      given.events = Object.fromEntries(events.filter((e) => e.name).map((e) => [e.name, e.p ?? ""]));
      bench.changed();
    };
    const [, gateForm, eventForm] = form.fields;
    return h("div", { class: "flex-fill bench-wide" }, field(t("顶事件（门的名称）", "top event (a gate's name)"), text(given.top, (v) => { given.top = v.trim(); bench.changed(); }, { disabled: !bench.editable })),
      h("span", { class: "form-label mt-2" }, said(gateForm)), window.Bench.rows(gates, gateForm.columns, changed, bench.editable, said(gateForm)),
      h("span", { class: "form-label mt-2" }, said(eventForm)), window.Bench.rows(events, eventForm.columns, changed, bench.editable, said(eventForm)), note);
  }

  function bare(bench, step, key) {
    return field(NAMES[key](), h("input", { class: "form-control form-control-sm", type: "text", inputmode: "decimal", value: step.quantity[key] ?? "", disabled: !bench.editable,
      oninput: (e) => { step.quantity[key] = loose(e.target.value); bench.changed(); } }));
  }

  function probability(bench, step, key) {
    const words = h("small", { class: "text-secondary bench-spoken" });
    const tell = () => { words.textContent = spoken(amount(step.quantity[key])); };
    const box = h("input", { class: "form-control form-control-sm bench-p", type: "text", inputmode: "text", value: step.quantity[key] ?? "", "aria-label": NAMES[key](), disabled: !bench.editable,
      oninput: (e) => { step.quantity[key] = e.target.value.trim(); const v = amount(e.target.value); if (v > 0 && v <= 1) slider.value = NICE.length - 1 - nearest(v); tell(); bench.changed(); } });
    const slider = h("input", { class: "form-range", type: "range", min: 0, max: NICE.length - 1, step: 1, "aria-label": t("概率滑块（对数刻度）", "probability slider (log scale)"), disabled: !bench.editable,
      oninput: (e) => { const p = written(NICE[NICE.length - 1 - Number(e.target.value)]); step.quantity[key] = p; box.value = p; tell(); bench.changed(); } });
    const now = amount(step.quantity[key]);
    slider.value = now > 0 && now <= 1 ? NICE.length - 1 - nearest(now) : 0;
    slider.setAttribute("aria-valuetext", spoken(now));
    tell();
    return h("div", { class: "bench-probability" }, h("span", { class: "form-label" }, NAMES[key]()), box, slider, words);
  }

  function origin(bench, record) {
    const grades = bench.words.evidence.map((g) => ({ code: g.code, zh: `${g.code} ${g.zh}`, en: `${g.code} ${g.en}` }));
    return h("div", { class: "bench-origin" },
      choice(grades, record.evidence, (v) => { record.evidence = v; bench.changed(); }, { label: t("证据等级", "evidence grade"), disabled: !bench.editable }),
      text(record.source, (v) => { record.source = v; bench.changed(); }, { label: t("来源", "source"), place: t("来源：报告号、文献、数据库、判断理由", "source: report number, literature, database, reason"), disabled: !bench.editable }));
  }

  function stepCard(bench, scenario, step, n) {
    const place = `scenarios[${open}].steps[${n}]`;
    const move = (to) => { if (to < 0 || to >= scenario.steps.length) return; scenario.steps.splice(to, 0, ...scenario.steps.splice(n, 1)); bench.redraw(); };
    const card = h("li", { class: "bench-step card", "data-place": place, draggable: bench.editable,
      ondragstart: (e) => { if (e.target.closest && e.target.closest("input,textarea,select")) { e.preventDefault(); return; } e.dataTransfer.setData("text/plain", String(n)); e.dataTransfer.effectAllowed = "move"; },
      ondragover: (e) => { e.preventDefault(); card.classList.add("over"); }, ondragleave: () => card.classList.remove("over"),
      ondrop: (e) => { e.preventDefault(); const from = Number(e.dataTransfer.getData("text/plain")); scenario.steps.splice(n, 0, ...scenario.steps.splice(from, 1)); bench.redraw(); } });
    // A slider inside a draggable card must slide, not drag the card.
    card.addEventListener("pointerdown", (e) => { card.draggable = bench.editable && !e.target.closest("input,textarea,select"); });
    const zh = typeof step.text === "object" ? said(step.text) : step.text;
    card.append(
      h("div", { class: "bench-step-head" }, h("span", { class: "bench-grip", "aria-hidden": "true" }, "⠿"), h("span", { class: "badge bg-blue-lt" }, t(`第${n + 1}步`, `step ${n + 1}`)),
        text(zh, (v) => { step.text = v; bench.changed(); }, { label: t("这一步发生什么", "what happens in this step"), place: t("这一步发生什么（在前一步已发生的前提下）", "what happens, given the step before"), disabled: !bench.editable }),
        bench.editable ? h("span", { class: "btn-list flex-nowrap" },
          h("button", { type: "button", class: "btn btn-sm btn-icon", "aria-label": t("上移", "move up"), onclick: () => move(n - 1) }, "↑"),
          h("button", { type: "button", class: "btn btn-sm btn-icon", "aria-label": t("下移", "move down"), onclick: () => move(n + 1) }, "↓"),
          h("button", { type: "button", class: "btn btn-sm btn-icon", "aria-label": t("删除这一步", "remove this step"), onclick: () => { scenario.steps.splice(n, 1); bench.redraw(); } }, "×")) : null),
      quantity(bench, step), origin(bench, step), h("div", { class: "bench-fault", "data-faults": place }));
    return card;
  }

  function severity(bench, scenario) {
    if (typeof scenario.severity !== "object" || scenario.severity === null) scenario.severity = { level: scenario.severity || undefined };
    const interest = scenario.interest || "health";
    const scale = bench.words.scales[interest];
    const injury = interest === "health" ? bench.words.injuries.find((i) => i.code === scenario.injury) : null;
    const row = h("div", { class: "bench-severity", role: "radiogroup", "aria-label": t("严重程度", "severity"), "data-place": `scenarios[${open}].severity` });
    for (let level = 1; level <= 4; level++) {
      const cell = injury ? injury.cells[level - 1] : null;
      const on = scenario.severity.level === level;
      row.append(h("button", { type: "button", role: "radio", "aria-checked": String(on), class: `bench-level ${on ? "on" : ""} ${injury && !cell ? "off" : ""}`, disabled: !bench.editable, "data-severity": level,
        onclick: () => { delete scenario.severity.weights; scenario.severity.level = level; bench.redraw(); } },
      h("strong", {}, String(level)), h("span", {}, said(scale.levels[level - 1])), injury ? h("em", {}, cell ? said(cell) : t("伤害表无此级", "not in the injury table")) : null));
    }
    return h("div", {}, row, origin(bench, scenario.severity),
      text(scenario.severity.why, (v) => { scenario.severity.why = v; bench.changed(); }, { label: t("定级理由", "why this severity"), place: t("定级理由（与伤害表不一致时必填）", "why (needed where it departs from the injury table)"), disabled: !bench.editable }),
      h("div", { class: "bench-fault", "data-faults": `scenarios[${open}].severity` }));
  }

  function card(bench, scenario) {
    const v = bench.words;
    const set = (key) => (value) => { if (value) scenario[key] = value; else delete scenario[key]; bench.redraw(); };
    return h("div", { class: "bench-scenario" },
      h("div", { class: "bench-grid" },
        h("div", { class: "bench-fault bench-wide", "data-faults": `scenarios[${open}]` }), field(t("情景名称", "scenario"), text(typeof scenario.title === "object" ? said(scenario.title) : scenario.title, (x) => { scenario.title = x; bench.changed(); }, { disabled: !bench.editable })),
        field(t("受损害的利益", "interest harmed"), choice(v.interests, scenario.interest || "health", set("interest"), { empty: false, disabled: !bench.editable })),
        field(t("危害（原因）", "hazard (cause)"), choice(v.hazards, scenario.hazard, set("hazard"), { disabled: !bench.editable })),
        field(t("使用者", "user"), choice(v.users, scenario.user, set("user"), { disabled: !bench.editable }))),
      h("h3", { class: "h4 mt-3" }, t("从缺陷到伤害的步骤", "steps from defect to harm"), " ", h("small", { class: "text-secondary" }, t("各步概率相乘；最多五步，可拖动排序", "probabilities are multiplied; at most five; drag to reorder"))),
      h("ol", { class: "bench-steps" }, scenario.steps.map((step, n) => stepCard(bench, scenario, step, n))),
      bench.editable ? h("button", { type: "button", class: "btn btn-sm", "data-do": "add-step", onclick: () => { scenario.steps.push({ text: "", quantity: { p: "1/10" } }); bench.redraw(); } }, t("＋ 增加一步", "+ add a step")) : null,
      h("div", { class: "bench-fault", "data-faults": `scenarios[${open}].steps` }),
      h("h3", { class: "h4 mt-3" }, t("伤害与严重程度", "injury and severity")),
      (scenario.interest || "health") === "health" ? field(t("伤害种类", "injury"), choice(v.injuries, scenario.injury, set("injury"), { disabled: !bench.editable }), t("选定后，下方显示每一级对应的伤情", "then each level below shows what it looks like")) : null,
      severity(bench, scenario), observed(bench, scenario));
  }

  function observed(bench, scenario) {
    const seen = scenario.observed;
    const number = (key, label, hint) => field(label, h("input", { class: "form-control form-control-sm", type: "text", inputmode: "decimal", value: seen[key] ?? "", disabled: !bench.editable,
      oninput: (e) => { if (e.target.value.trim() === "") delete seen[key]; else seen[key] = loose(e.target.value); bench.changed(); } }), hint);
    const place = h("details", { class: "mt-3", open: Boolean(seen) }, h("summary", {}, t("与实际报告的事故核对", "check against incidents reported")));
    if (!seen) {
      if (bench.editable) place.append(h("button", { type: "button", class: "btn btn-sm mt-2", onclick: () => { scenario.observed = { incidents: 0, units: 1000 }; bench.redraw(); } }, t("填写观察数据", "enter what was observed")));
      return place;
    }
    place.append(h("div", { class: "bench-grid mt-2" }, number("incidents", t("报告的事故数", "incidents reported")), number("units", t("在用数量", "units in use")),
      number("exposed", t("每件接触人数", "people exposed per unit")), number("life_observed", t("已观察的寿命比例", "share of lifetime observed"), "0–1"), number("reporting", t("事故被报告的比例", "share of incidents reported"), "0–1"),
      field(t("来源", "source"), text(seen.source, (v) => { seen.source = v; bench.changed(); }, { disabled: !bench.editable }))),
    h("div", { class: "bench-fault", "data-faults": `scenarios[${open}].observed` }), h("div", { class: "text-secondary", "data-observed": open, role: "status" }),
    bench.editable ? h("button", { type: "button", class: "btn btn-sm mt-2", onclick: () => { delete scenario.observed; bench.redraw(); } }, t("删除观察数据", "remove")) : null);
    return place;
  }

  function templates(bench) {
    const families = [...new Map(bench.library.map((one) => [said(one.family), one.family])).keys()];
    return h("details", { class: "bench-templates", open: bench.doc.scenarios.length === 0 }, h("summary", { class: "btn btn-sm" }, t("从情景库选用", "take from the library")),
      h("div", { class: "bench-library" }, families.map((family) => h("div", {}, h("div", { class: "subheader" }, family),
        bench.library.filter((one) => said(one.family) === family).map((one) => h("button", { type: "button", class: "btn btn-sm btn-outline-primary m-1", "data-template": one.code, onclick: () => {
          bench.doc.scenarios.push(JSON.parse(JSON.stringify(one.scenario))); open = bench.doc.scenarios.length - 1; bench.redraw();
        } }, said(one.scenario.title)))))),
      h("p", { class: "form-hint" }, t("情景库的概率只是起点（证据等级E），须按本产品的实际情况修改并写明来源。", "The library's numbers are only a start (grade E): change them to this product and name your sources.")));
  }

  window.Bench.openScenario = (bench, n) => { open = n; bench.redraw(); };
  window.Bench.opened = () => open;
  window.Bench.scenarios = (bench) => {
    const list = bench.doc.scenarios;
    open = Math.max(0, Math.min(open, list.length - 1));
    const place = h("div", {});
    place.append(h("div", { class: "bench-tabs", role: "tablist" }, list.map((one, n) => h("button", { type: "button", role: "tab", "aria-selected": String(n === open), class: `btn btn-sm ${n === open ? "btn-primary" : ""}`, onclick: () => { open = n; bench.redraw(); } },
      `${n + 1}. ${(typeof one.title === "object" ? said(one.title) : one.title) || t("未命名", "unnamed")}`, h("span", { class: "bench-tablevel", "data-level-of": n }))),
    bench.editable ? h("button", { type: "button", class: "btn btn-sm", "data-do": "add-scenario", onclick: () => { list.push({ title: "", interest: "health", severity: {}, steps: [{ text: "", quantity: { p: "1/10" } }, { text: "", quantity: { p: "1/10" } }, { text: "", quantity: { p: "1/10" } }] }); open = list.length - 1; bench.redraw(); } }, t("＋ 空白情景", "+ empty scenario")) : null));
    if (bench.editable) place.append(templates(bench));
    if (list.length) {
      place.append(card(bench, list[open]));
      if (bench.editable) place.append(h("button", { type: "button", class: "btn btn-sm btn-ghost-danger mt-3", onclick: () => { if (window.confirm(t("删除这个情景？", "Remove this scenario?"))) { list.splice(open, 1); bench.redraw(); } } }, t("删除这个情景", "remove this scenario")));
    } else place.append(h("p", { class: "text-secondary mt-3" }, t("还没有情景：从情景库选一个相近的，或新建空白情景。", "No scenario yet: take a similar one from the library, or begin with an empty one.")));
    return place;
  };
})();
