// What a student does with a lesson: guess, move sliders, look, answer. Drawing is in draw.js, live simulation in live.js.

const inputs = data.sliders.map((slider) => byId("slider-" + slider.name));
const strides = data.sliders.map((_, i) => data.sliders.slice(i + 1).reduce((product, s) => product * s.values.length, 1));
let holders = [];
const REST = 300; // milliseconds after which a slider counts as resting
let guessed = null; // the index of the choice

// --- positions of the sliders ---

const indices = () => inputs.map((input) => Number(input.value));
const placeOf = (chosen) => chosen.reduce((sum, index, i) => sum + index * strides[i], 0);
const placeNow = () => placeOf(indices());
const startOf = (i) => data.sliders[i].start;

async function ask(what) { // a served page asks its server, a page on disk never does
  const answer = await fetch(what);
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

let asking = false;
async function moved() {
  data.sliders.forEach((slider, i) => {
    const text = slider.texts[inputs[i].value];
    inputs[i].setAttribute("aria-valuetext", text);
    byId("value-" + slider.name).textContent = text;
  });
  while (!data.positions[placeNow()]) {
    if (asking) return; // drawn when the answer to the question before is there
    asking = true;
    const place = placeNow();
    try {
      data.positions[place] = await ask("at?place=" + place);
      byId("trouble").hidden = true;
    } catch {
      byId("trouble").hidden = false;
      return;
    } finally {
      asking = false;
    }
  }
  draw();
  fillTable();
  announce();
}

let announcement = 0;
function announce() { // once the slider rests, so that a screen reader is not flooded
  clearTimeout(announcement);
  announcement = setTimeout(() => {
    const position = data.positions[placeNow()];
    if (!position) return;
    byId("live").textContent = position.numbers.slice(0, 3).map(([key, theory]) => held(key)[1] + ": " + theory).join("; ");
    if (isOpen()) history.replaceState(null, "", "#" + address()); // what the address bar holds can be sent to others
  }, REST);
}

// --- the address: #samples=80&bits=2 is a position, and opens every part, as #picture does ---

const address = () => data.sliders.map((slider, i) => slider.name + "=" + slider.values[inputs[i].value]).join("&");

function goTo(text) {
  const wanted = new URLSearchParams(text);
  data.sliders.forEach((slider, i) => {
    const value = Number(wanted.get(slider.name));
    if (!wanted.has(slider.name) || !Number.isFinite(value)) return;
    const nearest = slider.values.reduce((best, each, k) => Math.abs(each - value) < Math.abs(slider.values[best] - value) ? k : best, 0);
    inputs[i].value = nearest;
  });
}

async function share() {
  history.replaceState(null, "", "#" + address());
  let said = "Copied.";
  try { await navigator.clipboard.writeText(location.href); } catch { said = "The address bar holds it: copy it from there."; }
  byId("shared").textContent = said;
}

// --- the picture ---

function panelHeight() { // so that sliders and panels are seen together, also on a phone
  const columns = getComputedStyle(document.querySelector(".panels")).gridTemplateColumns.split(" ").length;
  const rows = Math.ceil(holders.length / columns);
  const around = holders.reduce((most, { title, x, y }) => Math.max(most, title.offsetHeight + y.offsetHeight + x.offsetHeight), 0);
  const room = innerHeight - byId("controls").offsetHeight - byId("outcome").offsetHeight - 20;
  return Math.round(Math.max(104, Math.min(270, room / rows - around - 8)));
}

let height = 270, onPaper = false;
function draw() {
  const place = placeNow(), position = data.positions[place];
  if (!position || !isOpen()) return;
  holders = holdersIn(document.querySelector(".panels"), position.panels.length, "description");
  position.panels.forEach(([key, curves], i) => drawPanel(holders[i], key, curves, height, extras(held(key), i, place)));
  byId("description").textContent = position.text;
  const now = byId("now");
  now.replaceChildren();
  for (const [key, theory] of position.numbers.slice(0, 3)) {
    const name = document.createElement("dt"), value = document.createElement("dd");
    name.textContent = held(key)[1];
    value.textContent = theory;
    value.dataset.number = held(key)[0];
    now.append(name, value);
  }
}

function fit() {
  draw(); // fills titles and labels, whose heights count
  const before = height;
  if (!onPaper) height = panelHeight();
  if (height !== before) draw();
}

function extras(panel, number, place) {
  const chosen = indices(), found = { circles: [], words: [], points: [], guesses: [] };
  const others = chosen.every((index, i) => i === panel.along || index === startOf(i));
  if (guessed !== null && others) found.guesses = data.prediction.guesses[guessed].filter((each) => each.panel === number);
  if (panel.along === null) return found;
  const along = data.sliders[panel.along];
  for (const circle of panel.circles) {
    const places = [];
    along.values.forEach((value, index) => {
      const there = placeOf(chosen.map((each, i) => i === panel.along ? index : each));
      const live = liveFound(there, circle.name);
      const stored = byId("show-simulated").checked && data.simulated[there] && data.simulated[there][circle.name];
      const [mean, low, high] = live ? intervalOf(live) : stored ? stored.slice(2) : [];
      if (mean === undefined) return;
      found.circles.push({ x: value, mean, low, high, color: circle.color, now: there === place });
      if (live) found.points.push(...live.points.map((y, k) => ({ x: value, y, color: circle.color, aside: 16 * ((k * 0.618) % 1 - 0.5) })));
      places.push([value, mean]);
    });
    if (circle.label && places.length) found.words.push({ text: circle.label, color: circle.color, places });
  }
  return found;
}

// --- the table ---

function fillTable() {
  const place = placeNow(), position = data.positions[place], stored = data.simulated[place];
  if (!position) return;
  const body = byId("rows"), live = Boolean(liveAt(place));
  body.replaceChildren();
  for (const [key, theory, value] of position.numbers) {
    const [name, label, unit, kind] = held(key);
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = label;
    if (unit) head.appendChild(document.createElement("small")).textContent = unit;
    row.appendChild(head);
    const now = liveFound(place, name), each = now ? [meanText(now), verdict(now, value, kind)] : stored && stored[name];
    const simulated = each ? each[0] : stored || live ? "not simulated" : "–";
    for (const text of [theory, simulated, each ? each[1] : ""]) row.appendChild(document.createElement("td")).textContent = text;
    row.children[1].dataset.theory = name;
    row.children[2].dataset.simulated = name;
    body.appendChild(row);
  }
  byId("settings").textContent = data.sliders.map((slider, i) => slider.label + ": " + slider.texts[inputs[i].value]).join("; ");
  byId("nowhere").hidden = Boolean(stored) || live;
}

async function simulateHere() { // served: the library simulates at this setting
  const place = placeNow(), button = byId("simulate"), asked = button.textContent;
  button.disabled = true;
  button.textContent = "Simulating …"; // some seconds where each trial trains a network
  try {
    data.simulated[place] = await ask("simulate?place=" + place);
    byId("show-simulated").checked = true;
    byId("trouble").hidden = true;
  } catch {
    byId("trouble").hidden = false;
  }
  button.disabled = false;
  button.textContent = asked;
  draw();
  fillTable();
}

function toSimulated() { // the nearest setting that was simulated
  data.sliders.forEach((slider, i) => {
    const at = Number(inputs[i].value);
    inputs[i].value = slider.simulated.reduce((best, each) => Math.abs(each - at) < Math.abs(best - at) ? each : best);
  });
  moved();
}

// --- the guess and the exercises ---

function say(place, good, bold, text) {
  place.className = "verdict " + (good ? "good" : "bad");
  place.replaceChildren();
  place.appendChild(document.createElement("strong")).textContent = bold;
  place.append(" " + text);
}

const isOpen = () => document.body.classList.contains("open");

function reveal() {
  document.body.classList.add("open");
  for (const part of document.querySelectorAll(".closed")) { part.hidden = false; part.classList.remove("closed"); }
  moved();
  fit();
}

async function commit() {
  const chosen = Number(document.querySelector("input[name=guess]:checked").value);
  for (const input of document.querySelectorAll("input[name=guess]")) input.disabled = true;
  byId("commit").disabled = true;
  await opening;
  guessed = chosen;
  const right = data.prediction.right, good = chosen === right;
  byId("commit").hidden = true;
  const [yours, answer] = [chosen, right].map((place) => data.prediction.choices[place]);
  const told = good ? "" : "You chose: " + yours + ". The answer: " + answer + ". ";
  const bold = good ? "You predicted it." : "It is otherwise.";
  say(byId("outcome"), good, bold, "Your guess: " + yours + ".");
  say(byId("turned-out"), good, bold, told + data.prediction.turnsOut);
  reveal();
  byId("picture").scrollIntoView();
  byId("outcome").focus({ preventScroll: true });
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

const opening = data.prediction ? Promise.resolve() : ask("opening").then((found) => {
  Object.assign(data, found);
  for (const told of data.answers) byId("answers").appendChild(document.createElement("p")).textContent = told;
}).catch(() => { byId("trouble").hidden = false; throw new Error("no answer"); });

const upon = (name, event, action) => { if (byId(name)) byId(name).addEventListener(event, action); };
inputs.forEach((input) => input.addEventListener("input", moved));
upon("show-simulated", "change", draw);
upon("show-below", "click", () => {
  byId("show-simulated").checked = true;
  toSimulated();
  byId("picture").scrollIntoView();
  inputs[0].focus({ preventScroll: true });
});
upon("to-simulated", "click", toSimulated);
upon("simulate", "click", simulateHere);
upon("share", "click", share);
for (const input of document.querySelectorAll("input[name=guess]"))
  input.addEventListener("change", () => { byId("commit").disabled = false; });
upon("commit", "click", commit);
document.querySelectorAll("form.exercise").forEach((form, number) => {
  form.addEventListener("submit", (event) => { event.preventDefault(); check(number); });
});
for (const link of document.querySelectorAll('a[href^="#proof-"]'))
  link.addEventListener("click", () => {
    for (let part = byId(link.hash.slice(1)); part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  });
for (const proof of document.querySelectorAll("details[data-ask]"))
  proof.addEventListener("toggle", async () => { // served: a proof is verified and printed when it is opened
    if (!proof.dataset.ask) return;
    const where = proof.dataset.ask;
    proof.dataset.ask = "";
    const found = await fetch(where);
    proof.querySelector("div").innerHTML = await found.text();
  });
let opened = true, unfolded = [];
addEventListener("beforeprint", () => { // paper shows every part, also of a page on which nobody has guessed yet
  opened = isOpen();
  document.body.classList.add("open");
  for (const part of document.querySelectorAll(".closed")) part.hidden = false;
  unfolded = [...document.querySelectorAll("details:not(.proof, [open])")];
  for (const part of unfolded) part.open = true;
  onPaper = true;
  fitPaper();
});
addEventListener("afterprint", () => {
  document.body.classList.toggle("open", opened);
  for (const part of document.querySelectorAll(".closed")) part.hidden = !opened;
  for (const part of unfolded) part.open = false;
  document.documentElement.style.fontSize = "";
  onPaper = false;
  if (opened) fit();
});

// Points of the letters and pixels of the panels, the largest that fit on the front and the back of one sheet.
const SIZES = [[9, 225], [8.6, 200], [8.2, 190], [7.9, 180], [7.6, 170], [7.3, 160], [7, 150]];
const SHEET = { width: "186mm", height: 279 * 96 / 25.4 - 2 }; // within the margins that page.css gives to A4
function fitPaper() {
  const root = document.documentElement.style, body = document.body.style, before = [];
  for (const rule of document.styleSheets[0].cssRules) { // laid out for a moment as paper is, to be measured
    const media = rule.media && rule.media.mediaText;
    if (!media || media.includes("color")) continue;
    before.push([rule, media]);
    rule.media.mediaText = media === "print" ? "all" : "not all";
  }
  body.width = SHEET.width;
  for (const [points, tall] of SIZES) {
    root.fontSize = points + "pt";
    height = tall;
    draw();
    const top = document.body.getBoundingClientRect().top, parts = [...document.querySelectorAll("main section, #answers")];
    const bottoms = parts.map((part) => part.getBoundingClientRect().bottom);
    const turn = byId("answers").getBoundingClientRect().top;
    if (Math.max(turn - top, Math.max(...bottoms) - turn) <= SHEET.height) break;
  }
  for (const [rule, media] of before) rule.media.mediaText = media;
  body.width = "";
}

let width = 0;
new ResizeObserver(([seen]) => { // not when a phone's address bar hides: that changes the height alone
  if (seen.contentRect.width === width) return;
  width = seen.contentRect.width;
  fit();
}).observe(document.querySelector(".panels"));

async function follow() { // a lecturer's address opens every part
  const wanted = location.hash.slice(1); // #paper is for a handout
  if (wanted.includes("=")) goTo(wanted);
  await opening;
  if (wanted === "paper") byId("show-simulated").checked = true;
  reveal();
  byId("commit").disabled = true;
  const target = byId(wanted.includes("=") ? "picture" : wanted);
  if (!target) return;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", () => { if (location.hash.length > 1) follow(); });
if (location.hash.length > 1) follow();
else {
  for (const part of document.querySelectorAll(".closed")) part.hidden = true;
  opening.then(moved);
}
