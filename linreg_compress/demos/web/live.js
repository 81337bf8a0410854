// Raw data, drawn and fitted by the page itself with a generator of its own: xoshiro128++ (Blackman and Vigna 2018),
// seeded by splitmix32. No expected risk is known here: a trial draws X, w* and y, fits, compresses and measures.

function generator(seed) {
  let mixed = seed >>> 0;
  const split = () => {
    mixed = mixed + 0x9e3779b9 >>> 0;
    let z = mixed ^ mixed >>> 16;
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ z >>> 15) >>> 0;
  };
  const state = Uint32Array.of(split(), split(), split(), split());
  const turned = (x, k) => x << k | x >>> 32 - k;
  const bits = () => {
    const drawn = turned(state[0] + state[3] | 0, 7) + state[0] >>> 0, t = state[1] << 9;
    state[2] ^= state[0]; state[3] ^= state[1]; state[1] ^= state[2]; state[0] ^= state[3];
    state[2] ^= t;
    state[3] = turned(state[3], 11);
    return drawn;
  };
  const uniform = () => (bits() + 0.5) / 4294967296;
  let spare = null;
  const normal = () => { // Marsaglia's polar method
    if (spare !== null) { const kept = spare; spare = null; return kept; }
    for (;;) {
      const a = 2 * uniform() - 1, b = 2 * uniform() - 1, s = a * a + b * b;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt(-2 * Math.log(s) / s);
      spare = b * factor;
      return a * factor;
    }
  };
  return { bits, uniform, normal };
}

// --- linear algebra on square matrices that are stored row by row ---

function cholesky(gram, d) { // lower L with L L' = gram
  const lower = new Float64Array(d * d);
  for (let i = 0; i < d; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = gram[i * d + j];
      for (let k = 0; k < j; k += 1) sum -= lower[i * d + k] * lower[j * d + k];
      lower[i * d + j] = i === j ? Math.sqrt(sum) : sum / lower[j * d + j];
    }
  return lower;
}

function forward(lower, vector, d) { // L^-1 v
  const found = Float64Array.from(vector);
  for (let i = 0; i < d; i += 1) {
    for (let k = 0; k < i; k += 1) found[i] -= lower[i * d + k] * found[k];
    found[i] /= lower[i * d + i];
  }
  return found;
}

function backward(lower, vector, d) { // L'^-1 v
  const found = Float64Array.from(vector);
  for (let i = d - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < d; k += 1) found[i] -= lower[k * d + i] * found[k];
    found[i] /= lower[i * d + i];
  }
  return found;
}

// --- one trial ---

function drawTrial(experiment, random) {
  const { samples: n, features: d, noise, signal } = experiment;
  const truth = Float64Array.from({ length: d }, () => signal ? signal * random.normal() : 0);
  const x = Float64Array.from({ length: n * d }, random.normal), y = new Float64Array(n);
  const gram = new Float64Array(d * d), moment = new Float64Array(d);
  for (let i = 0; i < n; i += 1) {
    const row = x.subarray(i * d, i * d + d);
    y[i] = noise * random.normal();
    for (let j = 0; j < d; j += 1) y[i] += row[j] * truth[j];
    for (let j = 0; j < d; j += 1) {
      moment[j] += row[j] * y[i];
      for (let k = 0; k <= j; k += 1) gram[j * d + k] += row[j] * row[k];
    }
  }
  for (let j = 0; j < d; j += 1) for (let k = 0; k < j; k += 1) gram[k * d + j] = gram[j * d + k];
  const lower = cholesky(gram, d);
  const weights = backward(lower, forward(lower, moment, d), d);
  return { n, d, noise, truth, x, y, gram, moment, lower, weights };
}

const nearest = (code, value) => { // the level of the cell (t_{k-1}, t_k] in which a value lies
  let cell = 0;
  while (cell < code.thresholds.length && value > code.thresholds[cell]) cell += 1;
  return code.levels[cell];
};

const CODES = {
  none: (code, { weights }) => weights,
  blind: (code, { weights }, random) => weights.map((w) => code.kept * w + code.spread * random.normal()),
  aware: (code, { weights, lower, d }, random) => {
    const colored = backward(lower, Float64Array.from({ length: d }, random.normal), d);
    return weights.map((w, j) => code.kept * w + code.spread * colored[j]);
  },
  ridge: (code, { gram, moment, d }) => {
    const shifted = Float64Array.from(gram);
    for (let j = 0; j < d; j += 1) shifted[j * d + j] += code.penalty;
    const lower = cholesky(shifted, d);
    return backward(lower, forward(lower, moment, d), d);
  },
  cells: (code, { weights }) => weights.map((w) => nearest(code, w)),
  clusters: (code, { weights }, random) => clustered(code, weights, random).sent,
  successive: (code, { weights, gram, d }) => { // GPTQ: weight 0 first, each error pushed onto the weights still free
    const turned = Float64Array.from(gram, (_, at) => gram[(d - 1 - Math.floor(at / d)) * d + d - 1 - at % d]);
    const lower = cholesky(turned, d), free = Float64Array.from(weights).reverse(), sent = new Float64Array(d);
    for (let place = d - 1; place >= 0; place -= 1) {
      let target = free[place];
      for (let j = place + 1; j < d; j += 1) target += lower[j * d + place] / lower[place * d + place] * (free[j] - sent[j]);
      sent[place] = nearest(code, target);
    }
    return sent.reverse();
  },
};

function measured({ n, d, noise, truth, x, y }, weights) {
  let training = 0, excess = 0;
  for (let i = 0; i < n; i += 1) {
    let residual = y[i];
    for (let j = 0; j < d; j += 1) residual -= x[i * d + j] * weights[j];
    training += residual * residual / n;
  }
  for (let j = 0; j < d; j += 1) excess += (weights[j] - truth[j]) ** 2; // features are independent, of variance 1
  return { training, fresh: noise * noise + excess };
}

function runTrial(experiment, random) { // the numbers of the table, by name
  const trial = drawTrial(experiment, random), before = measured(trial, trial.weights), found = {};
  for (const code of experiment.codes.map(held)) {
    const sent = CODES[code.kind](code, trial, random), after = measured(trial, sent);
    const all = {
      empirical_risk: after.training, population_risk: after.fresh, generalization_error: after.fresh - after.training,
      distortion: after.training - before.training, population_risk_change: after.fresh - before.fresh,
    };
    if (code.kind === "clusters") {
      all.cost = sent.reduce((sum, each, j) => sum + (trial.weights[j] - each) ** 2, 0);
      all.excess_percent = 100 * (all.cost / bestClusters(trial.weights, code.levels).cost - 1);
      all.over_one_percent = Number(all.excess_percent > 1);
    }
    const shows = held(code.shows);
    for (const name in shows) found[name] = all[shows[name]];
  }
  return found;
}

// --- means, as they are watched ---

const KEPT = 60, MOST = 400, FRAME = 12; // points that stay drawn, trials of a run, milliseconds of work between two frames
const runs = {}; // by place, then by the name of the number

function add(tallies, found) {
  for (const name in found) {
    const tally = tallies[name] ||= { count: 0, mean: 0, squares: 0, points: [] };
    const off = found[name] - tally.mean;
    tally.count += 1;
    tally.mean += off / tally.count;
    tally.squares += off * (found[name] - tally.mean);
    if (tally.points.length < KEPT) tally.points.push(found[name]);
  }
  return tallies;
}

function simulateLive(experiment, seed, trials) { // at once, for who does not watch
  const random = generator(seed), tallies = {};
  for (let trial = 0; trial < trials; trial += 1) add(tallies, runTrial(experiment, random));
  return tallies;
}

const liveAt = (place) => runs[place];
const liveFound = (place, name) => runs[place] && runs[place][name] && runs[place][name].count > 1 ? runs[place][name] : null;
const errorOf = (tally) => Math.sqrt(tally.squares / (tally.count - 1) / tally.count);
const intervalOf = (tally) => [tally.mean, tally.mean - 1.96 * errorOf(tally), tally.mean + 1.96 * errorOf(tally)];

function meanText(tally) {
  const error = errorOf(tally), decimals = Math.min(6, Math.max(0, error > 0 ? 1 - Math.floor(Math.log10(error)) : 6));
  return (tally.mean.toFixed(decimals) + " ± " + error.toFixed(decimals)).replace("-", "−");
}

function verdict(tally, theory, kind) {
  if (theory === null) return "";
  const z = (tally.mean - theory) / (errorOf(tally) || 1e-9);
  if (kind === "upper") return z <= 5 ? "holds" : "broken";
  if (kind === "lower") return z >= -5 ? "holds" : "broken";
  return ((Math.abs(z) <= 5 ? "agrees, " : "differs, ") + (z < 0 ? "" : "+") + z.toFixed(1) + " s.e.").replace("-", "−");
}

let running = null;
function watch() { // adds data sets to the picture until there are enough, or until the button is pressed again
  if (running) { running = null; return byId("watch").textContent = byId("watch").dataset.start; }
  const place = placeNow(), experiment = data.positions[place].live, random = generator(Number(byId("seed").value) || 0);
  if (!experiment) return byId("watched").textContent = byId("watch").dataset.not;
  const tallies = runs[place] = {}, run = running = {};
  let done = 0;
  byId("watch").textContent = "Stop";
  const frame = () => {
    if (run !== running) return;
    const began = performance.now();
    const slow = done < 30 ? 1 : Infinity; // the first ones are seen one by one
    for (let k = 0; k < slow && done < MOST && performance.now() - began < FRAME; k += 1, done += 1) add(tallies, runTrial(experiment, random));
    if (place === placeNow()) { draw(); fillTable(); }
    byId("watched").textContent = done + " data sets drawn at this setting.";
    if (done < MOST) return requestAnimationFrame(frame);
    running = null;
    byId("watch").textContent = byId("watch").dataset.start;
    byId("seed").value = Number(byId("seed").value) + 1; // the next run draws others
  };
  byId("picture").scrollIntoView();
  requestAnimationFrame(frame);
}
if (byId("watch")) byId("watch").addEventListener("click", watch);
