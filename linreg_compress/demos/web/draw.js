// Draw a panel of a lesson as SVG. Nothing is computed here but places on the screen: every number comes as data.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const held = (value) => Number.isInteger(value) ? data.pool[value] : value; // what repeats stands once, in the pool
const SVG = "http://www.w3.org/2000/svg";
const DASHES = { solid: "", dashed: "7 4", dotted: "2 4", "dash-dotted": "8 3 2 3" };
const LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 22, LINE = 15, STOPS = 16;

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
    const wanted = decades > Math.max(2, room / 30) ? 2 : 1;
    const first = Math.ceil(Math.log10(low) - 1e-9);
    for (let power = first; power <= Math.log10(high) + 1e-9; power += 1)
      for (const digit of decades < 2.5 ? [1, 2, 5] : [1])
        if ((power - first) % wanted === 0 && digit * 10 ** power <= high * 1.0001) found.push(digit * 10 ** power);
    if (decades < 2.5) for (const digit of [2, 5]) if (digit * 10 ** (first - 1) >= low * 0.9999) found.unshift(digit * 10 ** (first - 1));
    return found;
  }
  const rough = (high - low) / Math.max(2, room / 40);
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

// Draw the panel `key` of the pool into a holder, `height` pixels high. `extra` may hold circles and dots that were
// simulated, [{ x, mean, low, high, color, now }] and [{ x, y, color }], words for circles, the student's guesses, and a
// width that is not the one on the screen.
function drawPanel(holder, key, curves, height, extra = {}) {
  const panel = held(key), svg = holder.svg;
  const width = extra.width || Math.max(220, svg.parentNode.clientWidth);
  svg.replaceChildren();
  svg.setAttribute("viewBox", "0 0 " + width + " " + height);
  holder.title.textContent = panel.title;
  holder.y.textContent = panel.y.label;
  holder.x.textContent = panel.x.label;
  const box = { left: panel.y.label ? LEFT : 4, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  const x = scale(panel.x, box.left, box.right), y = scale(panel.y, box.bottom, box.top);
  const at = { svg, box, x, y, labels: [], ink: [] }; // ink: where something is drawn, so that no label is written there
  at.inside = (a, b) => a >= box.left - 1 && a <= box.right + 1 && b >= box.top - 1 && b <= box.bottom + 1;
  drawAxes(at, panel);
  const clip = "clip-" + holder.number;
  const region = node("clipPath", { id: clip }, node("defs", {}, svg));
  node("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, region);
  for (const mark of panel.marks) drawMark(at, mark);
  const dots = [];
  for (const [shapeKey, ...here] of curves) {
    const shape = held(shapeKey), ys = held(shape.y);
    const points = held(shape.x).map((value, i) => ys[i] === null ? null : [x(value), y(ys[i])]);
    drawCurve(at, shape, points, clip);
    if (here.length) dots.push([x(here[0]), y(here[1]), shape.color]);
  }
  if (panel.along !== null && dots.length)
    node("line", { class: "here", x1: dots[0][0], x2: dots[0][0], y1: box.top, y2: box.bottom }, svg);
  for (const point of extra.points || []) drawPoint(at, point);
  for (const circle of extra.circles || []) drawCircle(at, circle);
  for (const words of extra.words || []) at.labels.push({ ...words, points: words.places.map(([a, b]) => [x(a), y(b)]), at: 0, rise: [26, -16] });
  for (const [a, b, color] of dots) {
    if (!at.inside(a, b)) continue;
    const look = { class: "dot", r: 5, style: "fill: var(--" + color + "); stroke: var(--paper)", "stroke-width": 1.5 };
    node("circle", { cx: a, cy: b, ...look }, svg);
    at.ink.push([a, b - 5], [a, b], [a, b + 5]);
  }
  for (const guess of extra.guesses || []) drawGuess(at, guess);
  placeLabels(at);
}

function drawAxes({ svg, box, x, y }, panel) {
  for (const value of panel.y.label ? ticks(panel.y, box.bottom - box.top) : []) {
    node("line", { class: "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }, svg);
    const base = Math.min(y(value) + 4, box.bottom); // above the numbers of the other axis
    node("text", { x: box.left - 6, y: base, "text-anchor": "end" }, svg, tickText(value));
  }
  for (const value of ticks(panel.x, box.right - box.left)) {
    node("line", { class: "grid", x1: x(value), x2: x(value), y1: box.top, y2: box.bottom }, svg);
    node("text", { x: x(value), y: box.bottom + 16, "text-anchor": "middle" }, svg, tickText(value));
  }
  const corners = panel.y.label ? "M" + box.left + " " + box.top + "V" + box.bottom : "M" + box.left + " " + box.bottom;
  node("path", { class: "frame", d: corners + "H" + box.right }, svg);
}

function drawMark({ svg, box, x, labels, ink }, mark) {
  const at = x(mark.x);
  if (at < box.left || at > box.right) return;
  const line = { x1: at, x2: at, y1: box.top, y2: box.bottom, "stroke-dasharray": DASHES[mark.style], "stroke-width": 1.5 };
  node("line", { ...line, style: "stroke: var(--" + mark.color + ")" }, svg);
  const heights = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9].map((share) => [at, box.top + 11 + share * (box.bottom - box.top - 20)]);
  labels.push({ text: mark.label, color: mark.color, points: heights, at: 0, rise: [0], sides: [4, -4] });
  for (let b = box.top; b < box.bottom; b += 5) ink.push([at, b]);
}

function drawCurve({ svg, inside, labels, ink }, shape, points, clip) {
  const color = "var(--" + shape.color + ")", dotted = shape.style === "points";
  const seen = (dotted ? points.filter(Boolean) : fine(points)).filter(([a, b]) => inside(a, b));
  ink.push(...seen);
  const far = dotted ? [-12, 22] : [-7, 16];
  if (seen.length && shape.label)
    labels.push({ text: shape.label, color: shape.color, points: seen, at: shape.at, rise: shape.above ? far : far.reverse() });
  if (dotted) {
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

function drawCircle({ svg, x, y, inside, ink }, circle) {
  const a = x(circle.x), b = y(circle.mean);
  if (!inside(a, b)) return;
  const style = "stroke: var(--" + circle.color + "); fill: none";
  node("line", { x1: a, x2: a, y1: y(circle.low), y2: y(circle.high), style, "stroke-width": 2 }, svg);
  node("circle", { class: "simulated", cx: a, cy: b, r: circle.now ? 9 : 6, style, "stroke-width": 2 }, svg);
  blot(ink, a, b, circle.now ? 8 : 6);
}

function blot(ink, a, b, reach) { // a sign that no label should hide: it counts as much as a long piece of a curve
  for (const c of [-1, 0, 1]) for (const d of [-1, 0, 1]) ink.push([a + c * reach, b + d * reach]);
}

function drawPoint({ svg, x, y, inside }, point) {
  const a = x(point.x) + point.aside, b = y(point.y);
  if (inside(a, b)) node("circle", { class: "drawn", cx: a, cy: b, r: 2.5, style: "fill: var(--" + point.color + ")" }, svg);
}

function drawGuess({ svg, box, x, y, labels, ink }, guess) {
  const within = ([a, b]) => [Math.max(box.left, Math.min(box.right, x(a))), Math.max(box.top, Math.min(box.bottom, y(b)))];
  const [a, b] = within(guess.at), ends = guess.to ? within(guess.to) : [a, b];
  const group = node("g", { class: "guess" }, svg);
  if (guess.to) {
    const length = Math.hypot(ends[0] - a, ends[1] - b) || 1, along = [(ends[0] - a) / length, (ends[1] - b) / length];
    node("line", { x1: a, y1: b, x2: ends[0], y2: ends[1] }, group);
    for (const side of [-1, 1]) {
      const back = -9, off = 5 * side;
      node("line", { x1: ends[0], y1: ends[1], x2: ends[0] + back * along[0] - off * along[1], y2: ends[1] + back * along[1] + off * along[0] }, group);
    }
    for (let k = 0; k <= 10; k += 1) ink.push([a + k / 10 * (ends[0] - a), b + k / 10 * (ends[1] - b)]);
  } else {
    node("path", { d: "M" + a + " " + (b - 8) + "l8 8l-8 8l-8 -8z" }, group);
    for (const reach of [3, 8]) blot(ink, a, b, reach);
  }
  if (guess.label) labels.push({ text: guess.label, color: "ink", points: [ends, [(a + ends[0]) / 2, (b + ends[1]) / 2]], at: 0, rise: [-12, 22], strong: true, beside: 14 });
}

function placeLabels({ svg, box, labels, ink }) { // beside what they name, where they hide least
  const placed = [];
  labels.sort((one, other) => Number(Boolean(other.strong)) - Number(Boolean(one.strong))); // a guess has few places
  const texts = labels.map((label) => {
    const style = "fill: var(--" + label.color + ")";
    return node("text", { class: label.strong ? "label strong" : "label", style }, svg, label.text);
  });
  const sizes = texts.map((text) => text.getComputedTextLength()); // measured together: one layout
  labels.forEach((label, number) => {
    const size = sizes[number];
    let best = null;
    for (let step = 0; step <= STOPS; step += 1) {
      const [a, b] = label.points[Math.round(step / STOPS * (label.points.length - 1))];
      for (const [rise, start] of placesOf(label, a, size)) {
        const base = b + rise;
        const out = Math.max(0, box.left + 2 - start) + Math.max(0, start + size - box.right) + Math.max(0, box.top + 10 - base) + Math.max(0, base - box.bottom + 4);
        let cost = 12 * out + 12 * Math.abs(step / STOPS - label.at) + (rise === label.rise[0] ? 0 : 2);
        for (const other of placed)
          if (Math.abs(other.base - base) < LINE && start < other.start + other.size + 6 && other.start < start + size + 6) cost += 400;
        if (best !== null && cost >= best.cost) continue; // what it hides would only add to it
        for (const [c, d] of ink)
          if (c > start - 3 && c < start + size + 3 && d > base - 12 && d < base + 4) cost += 8;
        if (best === null || cost < best.cost) best = { cost, start, base, size };
      }
    }
    placed.push(best);
    texts[number].setAttribute("x", best.start);
    texts[number].setAttribute("y", best.base);
  });
}

function placesOf({ rise, sides, beside }, a, size) { // of a label at a point: how far below it, and where the text starts
  const starts = sides ? sides.map((side) => side < 0 ? a + side - size : a + side) : [a - size, a - size / 2, a];
  const found = rise.flatMap((down) => starts.map((start) => [down, start]));
  return beside ? [...found, [4, a + beside], [4, a - beside - size]] : found;
}

let numbered = 0;
function holdersIn(place, count, described) { // the panels of a picture: title, label of each axis, and a drawing
  while (place.children.length < count) {
    const panel = document.createElement("div"), number = numbered++;
    panel.className = "panel";
    for (const [kind, name] of [["h3", ""], ["p", "ylabel"], ["svg", ""], ["p", "xlabel"]]) {
      const part = kind === "svg" ? document.createElementNS(SVG, "svg") : document.createElement(kind);
      if (name) part.className = name;
      panel.appendChild(part);
    }
    const [title, , svg] = panel.children;
    title.id = "panel-" + number;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-labelledby", title.id);
    if (described) svg.setAttribute("aria-describedby", described);
    place.appendChild(panel);
    place.classList.toggle("three", count === 3);
  }
  return [...place.children].map((panel) => {
    const [title, y, svg, x] = panel.children;
    return { number: title.id, title, y, svg, x };
  });
}
