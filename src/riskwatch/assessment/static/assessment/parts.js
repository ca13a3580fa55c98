"use strict";
// Product and method, presumption and precaution, measures with residual risk, the written parts.
(() => {
  const { t, said, h, choice, field, text } = window.Bench;

  function product(bench) {
    const doc = bench.doc;
    doc.product = doc.product || {};
    const one = (key, label) => field(label, text(doc.product[key], (v) => { doc.product[key] = v; bench.changed(); }, { disabled: !bench.editable }));
    const methods = bench.words.methods.map((m) => ({ code: m.id, ...m.title }));
    const spot = (place) => h("div", { class: "bench-fault bench-wide", "data-faults": place });
    return h("div", { class: "bench-grid" }, ["product", "method", "category", "dependence", "date", "policy"].map(spot),
      one("name", t("产品", "product")), one("model", t("型号", "model")), one("batch", t("批次", "batch")), one("hs_code", t("商品编码", "commodity code")),
      one("origin", t("原产地", "origin")), one("quantity", t("数量", "quantity")),
      field(t("评估方法", "method"), choice(methods, doc.method || "eu-2024-3173", (v) => { doc.method = v; delete doc.edition; bench.redraw(); }, { empty: false, disabled: !bench.editable })),
      field(t("风险类别", "risk category"), choice(bench.words.categories, doc.category, (v) => { doc.category = v; bench.changed(); }, { disabled: !bench.editable })),
      field(t("各步骤之间的相依", "dependence between steps"), choice(bench.words.dependence, doc.dependence || "independent", (v) => { doc.dependence = v; bench.changed(); }, { empty: false, disabled: !bench.editable })));
  }

  function presumption(bench) {
    const doc = bench.doc;
    const british = (doc.method || "").startsWith("uk");
    const clauses = bench.words.presumptions.filter((c) => c.code.startsWith("uk.") === british);
    const on = doc.presumption;
    if (on || doc.precaution) document.getElementById("bench-presumption").closest("details").open = true;
    const place = h("div", {}, h("div", { class: "bench-fault", "data-faults": "presumption" }), h("div", { class: "bench-fault", "data-faults": "precaution" }), field(t("推定为严重风险的条款", "clause that presumes a serious risk"), choice(clauses, on ? on.clause : "", (v) => {
      if (v) doc.presumption = { facts: "", ...(doc.presumption || {}), clause: v }; else delete doc.presumption;
      bench.redraw();
    }, { disabled: !bench.editable }), t("符合条款的产品不必逐项计算，也不编造概率。", "Where a clause applies no calculation is needed, and no probability is made up.")));
    if (on) {
      place.append(field(t("符合条款的事实", "facts that meet the clause"), text(on.facts, (v) => { on.facts = v; bench.changed(); }, { rows: 2, disabled: !bench.editable })), grounds(bench, on));
      if (british) place.append(field(t("反驳理由（如有）", "rebuttal, if any"), text(on.rebuttal, (v) => { on.rebuttal = v; bench.changed(); }, { rows: 2, disabled: !bench.editable })));
    }
    const precaution = doc.precaution;
    place.append(h("label", { class: "form-check mt-2" }, h("input", { class: "form-check-input", type: "checkbox", checked: Boolean(precaution), disabled: !bench.editable, onchange: (e) => {
      if (e.target.checked) doc.precaution = { level: "serious", reason: "" }; else delete doc.precaution; bench.redraw();
    } }), h("span", { class: "form-check-label" }, t("紧急且不确定，按预防从严定级", "urgent and uncertain: a precautionary level"))));
    if (precaution) {
      const levels = Object.entries(bench.words.levels).map(([code, w]) => ({ code, ...w }));
      place.append(h("div", { class: "bench-grid" }, field(t("预防等级", "precautionary level"), choice(levels, precaution.level, (v) => { precaution.level = v; bench.changed(); }, { empty: false, disabled: !bench.editable })),
        field(t("理由", "reason"), text(precaution.reason, (v) => { precaution.reason = v; bench.changed(); }, { rows: 2, disabled: !bench.editable }))));
    }
    return place;
  }

  function grounds(bench, record) {
    return h("div", { class: "bench-origin" }, choice(bench.words.evidence.map((g) => ({ code: g.code, zh: `${g.code} ${g.zh}`, en: `${g.code} ${g.en}` })), record.evidence, (v) => { record.evidence = v; bench.changed(); }, { label: t("证据等级", "evidence grade"), disabled: !bench.editable }),
      text(record.source, (v) => { record.source = v; bench.changed(); }, { label: t("来源", "source"), place: t("来源", "source"), disabled: !bench.editable }));
  }

  // The first number that no other record of the list bears.
  function fresh(letter, list) { let n = 1; while (list.some((one) => one.id === `${letter}${n}`)) n += 1; return `${letter}${n}`; }

  function named(bench) {
    bench.doc.scenarios.forEach((s) => { s.id = s.id || fresh("S", bench.doc.scenarios); s.steps.forEach((step, m) => { step.id = step.id || String(m + 1); }); });
  }

  function measures(bench) {
    const doc = bench.doc;
    const list = (doc.residual && doc.residual.measures) || [];
    const levels = Object.entries(bench.words.levels).map(([code, w]) => ({ code, ...w }));
    const place = h("div", {}, h("p", { class: "form-hint" }, t("写明每项措施降低哪一步的概率、效果多大、覆盖多少产品；系统算出措施前、措施后和未覆盖产品的等级。", "Say which step each measure lowers, by how much, and how many units it reaches; the level before, after and for units not reached follows.")));
    list.forEach((measure, n) => place.append(one(bench, measure, n, list)));
    if (bench.editable) place.append(h("button", { type: "button", class: "btn btn-sm", disabled: doc.scenarios.length === 0, "data-do": "add-measure", onclick: () => {
      named(bench); doc.residual = doc.residual || { target: "low", measures: [] };
      const s = doc.scenarios[0];
      doc.residual.measures.push({ id: fresh("M", doc.residual.measures), title: "", kind: "removal", coverage: "0.8", effects: [{ scenario: s.id, step: s.steps[0] ? s.steps[0].id : "", effectiveness: "0.9" }] });
      bench.redraw();
    } }, t("＋ 增加措施", "+ add a measure")));
    if (doc.residual) place.append(field(t("希望达到的等级", "level to reach"), choice(levels, doc.residual.target || "low", (v) => { doc.residual.target = v; bench.changed(); }, { empty: false, disabled: !bench.editable })));
    return place;
  }

  function one(bench, measure, n, list) {
    const doc = bench.doc;
    const scenarios = doc.scenarios.map((s, i) => ({ code: s.id, zh: `${i + 1}. ${typeof s.title === "object" ? said(s.title) : s.title}`, en: `${i + 1}. ${typeof s.title === "object" ? said(s.title) : s.title}` }));
    const box = h("div", { class: "card card-body mb-2", "data-place": `residual.measures[${n}]` }, h("div", { class: "bench-grid" },
      field(t("措施", "measure"), text(typeof measure.title === "object" ? said(measure.title) : measure.title, (v) => { measure.title = v; bench.changed(); }, { disabled: !bench.editable })),
      field(t("种类", "kind"), choice(bench.words.measure_kinds, measure.kind, (v) => { measure.kind = v; bench.changed(); }, { empty: false, disabled: !bench.editable })),
      field(t("覆盖的产品比例", "share of units reached"), text(share(measure.coverage), (v) => { measure.coverage = v; bench.changed(); }, { place: "80 %", disabled: !bench.editable }))));
    (measure.effects || []).forEach((effect) => {
      const steps = (doc.scenarios.find((s) => s.id === effect.scenario) || { steps: [] }).steps.map((s, i) => ({ code: s.id, zh: `${i + 1}. ${typeof s.text === "object" ? said(s.text) : s.text}`, en: `${i + 1}. ${typeof s.text === "object" ? said(s.text) : s.text}` }));
      box.append(h("div", { class: "bench-grid" }, field(t("情景", "scenario"), choice(scenarios, effect.scenario, (v) => { effect.scenario = v; bench.redraw(); }, { empty: false, disabled: !bench.editable })),
        field(t("降低哪一步", "step lowered"), choice(steps, effect.step, (v) => { effect.step = v; bench.changed(); }, { disabled: !bench.editable })),
        field(t("效果（降低多少）", "effectiveness"), text(share(effect.effectiveness), (v) => { effect.effectiveness = v; bench.changed(); }, { place: "90 %", disabled: !bench.editable }))));
    });
    box.append(grounds(bench, measure), h("div", { class: "bench-fault", "data-faults": `residual.measures[${n}]` }));
    if (bench.editable) box.append(h("div", { class: "btn-list mt-2" },
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { const s = doc.scenarios[0]; if (!s) return; named(bench); measure.effects = measure.effects || []; measure.effects.push({ scenario: s.id, step: s.steps[0] ? s.steps[0].id : "", effectiveness: "0.5" }); bench.redraw(); } }, t("＋ 再降低一步", "+ another step")),
      h("button", { type: "button", class: "btn btn-sm", onclick: () => { list.splice(n, 1); if (!list.length) delete doc.residual; bench.redraw(); } }, t("删除措施", "remove measure"))));
    return box;
  }

  const share = (v) => (typeof v === "object" && v ? `${v.best}` : v ?? "");

  function written(bench) {
    const doc = bench.doc;
    doc.report = doc.report || {};
    const part = (key, label, hint, fill) => {
      const box = text(doc.report[key], (v) => { doc.report[key] = v; bench.changed(); }, { rows: 3, disabled: !bench.editable });
      return h("div", { class: "mb-3", "data-place": `report.${key}` }, field(label, box, hint), bench.editable && fill ? h("button", { type: "button", class: "btn btn-sm", "data-fill": key, onclick: () => { const made = fill(); if (made) { doc.report[key] = made; bench.redraw(); } } }, t("按计算结果起草", "draft from the result")) : null, h("div", { class: "bench-fault", "data-faults": `report.${key}` }));
    };
    const r = () => bench.result;
    const named = (level) => said(bench.words.levels[level]);
    return h("div", {},
      part("hazard", t("危害", "hazard"), t("什么危害、怎样造成伤害", "what hazard, and how it harms"), () => r() && r().scenarios.map((s) => `${said(s.title)}${s.hazard ? `（${said(s.hazard)}）` : ""}：${s.steps.map((x) => said(x.text)).join(bench.english ? ", " : "，")}${bench.english ? "." : "。"}`).join("\n")),
      part("extent", t("范围", "scope"), t("涉及哪些批次、数量、地区、口岸、人群、时间", "lots, quantities, areas, ports, people, time"), () => { const p = doc.product || {}; return [p.name, p.model, p.batch && t(`批次${p.batch}`, `lot ${p.batch}`), p.quantity && t(`数量${p.quantity}`, `quantity ${p.quantity}`), p.origin && t(`原产地${p.origin}`, `origin ${p.origin}`)].filter(Boolean).join(bench.english ? ", " : "，"); }),
      part("residual", t("残余风险", "residual risk"), t("采取措施后还剩下什么风险", "what risk remains after measures"), () => r() && (r().residual ? t(`采取所列措施后，风险等级由${named(r().residual.before)}变为${named(r().residual.after)}；未覆盖的产品仍为${named(r().residual.unreached)}。`, `With the measures listed the level goes from ${named(r().residual.before)} to ${named(r().residual.after)}; units not reached stay ${named(r().residual.unreached)}.`) : t(`未评定措施；已在市场和使用中的产品仍为${named(r().level)}。`, `No measure was assessed; units on the market and in use stay ${named(r().level)}.`))),
      part("proposal", t("处置建议", "proposed disposal"), t("建议采取哪些措施；由海关决定", "what measures you propose; customs decides"), () => r() && r().grade && (r().grade.proposed_measures.length ? t(`建议：${r().grade.proposed_measures.map((m) => m.zh).join("、")}。`, `Proposed: ${r().grade.proposed_measures.map((m) => m.en).join(", ")}.`) : t("建议不采取预警和快速反应措施，继续监测。", "No warning or rapid response is proposed; keep monitoring."))));
  }

  function considerations(bench) {
    const doc = bench.doc;
    doc.considerations = doc.considerations || {};
    return h("div", { class: "bench-grid" }, h("div", { class: "bench-fault bench-wide", "data-faults": "considerations" }), bench.words.considerations.map((c) => field(said(c), text(doc.considerations[c.code], (v) => { if (v) doc.considerations[c.code] = v; else delete doc.considerations[c.code]; bench.changed(); }, { disabled: !bench.editable }))));
  }

  Object.assign(window.Bench, { product, presumption, measures, written, considerations });
})();
