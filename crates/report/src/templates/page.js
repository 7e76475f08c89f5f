"use strict";
(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const symbols = ["circle", "diamond", "triangle", "rect", "pin", "arrow"];
  const printing = window.matchMedia("print");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const mouse = window.matchMedia("(pointer: fine)").matches;
  let shown = "auc";
  let charts = [];

  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const colour = (init) => ink(`init-${data.inits[init].colour}`);
  // Initialisations that share a colour differ in symbol and dash.
  const symbol = (init) => symbols[(data.inits[init].colour ? Math.floor((init - 1) / 6) : 0) % symbols.length];
  const digits = (value) => (Number.isFinite(value) ? value.toFixed(3).replace("-", "−") : "–");
  const thousands = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

  function axis(name, more) {
    return {
      name, nameLocation: "middle", nameTextStyle: { color: ink("quiet") },
      axisLine: { lineStyle: { color: ink("line") } }, axisTick: { show: false },
      axisLabel: { color: ink("quiet") }, splitLine: { lineStyle: { color: ink("line"), opacity: 0.6 } },
      ...more,
    };
  }

  // Elements, not markup: names from the study stay text.
  function tip(title, rows) {
    const box = document.createElement("div");
    const head = box.appendChild(document.createElement("strong"));
    head.textContent = title;
    for (const [init, text, name] of rows) {
      const row = box.appendChild(document.createElement("div"));
      row.className = `swatch init-${data.inits[init].colour}`;
      row.textContent = `${name ?? data.inits[init].name}: ${text}`;
    }
    return box;
  }

  function tooltip(more) {
    return {
      confine: true, backgroundColor: ink("page"), borderColor: ink("line"),
      textStyle: { color: ink("text"), fontSize: 12 }, ...more,
    };
  }

  function curveSeries(line, place) {
    const { steps } = line;
    const band = line[shown];
    const name = data.inits[line.init].name;
    const tint = colour(line.init);
    const complete = (i) => band.seeds[i] === line.seeds;
    const points = (values) => steps.map((step, i) => [step, values(i)]);
    const base = { type: "line", name, showSymbol: false, color: tint, emphasis: { disabled: true }, silent: true };
    const area = { ...base, stack: `band ${place}`, lineStyle: { opacity: 0 } };
    return [
      { ...area, data: points((i) => band.low[i]) },
      { ...area, data: points((i) => (band.mean[i] === null ? null : band.high[i] - band.low[i])),
        areaStyle: { color: tint, opacity: 0.17 } },
      { ...base, lineStyle: { width: 2.2 }, symbol: symbol(line.init),
        data: points((i) => (complete(i) ? band.mean[i] : null)) },
      { ...base, lineStyle: { width: 2, type: "dotted" },
        data: points((i) => (complete(i) && complete(i + 1) ? null : band.mean[i])) },
    ];
  }

  function curveOption(facet) {
    const isAuc = shown === "auc";
    const names = facet.lines.map((line) => data.inits[line.init].name);
    const thresholds = {
      type: "line", data: [], silent: true,
      markLine: {
        silent: true, symbol: "none", animation: false,
        lineStyle: { type: "dashed", color: ink("quiet"), width: 1 },
        label: { position: "insideStartTop", formatter: (mark) => mark.value.toFixed(2), color: ink("quiet") },
        data: data.thresholds.map((value) => ({ yAxis: value })),
      },
    };
    return {
      animation: false,
      aria: { enabled: false },
      grid: { left: 56, right: 16, top: 48, bottom: 46 },
      legend: { top: 4, left: 0, right: 110, type: "scroll", data: names, icon: "roundRect", itemWidth: 16, itemHeight: 4,
        textStyle: { color: ink("text") }, inactiveColor: ink("line"),
        pageIconColor: ink("text"), pageTextStyle: { color: ink("quiet") } },
      toolbox: { right: 4, top: 0, iconStyle: { borderColor: ink("quiet") },
        feature: {
          dataZoom: { title: { zoom: "Zoom", back: "Back" }, filterMode: "none", brushStyle: { color: ink("accent"), opacity: 0.15 } },
          restore: { title: "Whole curve" }, saveAsImage: { title: "Save as SVG", name: facet.title },
        } },
      dataZoom: [{ type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false }],
      tooltip: tooltip({
        trigger: "axis", axisPointer: { type: "line", lineStyle: { color: ink("quiet") } },
        formatter: (hits) => {
          if (hits.length === 0) return "";
          const step = hits[0].axisValue;
          const rows = facet.lines.map((line) => [line, line.steps.indexOf(step)])
            .filter(([line, i]) => i >= 0 && line[shown].mean[i] !== null)
            .map(([line, i]) => {
              const band = line[shown];
              return [line.init, `${digits(band.mean[i])} (${digits(band.low[i])} to ${digits(band.high[i])}, ${band.seeds[i]} of ${line.seeds} seeds)`];
            });
          return tip(`Step ${thousands(step)}`, rows);
        },
      }),
      xAxis: axis("Training step", { type: "value", nameGap: 26, min: 0, max: "dataMax", splitLine: { show: false } }),
      yAxis: axis(isAuc ? "Validation AUC" : "Training loss", {
        type: "value", nameGap: 40, scale: true,
        ...(isAuc && data.auc_range ? { min: data.auc_range[0], max: data.auc_range[1] } : {}),
      }),
      series: facet.lines.flatMap(curveSeries).concat(isAuc ? [thresholds] : []),
    };
  }

  // A value by block, one line an initialisation; a probe's chart has neither floor nor zero.
  function blockOption({ blocks, lines, axis: measure = "Test AUC", floor = [], has_zero: hasZero = false }) {
    const name = (line) => line.name ?? data.inits[line.init].name;
    const names = lines.map(name);
    const known = (value) => value !== null;
    const ends = lines.flatMap((line) => [...line.low, ...line.high, ...line.value]).concat(floor, hasZero ? [0] : []).filter(known);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const unit = [0.5, 0.1, 0.05].find((step) => high - low > 2.5 * step) ?? 0.01;
    const series = lines.flatMap((line, place) => {
      const tint = colour(line.init);
      const base = { type: "line", name: name(line), color: tint, showSymbol: false, silent: true, emphasis: { disabled: true } };
      const area = { ...base, stack: `band ${place}`, stackStrategy: "all", lineStyle: { opacity: 0 } };
      return [
        { ...area, data: line.low },
        { ...area, data: line.high.map((end, i) => (end === null ? null : end - line.low[i])), areaStyle: { color: tint, opacity: 0.17 } },
        { ...base, data: line.value, showSymbol: true, symbol: symbol(line.init), symbolSize: 7, lineStyle: { width: 2.2, type: line.dashed ? "dashed" : "solid" } },
      ];
    });
    const grey = { type: "line", color: ink("quiet"), silent: true, emphasis: { disabled: true } };
    if (floor.some(known)) {
      names.push("chance");
      series.push({ ...grey, name: "chance", data: floor, symbol: "rect", symbolSize: [12, 2], lineStyle: { width: 1, type: "dotted" } });
    }
    if (hasZero) {
      series.push({ ...grey, data: [], markLine: { silent: true, symbol: "none", animation: false, label: { show: false },
        lineStyle: { type: "solid", color: ink("quiet"), width: 1 }, data: [{ yAxis: 0 }] } });
    }
    const words = (line, i) => (line.low[i] === null ? `${digits(line.value[i])}, no interval`
      : `${digits(line.value[i])}, 95% interval ${digits(line.low[i])} to ${digits(line.high[i])}`);
    return {
      animation: false,
      grid: { left: 56, right: 16, top: 48, bottom: 46 },
      legend: { top: 4, left: 0, right: 0, type: "scroll", data: names, textStyle: { color: ink("text") }, inactiveColor: ink("line") },
      tooltip: tooltip({
        trigger: "axis", axisPointer: { type: "line", lineStyle: { color: ink("quiet") } },
        formatter: (hits) => {
          if (hits.length === 0) return "";
          const i = hits[0].dataIndex;
          return tip(blocks[i], lines.filter((line) => known(line.value[i]))
            .map((line) => [line.init, words(line, i), name(line)]));
        },
      }),
      xAxis: axis("Block", { type: "category", nameGap: 26, data: blocks, splitLine: { show: false } }),
      yAxis: axis(measure, { type: "value", nameGap: 40, scale: true,
        min: Math.floor(low / unit) * unit, max: Math.ceil(high / unit) * unit,
        axisLabel: { color: ink("quiet"), hideOverlap: true, formatter: (value) => value.toFixed(2).replace("-", "−") } }),
      series,
    };
  }

  function channelOption({ clouds }) {
    const share = { type: "value", min: 0, max: 1, interval: 0.25 };
    const series = clouds.map(({ init, points }) => ({
      type: "scatter", name: data.inits[init].name, color: colour(init), symbol: symbol(init), symbolSize: 4,
      itemStyle: { opacity: 0.45 }, silent: true, data: points,
    }));
    series.push({
      type: "scatter", data: [], silent: true,
      markLine: { silent: true, symbol: "none", animation: false, label: { show: false },
        lineStyle: { type: "dashed", color: ink("quiet"), width: 1 }, data: [[{ coord: [0, 0] }, { coord: [1, 1] }]] },
    });
    return {
      animation: false,
      grid: { left: 56, right: 16, top: 36, bottom: 46 },
      legend: { top: 4, left: 0, right: 0, type: "scroll", data: clouds.map(({ init }) => data.inits[init].name), textStyle: { color: ink("text") }, inactiveColor: ink("line") },
      xAxis: axis("|correlation| before training", { ...share, nameGap: 26 }),
      yAxis: axis("|correlation| after training", { ...share, nameGap: 40 }),
      series,
    };
  }

  function forestOption(isNarrow) {
    const lines = [];
    for (const row of data.forest) {
      if (!lines.length || lines[lines.length - 1].facet !== row.facet) lines.push({ facet: row.facet });
      lines.push(row);
    }
    const label = (i) => (lines[i].arm === undefined ? `{facet|${lines[i].facet}}` : lines[i].arm);
    const inits = [...new Set(data.forest.map((row) => row.init))];
    const rows = (init) => lines.map((row, i) => [row, i]).filter(([row]) => row.init === init);
    const series = inits.flatMap((init) => {
      const base = { type: "scatter", name: data.inits[init].name, color: colour(init), symbol: symbol(init) };
      return [
        { ...base, symbolSize: 12, z: 4, itemStyle: { borderColor: ink("page"), borderWidth: 1.5 },
          data: rows(init).map(([row, i]) => [row.value, i]),
          markLine: {
            silent: true, animation: false, symbol: "rect", symbolSize: [9, 1.5], label: { show: false },
            lineStyle: { type: "solid", width: 2.5, color: colour(init) },
            data: rows(init).filter(([row]) => row.low !== null).map(([row, i]) => [{ coord: [row.low, i] }, { coord: [row.high, i] }]),
          } },
        { ...base, symbolSize: 6, itemStyle: { opacity: 0.5 }, silent: true,
          data: rows(init).flatMap(([row, i]) => row.seeds.map((auc) => ({ value: [auc, i], symbolOffset: [0, 9] }))) },
      ];
    });
    const ends = data.forest.flatMap((row) => [row.value, row.low, row.high, ...row.seeds]).filter((value) => value !== null);
    return {
      animation: false,
      grid: { left: 12, right: 24, top: 40, bottom: 44, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { top: 4, left: 0, right: 0, type: "scroll", data: inits.map((init) => data.inits[init].name), textStyle: { color: ink("text") }, inactiveColor: ink("line") },
      tooltip: tooltip({
        trigger: "item",
        formatter: (hit) => {
          const row = lines[hit.value[1]];
          return tip(row.facet, [[row.init, row.low === null ? `${digits(row.value)}, no interval` : `${digits(row.value)}, 95% interval ${digits(row.low)} to ${digits(row.high)}`]]);
        },
      }),
      xAxis: axis("Test AUC", { type: "value", nameGap: 26, scale: true,
        min: Math.floor(Math.min(...ends) * 20) / 20, max: Math.ceil(Math.max(...ends) * 20) / 20,
        axisLabel: { color: ink("quiet"), hideOverlap: true, formatter: (value) => value.toFixed(2) } }),
      yAxis: axis("", { type: "category", inverse: true, data: lines.map((_, i) => String(i)), splitLine: { show: false }, axisLine: { show: false },
        axisLabel: { color: ink("text"), interval: 0, formatter: (i) => label(Number(i)),
          ...(isNarrow ? { width: 120, overflow: "break" } : {}),
          rich: { facet: { fontWeight: "bold", color: ink("text"), lineHeight: 14 } } } }),
      series,
    };
  }

  function draw() {
    for (const chart of charts) chart.dispose();
    charts = [];
    const make = (element, option) => {
      const chart = echarts.init(element, null, { renderer: "svg" });
      chart.setOption(option);
      charts.push(chart);
      return chart;
    };
    const curves = [...document.querySelectorAll(".curve:not(.probe)")].map((element, i) => {
      const chart = make(element, curveOption(data.facets[i]));
      chart.group = "curves";
      if (mouse) {
        chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
        chart.getZr().on("dblclick", () => chart.dispatchAction({ type: "restore" }));
      }
      return chart;
    });
    if (curves.length > 1) echarts.connect("curves");
    document.querySelectorAll(".probe").forEach((element, i) => make(element, blockOption(data.probes[i])));
    document.querySelectorAll("[data-by-block]").forEach((element) => make(element, blockOption(data.reuse.by_block[element.dataset.byBlock])));
    document.querySelectorAll("[data-channels]").forEach((element) => make(element, channelOption(data.reuse.channels[element.dataset.channels])));
    const forest = document.querySelector(".forest");
    if (forest) make(forest, forestOption(forest.clientWidth < 600));
  }

  for (const button of document.querySelectorAll("[data-curve]")) {
    button.addEventListener("click", () => {
      shown = button.dataset.curve;
      for (const other of document.querySelectorAll("[data-curve]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      draw();
    });
  }
  for (const tabs of document.querySelectorAll(".tabs")) tabs.hidden = false;
  dark.addEventListener("change", draw);
  printing.addEventListener("change", draw);
  window.addEventListener("resize", () => { for (const chart of charts) chart.resize(); });
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  draw();
})();
