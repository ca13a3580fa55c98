// What a person with poor sight, without a mouse or on a small screen would stumble over on this page; a list of sentences.
() => {
  const faults = [];
  const shown = (e) => { const s = getComputedStyle(e), r = e.getBoundingClientRect(); return s.visibility !== "hidden" && s.display !== "none" && r.width > 1 && r.height > 1 && !e.closest("[aria-hidden=true]") && e.checkVisibility(); };
  const said = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}${e.name ? `[name=${e.name}]` : ""} “${(e.textContent || "").trim().slice(0, 30)}”`;

  // The body of the page does not scroll sideways.
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > room + 1) {
    const wide = [...document.querySelectorAll("main *, header *")].filter((e) => shown(e) && e.getBoundingClientRect().right > room + 1 && !e.closest(".table-responsive, [data-chart], pre"));
    faults.push(`scrolls sideways (${document.documentElement.scrollWidth} > ${room}): ${wide.slice(0, 3).map(said).join(", ")}`);
  }

  // Every control has a name.
  const named = (e) => {
    const by = (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => (document.getElementById(id) || {}).textContent || "").join("");
    const labels = [...(e.labels || [])].map((l) => l.textContent).join("");
    const own = e.matches("a, button, summary") ? e.textContent + [...e.querySelectorAll("img[alt], svg[aria-label]")].map((i) => i.alt || i.getAttribute("aria-label")).join("") : e.value && e.matches("[type=submit]") ? e.value : "";
    return (by + labels + own + (e.getAttribute("aria-label") || "") + (e.title || "")).trim();
  };
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) if (shown(e) && !named(e)) faults.push(`has no name: ${said(e)}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((one, n) => ids.indexOf(one) !== n))) faults.push(`id stands twice: ${id}`);

  // One first heading, and no rank is left out on the way down.
  const ranks = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown).map((e) => [Number(e.tagName[1]), e.textContent.trim()]);
  if (ranks.filter(([rank]) => rank === 1).length !== 1 || ranks[0][0] !== 1) faults.push(`first headings: ${ranks.filter(([rank]) => rank === 1).length}`);
  ranks.forEach(([rank, words], n) => { if (!words) faults.push("an empty heading"); if (n && rank > ranks[n - 1][0] + 1) faults.push(`heading h${rank} “${words.slice(0, 20)}” follows h${ranks[n - 1][0]}`); });

  // Text stands out from what is behind it: 4.5, large text 3. A colour laid over others is mixed with them.
  const parts = (c) => { const m = c.match(/[\d.]+/g).map(Number); return c.startsWith("color(srgb") ? [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
  const mix = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (e) => { const layers = []; for (let p = e; p; p = p.parentElement) { layers.push(parts(getComputedStyle(p).backgroundColor)); if (layers.at(-1)[3] === 1) break; } return layers.reduceRight((under, top) => mix(top, under), [255, 255, 255, 1]); };
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const pale = {};
  const look = (e, words, ink, place) => {
    const style = getComputedStyle(e, place), back = behind(e), front = mix(parts(ink || style.color), back);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) pale[`${ratio.toFixed(2)} ${e.className || e.tagName}`] ??= words.trim().slice(0, 20);
  };
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg, script, style, option") || !shown(e) || e.disabled) continue;
    const own = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim()).map((n) => n.data).join(" ");
    if (own) look(e, own);
    if (e.matches("input, textarea") && e.placeholder && !e.value) look(e, e.placeholder, getComputedStyle(e, "::placeholder").color, "::placeholder");
  }
  for (const [what, words] of Object.entries(pale)) faults.push(`pale text ${what} “${words}”`);
  return faults;
}
