/* Small helps for pages that already work without them: charts from tables, the idle warning, printing. */
"use strict";
(() => {
  const body = document.body;
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);

  /* Charts: <figure class="chart" data-kind="line|bar|barh|stack|pie"> with a table (a head with data-drawn="no" stays out), or data-chart="id of a JSON script" (an ECharts option). */
  const colours = ["#1d569f", "#b4393d", "#2d8055", "#b07b12", "#6a4aa5", "#27808f", "#7a5230", "#5b6472"];
  const numeric = (text) => { const t = text.replace(/[,，%％\s]/g, ""); return t === "" || t === "—" || isNaN(t) ? null : Number(t); };
  const fromTable = (figure) => {
    const table = figure.querySelector("table");
    if (!table) return null;
    const cells = [...table.querySelectorAll("thead th")], heads = cells.map((c) => c.textContent.trim());
    const marked = cells.some((c) => c.classList.contains("num"));
    const drawn = heads.map((_, i) => i).slice(1).filter((i) => (!marked || cells[i].classList.contains("num")) && cells[i].dataset.drawn !== "no");
    const rows = [...table.querySelectorAll("tbody tr")].map((r) => [...r.cells].map((c) => c.dataset.value ?? c.textContent.trim()));
    const names = rows.map((r) => r[0]);
    const kind = figure.dataset.kind || "bar";
    if (kind === "pie") return { series: [{ type: "pie", radius: ["35%", "65%"], data: rows.map((r) => ({ name: r[0], value: numeric(r[1]) })) }] };
    const longest = Math.max(0, ...names.map((n) => n.length)), slanted = kind !== "line" && names.length <= 40 && names.length * longest > 80;
    const category = { type: "category", data: names, axisTick: { alignWithLabel: true }, ...(slanted && kind !== "barh" ? { axisLabel: { interval: 0, rotate: 40 } } : {}) };
    const value = { type: "value", name: figure.dataset.unit || "" };
    const flat = kind === "barh";
    return {
      xAxis: flat ? value : category, yAxis: flat ? { ...category, inverse: true } : value,
      series: drawn.map((i) => ({ name: heads[i], type: kind === "line" ? "line" : "bar", stack: kind === "stack" ? "all" : undefined, barMaxWidth: 26, data: rows.map((r) => numeric(r[i] ?? "")) })),
    };
  };
  const draw = (figure) => {
    const source = figure.dataset.chart && document.getElementById(figure.dataset.chart);
    const option = source ? JSON.parse(source.textContent) : fromTable(figure);
    if (!option) return;
    const canvas = document.createElement("div");
    canvas.className = "canvas" + (figure.dataset.tall === undefined ? "" : " tall");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", (figure.querySelector("figcaption")?.textContent.trim() || "") + say("（数据见下表）", " (the table below has the data)"));
    figure.querySelector("figcaption")?.after(canvas) ?? figure.prepend(canvas);
    const chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption({
      color: colours, animation: false, textStyle: { fontFamily: getComputedStyle(body).fontFamily, fontSize: 12 },
      tooltip: { trigger: (option.series || []).some((s) => s.type === "pie") ? "item" : "axis", renderMode: "richText", confine: true },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      legend: (option.series || []).length > 1 ? { top: 0, type: "scroll" } : undefined, ...option,
    });
    new ResizeObserver(() => chart.resize()).observe(canvas);
  };
  const charts = [...document.querySelectorAll("figure.chart")];
  if (charts.length && body.dataset.echarts) {
    const script = document.createElement("script");
    script.src = body.dataset.echarts;
    script.onload = () => charts.forEach(draw);
    document.head.append(script);
  }

  /* Idle: two minutes before the session ends, say so and offer to go on (GB/T 37668: no time-out without a warning). */
  const idle = Number(body.dataset.idle || 0);
  if (idle) {
    let bar = null;
    let timer = 0;
    const end = () => { location.href = body.dataset.door; };
    const warn = () => {
      bar = document.createElement("div");
      bar.className = "idle";
      bar.setAttribute("role", "alertdialog");
      const words = document.createElement("span");
      words.textContent = say("您已较长时间没有操作，2分钟后将自动退出。", "No activity for a while: you will be signed out in 2 minutes.");
      const stay = document.createElement("button");
      stay.textContent = say("继续使用", "Stay signed in");
      stay.addEventListener("click", () => fetch(body.dataset.alive, { credentials: "same-origin" }).then((r) => (r.ok ? start() : end())));
      bar.append(words, stay);
      body.append(bar);
      stay.focus();
      timer = setTimeout(end, 120000);
    };
    const start = () => { clearTimeout(timer); bar?.remove(); bar = null; timer = setTimeout(warn, (idle - 120) * 1000); };
    start();
    body.addEventListener("htmx:after:request", start);
  }

  /* Choose a whole page of a list: <th data-all="name of the boxes">; without scripts the boxes are ticked one by one. */
  document.querySelectorAll("th[data-all]").forEach((head) => {
    const boxes = () => head.closest("table").querySelectorAll(`input[type=checkbox][name="${head.dataset.all}"]`);
    if (boxes().length < 2) return;
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", say("选择本页全部", "Choose all on this page"));
    all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
    head.append(" ", all);
  });

  /* A long menu shows where one is. */
  const menu = document.querySelector(".sidebar > nav"), here = menu?.querySelector("[aria-current]");
  if (here && here.offsetTop + here.offsetHeight > menu.clientHeight) menu.scrollTop = here.offsetTop - menu.clientHeight / 2;

  document.querySelectorAll("[data-print]").forEach((b) => b.addEventListener("click", () => window.print()));
  const wide = window.matchMedia("(min-width: 901px)"), fit = () => document.querySelectorAll(".sidebar details").forEach((d) => { d.open = wide.matches; });
  fit();
  wide.addEventListener("change", fit);
})();
