// Workers of one study that share a database, second by second: how long they wait for it, and when it is full.

/** Exponential and log-normal draws from one small generator, so that a simulation can be repeated. */
function generator(seed) {
  let state = seed >>> 0 || 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, logNormal: (mean, sigma) => mean * Math.exp(sigma * normal() - sigma ** 2 / 2) };
}

/** A queue of things to happen, earliest first. */
class Agenda {
  #heap = [];
  get isEmpty() {
    return this.#heap.length === 0;
  }
  add(time, what) {
    const heap = this.#heap;
    let i = heap.push({ time, what }) - 1;
    while (i > 0 && heap[(i - 1) >> 1].time > heap[i].time) {
      const parent = (i - 1) >> 1;
      [heap[i], heap[parent]] = [heap[parent], heap[i]];
      i = parent;
    }
  }
  next() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < heap.length && heap[left].time < heap[least].time) least = left;
        if (right < heap.length && heap[right].time < heap[least].time) least = right;
        if (least === i) break;
        [heap[i], heap[least]] = [heap[least], heap[i]];
        i = least;
      }
    }
    return first;
  }
}

/**
 * @param cost of the database's dealings with one trial: `roundTrips`, and `serverMs` of its processors' time; of one sign of life `beatMs`
 * @returns shares of the workers' time that training and waiting take, the database's load, and how long an ask takes
 */
export function simulate({
  workers,
  trialSeconds,
  latencyMs,
  cores,
  cost,
  beatMs,
  beatEvery = 15,
  hours = 2,
  seed = 1,
}) {
  const random = generator(seed);
  const agenda = new Agenda();
  const free = new Float64Array(cores); // when each of the server's processors is free again
  const end = Math.max(3600 * hours, 6 * trialSeconds);
  let [busy, trained, waited, trials] = [0, 0, 0, 0];
  const waits = [];

  /** A dealing of so many round trips that costs the server so much: when it is over. */
  const deal = (now, roundTrips, ms) => {
    let core = 0;
    for (let i = 1; i < cores; i++) if (free[i] < free[core]) core = i;
    const began = Math.max(now + latencyMs / 2000, free[core]);
    free[core] = began + ms / 1000;
    busy += ms / 1000;
    return free[core] + (latencyMs / 1000) * (roundTrips - 0.5);
  };
  // Ask, three reports and tell: measured together, so each is a fifth.
  const part = { roundTrips: cost.roundTrips / 5, ms: cost.serverMs / 5 };
  const wait = (now) => {
    const over = deal(now, part.roundTrips, part.ms);
    waited += over - now;
    waits.push(over - now);
    return over;
  };
  const next = (worker, stage, seconds, now) => {
    const over = wait(now);
    if (stage === 4) {
      trials++;
      return agenda.add(over, () => next(worker, 0, random.logNormal(trialSeconds, 0.5), over));
    }
    const pieces = [1 / 9, 2 / 9, 2 / 3, 0];
    const train = seconds * pieces[stage];
    trained += train;
    agenda.add(over + train, () => next(worker, stage + 1, seconds, over + train));
  };
  const beat = (now) => {
    deal(now, 1, beatMs);
    agenda.add(now + beatEvery, () => beat(now + beatEvery));
  };
  for (let worker = 0; worker < workers; worker++) {
    const start = random.uniform() * Math.min(60, trialSeconds);
    agenda.add(start, () => next(worker, 0, random.logNormal(trialSeconds, 0.5), start));
    const first = random.uniform() * beatEvery;
    agenda.add(first, () => beat(first));
  }
  while (!agenda.isEmpty) {
    const { time, what } = agenda.next();
    if (time > end) break;
    what();
  }
  waits.sort((a, b) => a - b);
  const at = (share) => 1000 * (waits[Math.floor(share * (waits.length - 1))] ?? 0);
  return {
    workers,
    trialSeconds,
    latencyMs,
    trialsPerHour: Math.round((3600 * trials) / end),
    serverLoad: busy / cores / end,
    waitingShare: waited / Math.max(1e-9, waited + trained),
    dealingMs: { median: at(0.5), p99: at(0.99) },
  };
}
