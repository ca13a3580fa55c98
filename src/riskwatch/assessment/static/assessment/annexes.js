"use strict";
// Other methods beside the scenarios: each calculation asks its own fields, says its result at once, may feed a step.
(() => {
  const { t, said, h, choice, field, text } = window.Bench;
  let picked = "";

  // A table of inputs that can be typed or pasted from a spreadsheet; the last row is always an empty one.
  function rows(list, columns, changed, editable, name) {
    const body = h("tbody");
    const draw = () => {
      if (editable && (list.length === 0 || Object.keys(list[list.length - 1]).length > 0)) list.push({});
      body.replaceChildren(...list.map((row, n) => line(row, n)));
    };
    function line(row, n) {
      const cells = columns.map((column, c) => {
        const label = `${name} ${n + 1} ${said(column)}`;
        const set = (v) => { const fresh = Object.keys(row).length === 0; if (v === "") delete row[column.key]; else row[column.key] = v; if (fresh && n === list.length - 1) grow(); changed(); };
        const box = column.kind === "choice" ? choice(column.choices, row[column.key], set, { empty: true, label, disabled: !editable })
          : h("input", { class: "form-control form-control-sm", type: "text", "aria-label": label, placeholder: n === 0 ? column.example : "", disabled: !editable, oninput: (e) => set(e.target.value.trim()), onpaste: (e) => paste(e, n, c) });
        if (column.kind !== "choice") box.value = Array.isArray(row[column.key]) ? row[column.key].join(", ") : row[column.key] ?? "";
        return h("td", {}, box);
      });
      const gone = editable ? h("td", {}, h("button", { type: "button", class: "btn btn-sm btn-icon", "aria-label": t(`删除第${n + 1}行`, `remove row ${n + 1}`), onclick: () => { list.splice(n, 1); draw(); changed(); } }, "×")) : null;
      return h("tr", {}, cells, gone);
    }
    function grow() { list.push({}); body.append(line(list[list.length - 1], list.length - 1)); }
    function paste(e, n, c) {
      const said_ = e.clipboardData.getData("text");
      if (!/[\t\n]/.test(said_.trim())) return;
      e.preventDefault();
      said_.replace(/\r/g, "").replace(/\n+$/, "").split("\n").forEach((row, i) => {
        while (list.length <= n + i) list.push({});
        row.split("\t").forEach((cell, j) => { if (columns[c + j] && cell.trim() !== "") list[n + i][columns[c + j].key] = cell.trim(); });
      });
      draw(); changed();
    }
    draw();
    return h("div", { class: "table-responsive" }, h("table", { class: "table table-sm bench-rows" }, h("thead", {}, h("tr", {}, columns.map((column) => h("th", {}, said(column))), editable ? h("th") : null)), body),
      editable ? h("small", { class: "form-hint" }, t("可从电子表格整块粘贴", "a block may be pasted from a spreadsheet")) : null);
  }

  function input(bench, annex, one) {
    const set = (v) => { if (v === "" || v === false) delete annex.input[one.key]; else annex.input[one.key] = v; bench.changed(); };
    const label = said(one) + (one.optional && one.kind !== "rows" ? t("（可不填）", " (may be empty)") : "");
    if (one.kind === "rows") {
      annex.input[one.key] = annex.input[one.key] || [];
      return h("div", { class: "mt-2 bench-wide" }, h("span", { class: "form-label" }, label), rows(annex.input[one.key], one.columns, bench.changed, bench.editable, said(one)));
    }
    if (one.kind === "choice") return field(label, choice(one.choices, annex.input[one.key], set, { label, disabled: !bench.editable }));
    if (one.kind === "flag") return h("label", { class: "form-check mt-3" }, h("input", { class: "form-check-input", type: "checkbox", checked: Boolean(annex.input[one.key]), disabled: !bench.editable, onchange: (e) => set(e.target.checked) }), h("span", { class: "form-check-label" }, label));
    const value = annex.input[one.key];
    return field(label, text(Array.isArray(value) ? value.join(", ") : value === undefined ? "" : String(value), (v) => set(v.trim()), { label, place: one.example, disabled: !bench.editable }));
  }

  function card(bench, annex, n) {
    const form = bench.words.annex_forms.find((one) => one.code === annex.method);
    annex.input = annex.input || {};
    annex.id = annex.id || `A${n + 1}`;
    if (!form) return h("div", { class: "card card-body mb-2", "data-faults": `annexes[${n}]` });
    const title = typeof annex.title === "object" ? said(annex.title) : annex.title;
    return h("div", { class: "card card-body mb-2", "data-place": `annexes[${n}]` },
      h("h3", { class: "h4" }, `${annex.id} ${said(form)}`, h("small", { class: "text-secondary ms-2" }, form.source)),
      field(t("这次计算说明什么", "what this calculation is for"), text(title, (v) => { annex.title = v; bench.changed(); }, { disabled: !bench.editable })),
      h("div", { class: "bench-grid mt-2" }, form.fields.map((one) => input(bench, annex, one))),
      h("div", { class: "bench-origin mt-2" }, choice(bench.words.evidence.map((g) => ({ code: g.code, zh: `${g.code} ${g.zh}`, en: `${g.code} ${g.en}` })), annex.evidence, (v) => { annex.evidence = v; bench.changed(); }, { label: t("证据等级", "evidence grade"), disabled: !bench.editable }),
        text(annex.source, (v) => { annex.source = v; bench.changed(); }, { label: t("来源", "source"), place: t("来源", "source"), disabled: !bench.editable })),
      h("div", { class: "bench-fault", "data-faults": `annexes[${n}]` }), h("div", { class: "bench-found", "data-annex": n, role: "status", "aria-live": "polite" }),
      bench.editable ? h("div", { class: "btn-list mt-2" }, h("button", { type: "button", class: "btn btn-sm btn-ghost-danger", onclick: () => { if (window.confirm(t("删除这次计算？", "Remove this calculation?"))) { bench.doc.annexes.splice(n, 1); bench.redraw(); } } }, t("删除这次计算", "remove this calculation"))) : null);
  }

  // What a calculation found; where it is a probability, a step may take it.
  function found(bench, n, one) {
    const place = document.querySelector(`[data-annex="${n}"]`);
    if (!place) return;
    place.replaceChildren();
    if (!one) return;
    const value = (row) => (bench.english && row.value_en) || row.value;
    place.append(h("table", { class: "table table-sm" }, h("tbody", {}, one.rows.map((row) => h("tr", {}, h("th", {}, said(row)), h("td", {}, value(row)))))));
    if (one.table) place.append(h("div", { class: "table-responsive" }, h("table", { class: "table table-sm" }, h("thead", {}, h("tr", {}, (bench.english ? one.table.en : one.table.zh).map((w) => h("th", {}, w)))), h("tbody", {}, one.table.rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))))));
    for (const note of one.notes || []) place.append(h("div", { class: "text-secondary" }, `! ${said(note)}`));
    if (one.quantity && bench.editable) place.append(use(bench, n, one.quantity));
  }

  function use(bench, n, quantity) {
    const annex = bench.doc.annexes[n];
    const name = (s) => (typeof s === "object" && s ? said(s) : s || "");
    const steps = bench.doc.scenarios.flatMap((s, i) => s.steps.map((step, m) => ({ code: `${i}.${m}`, zh: `情景${i + 1}第${m + 1}步 ${name(step.text)}`, en: `scenario ${i + 1}, step ${m + 1} ${name(step.text)}` })));
    if (!steps.length) return h("div", { class: "text-secondary" }, t("先写出情景和步骤，才能用作某一步的概率", "write a scenario with steps first to use this as a step's probability"));
    let chosen = "";
    return h("div", { class: "bench-use" }, choice(steps, "", (v) => { chosen = v; }, { label: t("用作哪一步的概率", "use as the probability of which step") }),
      h("button", { type: "button", class: "btn btn-sm", "data-do": "use-annex", onclick: () => {
        if (!chosen) return;
        const [i, m] = chosen.split(".").map(Number);
        const step = bench.doc.scenarios[i].steps[m];
        const form = bench.words.annex_forms.find((one) => one.code === annex.method);
        step.quantity = JSON.parse(JSON.stringify(quantity));
        if (annex.evidence) step.evidence = annex.evidence;
        step.source = t(`附${annex.id}：${said(form)}`, `annex ${annex.id}: ${said(form)}`) + (annex.source ? `; ${annex.source}` : "");
        window.Bench.openScenario(bench, i);
      } }, t("用作该步概率", "use as its probability")));
  }

  window.Bench.annexes = (bench) => {
    const list = bench.doc.annexes = bench.doc.annexes || [];
    const place = h("div", {}, h("p", { class: "form-hint" }, t("故障树、检验与事故数据、化学品、层次分析、FMEA和其他矩阵：输入保留在评估文件里，结果写入报告；算出概率的，可用作情景某一步的概率。", "Fault trees, tests and incidents, chemicals, AHP, FMEA and other matrices: the inputs stay in the document, the result goes into the report; a probability may be used for a step.")));
    list.forEach((annex, n) => place.append(card(bench, annex, n)));
    if (bench.editable) place.append(h("div", { class: "bench-use" }, choice(bench.words.annex_forms, picked, (v) => { picked = v; }, { label: t("选择方法", "choose a method") }),
      h("button", { type: "button", class: "btn btn-sm", "data-do": "add-annex", onclick: () => {
        if (!picked) return;
        let n = list.length + 1;
        while (list.some((one) => one.id === `A${n}`)) n += 1;
        list.push({ id: `A${n}`, method: picked, input: {} }); picked = ""; bench.redraw();
      } }, t("＋ 增加计算", "+ add a calculation"))));
    return place;
  };
  Object.assign(window.Bench, { found, rows });
})();
