// Clusters of numbers: the exact optimum, and the local searches that miss it. A clustering is { cost, sent }: the sum of
// squared distances, and for each number the centre that is sent in its place.

function bestClusters(values, levels) { // a dynamic program over intervals of the sorted numbers
  const n = values.length, order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const sums = new Float64Array(n + 1), squares = new Float64Array(n + 1);
  order.forEach((i, k) => { sums[k + 1] = sums[k] + values[i]; squares[k + 1] = squares[k] + values[i] ** 2; });
  const mean = (i, j) => (sums[j] - sums[i]) / (j - i);
  const within = (i, j) => Math.max(0, squares[j] - squares[i] - (j - i) * mean(i, j) ** 2);
  let costs = Float64Array.from({ length: n + 1 }, (_, j) => j ? within(0, j) : 0);
  const cuts = [new Int32Array(n + 1)];
  for (let k = 1; k < Math.min(levels, n); k += 1) {
    const next = new Float64Array(n + 1), cut = new Int32Array(n + 1);
    for (let j = 1; j <= n; j += 1) {
      next[j] = Infinity;
      for (let i = 0; i < j; i += 1) {
        const cost = costs[i] + within(i, j);
        if (cost < next[j]) { next[j] = cost; cut[j] = i; }
      }
    }
    costs = next;
    cuts.push(cut);
  }
  const sent = new Float64Array(n);
  for (let k = cuts.length - 1, j = n; j > 0; k -= 1) {
    const i = k > 0 ? cuts[k][j] : 0;
    for (let place = i; place < j; place += 1) sent[order[place]] = mean(i, j);
    j = i;
  }
  return { cost: costs[n], sent };
}

function equallySpaced(values, levels) {
  const low = Math.min(...values), high = Math.max(...values);
  return Array.from({ length: levels }, (_, k) => levels > 1 ? low + k / (levels - 1) * (high - low) : low);
}

function spreadApart(values, levels, random) { // k-means++, of a few candidates the best (Arthur and Vassilvitskii 2007)
  const candidates = 2 + Math.floor(Math.log(levels)), centers = [values[Math.floor(random.uniform() * values.length)]];
  let nearest = Float64Array.from(values, (value) => (value - centers[0]) ** 2);
  while (centers.length < levels) {
    const total = nearest.reduce((sum, each) => sum + each, 0);
    if (!(total > 0)) break;
    let best = null;
    for (let k = 0; k < candidates; k += 1) {
      let left = random.uniform() * total, place = 0;
      while (place < values.length - 1 && left >= nearest[place]) left -= nearest[place++];
      const after = nearest.map((each, i) => Math.min(each, (values[i] - values[place]) ** 2));
      const cost = after.reduce((sum, each) => sum + each, 0);
      if (best === null || cost < best.cost) best = { cost, after, center: values[place] };
    }
    centers.push(best.center);
    nearest = best.after;
  }
  return centers;
}

function searchFrom(values, start) { // nearest centres and best centres in turn, until nothing changes
  let centers = start, before = "", best = null;
  const keep = (nearest) => {
    const sent = Float64Array.from(nearest, (k) => centers[k]);
    const cost = sent.reduce((sum, each, i) => sum + (values[i] - each) ** 2, 0);
    if (best === null || cost < best.cost) best = { cost, sent };
  };
  for (let step = 0; step < 300; step += 1) {
    let nearest = Array.from(values, (value) => {
      let closest = 0;
      centers.forEach((center, k) => { if (Math.abs(value - center) < Math.abs(value - centers[closest])) closest = k; });
      return closest;
    });
    const used = [...new Set(nearest)].sort((a, b) => a - b); // a centre without numbers is dropped
    centers = used.map((k) => centers[k]);
    nearest = nearest.map((k) => used.indexOf(k));
    keep(nearest);
    if (nearest.join() === before) break;
    before = nearest.join();
    const sums = centers.map(() => [0, 0]);
    nearest.forEach((k, i) => { sums[k][0] += values[i]; sums[k][1] += 1; });
    centers = sums.map(([sum, count]) => sum / count);
    keep(nearest);
  }
  return best;
}

function clustered({ levels, start, starts }, values, random) { // the best of so many searches, or the optimum
  if (start === "optimum") return bestClusters(values, levels);
  let best = null;
  for (let k = 0; k < starts; k += 1) {
    const found = searchFrom(values, start === "linear" ? equallySpaced(values, levels) : spreadApart(values, levels, random));
    if (best === null || found.cost < best.cost) best = found;
  }
  return best;
}
