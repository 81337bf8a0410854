// A lesson as one page. Nothing is computed here but places on the screen: every number comes from the library, as data.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const inputs = data.sliders.map((slider) => byId("slider-" + slider.name));
const strides = data.sliders.map((_, i) => data.sliders.slice(i + 1).reduce((product, s) => product * s.values.length, 1));
const SVG = "http://www.w3.org/2000/svg";
const DASHES = { solid: "", dashed: "7 4", dotted: "2 4", "dash-dotted": "8 3 2 3" };
const HEIGHT = 270, LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 26, LINE = 15, STOPS = 16;

// --- positions of the sliders ---

const indices = () => inputs.map((input) => Number(input.value));
const placeOf = (chosen) => chosen.reduce((sum, index, i) => sum + index * strides[i], 0);

function moved() {
  data.sliders.forEach((slider, i) => {
    const text = slider.texts[inputs[i].value];
    inputs[i].setAttribute("aria-valuetext", text);
    byId("value-" + slider.name).textContent = text;
  });
  draw();
  fillTable();
  announce();
}

let announcement = 0;
function announce() { // once the slider rests, so that a screen reader is not flooded
  clearTimeout(announcement);
  announcement = setTimeout(() => {
    const now = data.positions[placeOf(indices())].numbers.slice(0, 3);
    byId("live").textContent = now.map(([key, theory]) => data.pool[key][1] + ": " + theory).join("; ");
  }, 300);
}

// --- the picture ---

function node(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) {
    if (key === "style") made.style.cssText = attributes.style; // the page's policy forbids the attribute itself
    else made.setAttribute(key, attributes[key]);
  }
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

function scale(axis, from, to) {
  const [low, high] = axis.log ? axis.range.map(Math.log) : axis.range;
  return (value) => from + ((axis.log ? Math.log(value) : value) - low) / (high - low) * (to - from);
}

function ticks(axis, room) {
  const [low, high] = axis.range;
  const found = [];
  if (axis.log) {
    const decades = Math.log10(high / low);
    const wanted = decades > 5 ? 2 : 1;
    const first = Math.ceil(Math.log10(low) - 1e-9);
    for (let power = first; power <= Math.log10(high) + 1e-9; power += 1)
      for (const digit of decades < 2.5 ? [1, 2, 5] : [1])
        if ((power - first) % wanted === 0 && digit * 10 ** power <= high * 1.0001) found.push(digit * 10 ** power);
    if (decades < 2.5) for (const digit of [2, 5]) if (digit * 10 ** (first - 1) >= low * 0.9999) found.unshift(digit * 10 ** (first - 1));
    return found;
  }
  const rough = (high - low) / Math.max(2, room / 45);
  const base = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * base).find((each) => each >= rough * 0.999);
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(k * step);
  return found;
}

function tickText(value) {
  const size = Math.abs(value);
  if (size > 0 && (size < 0.0099 || size >= 1e5)) {
    const power = Math.floor(Math.log10(size) + 1e-9), head = Math.round(value / 10 ** power);
    const raised = String(power).replace(/[-0-9]/g, (c) => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
    return (head === 1 ? "" : head + "·") + "10" + raised;
  }
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

function drawPanel(holder, key, curves, place) {
  const panel = data.pool[key];
  const width = Math.max(240, holder.svg.parentNode.clientWidth);
  const svg = holder.svg;
  svg.replaceChildren();
  svg.setAttribute("viewBox", "0 0 " + width + " " + HEIGHT);
  holder.title.textContent = panel.title;
  holder.y.textContent = panel.y.label;
  holder.x.textContent = panel.x.label;
  const box = { left: panel.y.label ? LEFT : 4, right: width - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM };
  const x = scale(panel.x, box.left, box.right), y = scale(panel.y, box.bottom, box.top);
  const inside = (a, b) => a >= box.left - 1 && a <= box.right + 1 && b >= box.top - 1 && b <= box.bottom + 1;
  drawAxes(svg, panel, box, x, y);
  const clip = "clip-" + holder.number;
  const region = node("clipPath", { id: clip }, node("defs", {}, svg));
  node("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, region);
  const labels = [], ink = [], dots = []; // ink: where something is drawn, so that no label is written there
  for (const mark of panel.marks) {
    const at = x(mark.x);
    if (at < box.left || at > box.right) continue;
    const line = { x1: at, x2: at, y1: box.top, y2: box.bottom, "stroke-dasharray": DASHES[mark.style], "stroke-width": 1.5 };
    node("line", { ...line, style: "stroke: var(--" + mark.color + ")" }, svg);
    const heights = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9].map((share) => [at, box.top + 11 + share * (box.bottom - box.top - 20)]);
    labels.push({ text: mark.label, color: mark.color, points: heights, at: 0, rise: [0], sides: [4, -4] });
    for (let b = box.top; b < box.bottom; b += 5) ink.push([at, b]);
  }
  for (const [shapeKey, ...here] of curves) {
    const shape = data.pool[shapeKey], xs = data.pool[shape.x], ys = data.pool[shape.y];
    const points = xs.map((value, i) => ys[i] === null ? null : [x(value), y(ys[i])]);
    drawCurve(svg, shape, points, clip);
    if (here.length) dots.push([x(here[0]), y(here[1]), shape.color]);
    const trail = shape.style === "points" ? points.filter(Boolean) : fine(points);
    const seen = trail.filter(([a, b]) => inside(a, b));
    ink.push(...seen);
    const far = shape.style === "points" ? [-12, 22] : [-7, 16];
    if (seen.length) labels.push({ text: shape.label, color: shape.color, points: seen, at: shape.at, rise: shape.above ? far : far.reverse() });
  }
  if (panel.along !== null && dots.length)
    node("line", { class: "here", x1: dots[0][0], x2: dots[0][0], y1: box.top, y2: box.bottom }, svg);
  if (byId("show-simulated").checked && panel.along !== null) drawCircles(svg, panel, x, y, inside, labels, ink, place);
  for (const [a, b, color] of dots) {
    if (!inside(a, b)) continue;
    const look = { class: "dot", r: 5, style: "fill: var(--" + color + "); stroke: var(--paper)", "stroke-width": 1.5 };
    node("circle", { cx: a, cy: b, ...look }, svg);
    ink.push([a, b - 5], [a, b], [a, b + 5]);
  }
  placeLabels(svg, labels, ink, box);
}

function fine(points) { // a point every few pixels
  const found = [];
  points.forEach((point, i) => {
    const next = points[i + 1];
    if (!point) return;
    found.push(point);
    if (!next || !Number.isFinite(point[1]) || !Number.isFinite(next[1])) return;
    const steps = Math.min(200, Math.floor(Math.hypot(next[0] - point[0], next[1] - point[1]) / 7));
    for (let k = 1; k <= steps; k += 1) {
      const share = k / (steps + 1);
      found.push([point[0] + share * (next[0] - point[0]), point[1] + share * (next[1] - point[1])]);
    }
  });
  return found;
}

function drawAxes(svg, panel, box, x, y) {
  for (const value of panel.y.label ? ticks(panel.y, box.bottom - box.top) : []) {
    node("line", { class: "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }, svg);
    node("text", { x: box.left - 6, y: y(value) + 4, "text-anchor": "end" }, svg, tickText(value));
  }
  for (const value of ticks(panel.x, box.right - box.left)) {
    node("line", { class: "grid", x1: x(value), x2: x(value), y1: box.top, y2: box.bottom }, svg);
    node("text", { x: x(value), y: box.bottom + 17, "text-anchor": "middle" }, svg, tickText(value));
  }
  const corners = panel.y.label ? "M" + box.left + " " + box.top + "V" + box.bottom : "M" + box.left + " " + box.bottom;
  node("path", { class: "frame", d: corners + "H" + box.right }, svg);
}

function drawCurve(svg, shape, points, clip) {
  const color = "var(--" + shape.color + ")";
  if (shape.style === "points") {
    const look = { r: 4, style: "fill: " + color, "fill-opacity": 0.75 };
    for (const point of points) if (point) node("circle", { cx: point[0], cy: point[1], ...look }, svg);
    return;
  }
  let path = "", pen = false;
  for (const point of points) {
    if (point) path += (pen ? "L" : "M") + point[0].toFixed(1) + " " + Math.max(-1e4, Math.min(1e4, point[1])).toFixed(1);
    pen = Boolean(point);
  }
  const look = { "stroke-dasharray": DASHES[shape.style], "stroke-width": 2.2, "clip-path": "url(#" + clip + ")" };
  node("path", { class: "curve", d: path, fill: "none", style: "stroke: " + color, ...look }, svg);
}

function drawCircles(svg, panel, x, y, inside, labels, ink, place) {
  const along = data.sliders[panel.along], chosen = indices();
  for (const circle of panel.circles) {
    const drawn = [];
    along.values.forEach((value, index) => {
      const there = placeOf(chosen.map((each, i) => i === panel.along ? index : each));
      const found = data.simulated[there] && data.simulated[there][circle.name];
      if (!found) return;
      const [, , mean, low, high] = found;
      const a = x(value), b = y(mean);
      if (!inside(a, b)) return;
      const style = "stroke: var(--" + circle.color + "); fill: none";
      node("line", { x1: a, x2: a, y1: y(low), y2: y(high), style, "stroke-width": 2 }, svg);
      node("circle", { class: "simulated", cx: a, cy: b, r: there === place ? 9 : 6, style, "stroke-width": 2 }, svg);
      drawn.push([a, b]);
      for (const [c, d] of [[0, -8], [0, 8], [-8, 0], [8, 0]]) ink.push([a + c, b + d]);
    });
    if (circle.label && drawn.length) labels.push({ text: circle.label, color: circle.color, points: drawn, at: 0, rise: [26, -16] });
  }
}

function placeLabels(svg, labels, ink, box) { // beside its curve, where it hides least
  const placed = [];
  for (const label of labels) {
    const text = node("text", { class: "label", style: "fill: var(--" + label.color + ")" }, svg, label.text);
    const size = text.getComputedTextLength();
    let best = null;
    for (let step = 0; step <= STOPS; step += 1) {
      const [a, b] = label.points[Math.round(step / STOPS * (label.points.length - 1))];
      for (const rise of label.rise) for (const side of label.sides || [-size, -size / 2, 0]) {
        const start = label.sides && side < 0 ? a + side - size : a + side, base = b + rise;
        let over = 0, hidden = 0;
        for (const other of placed)
          if (Math.abs(other.base - base) < LINE && start < other.start + other.size + 6 && other.start < start + size + 6) over += 1;
        for (const [c, d] of ink)
          if (c > start - 3 && c < start + size + 3 && d > base - 12 && d < base + 4) hidden += 1;
        const out = Math.max(0, box.left + 2 - start) + Math.max(0, start + size - box.right) + Math.max(0, box.top + 10 - base) + Math.max(0, base - box.bottom + 4);
        const cost = 60 * over + 8 * hidden + 12 * out + 12 * Math.abs(step / STOPS - label.at) + (rise === label.rise[0] ? 0 : 2);
        if (best === null || cost < best.cost) best = { cost, start, base, size };
      }
    }
    placed.push(best);
    text.setAttribute("x", best.start);
    text.setAttribute("y", best.base);
  }
}

const holders = [...document.querySelectorAll(".panel")].map((panel, number) => ({
  number, title: panel.querySelector("h3"), svg: panel.querySelector("svg"),
  y: panel.querySelector(".ylabel"), x: panel.querySelector(".xlabel"),
}));

function draw() {
  const place = placeOf(indices()), position = data.positions[place];
  position.panels.forEach(([key, curves], i) => drawPanel(holders[i], key, curves, place));
  byId("description").textContent = position.text;
  const now = byId("now");
  now.replaceChildren();
  for (const [key, theory] of position.numbers.slice(0, 3)) {
    const name = document.createElement("dt"), value = document.createElement("dd");
    name.textContent = data.pool[key][1];
    value.textContent = theory;
    value.dataset.number = data.pool[key][0];
    now.append(name, value);
  }
}

// --- the table ---

function fillTable() {
  const place = placeOf(indices()), found = data.simulated[place];
  const body = byId("rows");
  body.replaceChildren();
  for (const [key, theory] of data.positions[place].numbers) {
    const [name, label, unit] = data.pool[key];
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = label;
    if (unit) head.appendChild(document.createElement("small")).textContent = unit;
    row.appendChild(head);
    const each = found && found[name];
    const simulated = each ? each[0] : found ? "not simulated" : "–";
    for (const text of [theory, simulated, each ? each[1] : ""]) row.appendChild(document.createElement("td")).textContent = text;
    row.children[1].dataset.theory = name;
    row.children[2].dataset.simulated = name;
    body.appendChild(row);
  }
  byId("settings").textContent = data.sliders.map((slider, i) => slider.label + ": " + slider.texts[inputs[i].value]).join("; ");
  byId("nowhere").hidden = Boolean(found);
}

function toSimulated() { // the nearest setting that was simulated
  data.sliders.forEach((slider, i) => {
    const at = Number(inputs[i].value);
    inputs[i].value = slider.simulated.reduce((best, each) => Math.abs(each - at) < Math.abs(best - at) ? each : best);
  });
  moved();
}

// --- prediction and exercises ---

function say(place, good, bold, text) {
  place.className = "verdict " + (good ? "good" : "bad");
  place.replaceChildren();
  place.appendChild(document.createElement("strong")).textContent = bold;
  place.append(" " + text);
}

function reveal() {
  for (const part of document.querySelectorAll(".closed")) { part.hidden = false; part.classList.remove("closed"); }
  draw();
}

function commit() {
  const chosen = Number(document.querySelector("input[name=guess]:checked").value);
  const right = data.prediction.right;
  for (const input of document.querySelectorAll("input[name=guess]")) input.disabled = true;
  byId("commit").hidden = true;
  const [yours, answer] = [chosen, right].map((place) => data.prediction.choices[place]);
  const told = chosen === right ? "" : "You chose: " + yours + ". The answer: " + answer + ". ";
  say(byId("turned-out"), chosen === right, chosen === right ? "You predicted it." : "It is otherwise.", told + data.prediction.turnsOut);
  reveal();
  byId("turned-out").focus();
}

function check(number) {
  const exercise = data.exercises[number], place = byId("feedback-" + number);
  let good;
  if (exercise.choices.length) {
    const chosen = document.querySelector("input[name=answer-" + number + "]:checked");
    if (!chosen) return say(place, false, "Nothing chosen yet.", "Choose one of the answers.");
    good = Number(chosen.value) === exercise.answer;
  } else {
    const text = byId("answer-" + number).value.trim().replace(",", ".").replace("−", "-");
    if (text === "" || !Number.isFinite(Number(text))) return say(place, false, "Not a number.", "Write it with digits, as in 1.25.");
    good = Math.abs(Number(text) - exercise.answer) <= exercise.tolerance;
  }
  return say(place, good, good ? "✓" : "Not yet.", good ? exercise.right : exercise.wrong);
}

// --- start ---

function openAll() {
  reveal();
  byId("commit").disabled = true;
}

inputs.forEach((input) => input.addEventListener("input", moved));
byId("show-simulated").addEventListener("change", draw);
byId("show-below").addEventListener("click", () => {
  byId("show-simulated").checked = true;
  toSimulated();
  byId("picture").scrollIntoView();
  inputs[0].focus({ preventScroll: true });
});
byId("to-simulated").addEventListener("click", toSimulated);
for (const input of document.querySelectorAll("input[name=guess]"))
  input.addEventListener("change", () => { byId("commit").disabled = false; });
byId("commit").addEventListener("click", commit);
data.exercises.forEach((exercise, number) => {
  byId("exercise-" + number).addEventListener("submit", (event) => { event.preventDefault(); check(number); });
});
for (const link of document.querySelectorAll('a[href^="#proof-"]'))
  link.addEventListener("click", () => { byId(link.hash.slice(1)).open = true; });
new ResizeObserver(() => draw()).observe(document.querySelector(".panels"));
if (location.hash) { // a lecturer's address opens every part
  openAll();
  const target = byId(location.hash.slice(1));
  if (target) { if (target.tagName === "DETAILS") target.open = true; target.scrollIntoView(); }
} else {
  for (const part of document.querySelectorAll(".closed")) part.hidden = true;
}
moved();
