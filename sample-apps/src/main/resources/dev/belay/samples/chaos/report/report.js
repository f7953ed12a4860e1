"use strict";

const INK = "#1b1f24";
const SOFT = "#57606a";
const GRID = { stroke: "#e7ebef", width: 1 };
const FONT = "13px system-ui, sans-serif";
const LINE = "#0b6e99";

/** An axis with its label; the values may be written in another way. */
function axis(label, values, size) {
  return {
    label, values, size: size ?? 34, stroke: SOFT, grid: GRID, ticks: GRID, font: FONT,
    labelFont: "600 " + FONT, labelSize: 26,
  };
}

function width(id) {
  return Math.max(320, document.getElementById(id).clientWidth);
}

/** Redraws a chart when the window changes its width. */
function place(id, options, data) {
  const holder = document.getElementById(id);
  const plot = new uPlot({ width: width(id), ...options }, data, holder);
  window.addEventListener("resize", () => plot.setSize({ width: width(id), height: options.height }));
  return plot;
}

function milliseconds(value) {
  return value < 1000 ? value + " ms" : value / 1000 + " s";
}

/** Seconds as 0:00. */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const fraction = Math.round((seconds - whole) * 10);
  const text = Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  return fraction ? text + "." + fraction : text;
}

function ticks(values) {
  return values.map(clock);
}

/** Bands and lines of the faults, behind the curve; numbers where there is room; the end of the faults. */
function marks(series, numbered) {
  const faults = series.faults;
  return (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
    ctx.clip();
    ctx.font = "600 " + 11 * devicePixelRatio + "px system-ui, sans-serif";
    ctx.textAlign = "center";
    let lastLabel = -Infinity;
    for (const fault of faults) {
      const from = plot.valToPos(fault.from, "x", true);
      const to = plot.valToPos(fault.to, "x", true);
      ctx.globalAlpha = 0.13;
      ctx.fillStyle = fault.colour;
      ctx.fillRect(from, bbox.top, Math.max(0, to - from), bbox.height);
      ctx.globalAlpha = 0.9;
      ctx.fillRect(from - devicePixelRatio / 2, bbox.top, devicePixelRatio * 1.5, bbox.height);
      ctx.globalAlpha = 1;
      if (numbered && from - lastLabel > 15 * devicePixelRatio) {
        ctx.fillText(fault.number, from, bbox.top - 5 * devicePixelRatio);
        lastLabel = from;
      }
    }
    const end = plot.valToPos(series.faultsEnd, "x", true);
    ctx.strokeStyle = SOFT;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(end, bbox.top);
    ctx.lineTo(end, bbox.top + bbox.height);
    ctx.stroke();
    if (numbered) {
      ctx.fillStyle = SOFT;
      ctx.font = 11 * devicePixelRatio + "px system-ui, sans-serif";
      const text = "no more faults, no new clients";
      const isRoom = end + ctx.measureText(text).width + 12 * devicePixelRatio < bbox.left + bbox.width;
      ctx.textAlign = isRoom ? "left" : "right";
      ctx.fillText(text, end + (isRoom ? 6 : -6) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
    }
    ctx.restore();
  };
}

function drawThroughput(series) {
  place("throughput", {
    height: 300,
    padding: [22, 12, 0, 0],
    cursor: { sync: { key: "time" } },
    scales: { x: { time: false, range: (plot, least, most) => [least, most] }, y: { range: (plot, least, most) => [0, most * 1.08 || 1] },
      clients: { range: () => [0, 4 * Math.max(1, ...series.clients)] } },
    axes: [
      axis("time since the start, min:s", (plot, values) => ticks(values)),
      axis(series.unit + " per second", null, 70),
      { ...axis("clients at work", null, 36), scale: "clients", side: 1, grid: { show: false },
        splits: () => Array.from({ length: Math.max(1, ...series.clients) + 1 }, (none, i) => i), filter: (plot, splits) => splits },
    ],
    series: [
      { label: "time", value: (plot, value) => (value == null ? "" : clock(value)) },
      {
        label: series.unit + "/s", stroke: LINE, width: 1.5, fill: "rgba(11,110,153,0.10)", points: { show: false },
        value: (plot, value) => (value == null ? "" : value.toPrecision(4)),
      },
      { label: "clients at work", scale: "clients", stroke: "#8c959f", width: 1, paths: uPlot.paths.stepped({ align: -1 }), points: { show: false } },
    ],
    hooks: { drawClear: [marks(series, true)] },
  }, [series.time, series.rate, series.clients]);
}

function drawStalls(series) {
  place("stalls", {
    height: 230,
    padding: [12, 74, 0, 0], // as wide as the chart above
    cursor: { sync: { key: "time" } },
    scales: {
      x: { time: false, range: (plot, least, most) => [series.time[0], series.time[series.time.length - 1]] },
      y: { distr: 3, range: () => [40, Math.max(1000, series.longestMs * 1.3)] },
    },
    axes: [
      axis("time since the start, min:s", (plot, values) => ticks(values)),
      { ...axis("wait (logarithmic)", (plot, values) => values.map((v) => (v == null ? null : milliseconds(v))), 70),
        splits: () => [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000].filter((v) => v <= Math.max(1000, series.longestMs * 1.3)),
        filter: (plot, splits) => splits },
    ],
    series: [
      { label: "time", value: (plot, value) => (value == null ? "" : clock(value)) },
      {
        label: "wait", stroke: LINE, paths: () => null, points: { show: true, size: 5, width: 1, fill: "rgba(11,110,153,0.35)" },
        value: (plot, value) => (value == null ? "" : milliseconds(value)),
      },
    ],
    hooks: { drawClear: [marks(series, false)] },
  }, [series.gapTime, series.gapMs]);
}

function drawHistogram(series) {
  const labels = series.bars.map((bar) => bar.label);
  const counts = series.bars.map((bar) => bar.count);
  place("histogram", {
    height: 260,
    padding: [22, 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [-0.6, labels.length - 0.4] }, y: { range: (plot, least, most) => [0, most * 1.1 || 1] } },
    axes: [
      { ...axis("wait of at least", (plot, values) => values.map((v) => labels[v])), splits: () => labels.map((l, i) => i), grid: { show: false }, font: "12px system-ui, sans-serif" },
      { ...axis("number of waits", null, 70), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000] },
    ],
    series: [{}, { stroke: LINE, fill: "rgba(11,110,153,0.55)", paths: uPlot.paths.bars({ size: [0.8, 60] }), points: { show: false } }],
    hooks: { draw: [(plot) => {
      const { ctx } = plot;
      ctx.save();
      ctx.fillStyle = INK;
      ctx.textAlign = "center";
      ctx.font = 12 * devicePixelRatio + "px system-ui, sans-serif";
      counts.forEach((count, i) => {
        if (count > 0) {
          ctx.fillText(count, plot.valToPos(i, "x", true), plot.valToPos(count, "y", true) - 5 * devicePixelRatio);
        }
      });
      ctx.restore();
    }] },
  }, [labels.map((l, i) => i), counts]);
}

function drawChaos(series) {
  drawThroughput(series);
  drawStalls(series);
  drawHistogram(series);
}

/** The curve of the experiment: throughput against the interval, and the undisturbed rate. */
function drawMigrations(series) {
  const most = Math.max(...series.undisturbed, ...series.rate);
  place("curve", {
    height: 420,
    padding: [18, 18, 0, 0],
    scales: {
      x: { time: false, distr: 3, range: (plot, low, high) => [low / 1.25, high * 1.25] },
      y: { range: () => [0, most * 1.1] },
    },
    axes: [
      { ...axis("seconds between forced migrations (logarithmic)", (plot, values) => values.map((v) => (v == null ? null : String(v)))),
        splits: () => series.interval, filter: (plot, splits) => splits },
      axis(series.unit + " per second", null, 70),
    ],
    series: [
      { label: "interval", value: (plot, value) => (value == null ? "" : value + " s") },
      { label: "with migrations", stroke: LINE, width: 2, points: { show: true, size: 9, fill: "#fff", width: 2 },
        value: (plot, value) => (value == null ? "" : value.toPrecision(4) + " " + series.unit + "/s") },
      { label: "undisturbed, measured around each step", stroke: "#1a7f37", width: 2, dash: [8, 6], points: { show: true, size: 5, fill: "#1a7f37" },
        value: (plot, value) => (value == null ? "" : value.toPrecision(4) + " " + series.unit + "/s") },
    ],
  }, [series.interval, series.rate, series.undisturbed]);
}
