// AdamW (1711.05101) with clipping by the global norm, over named float32 tensors.

const BETA1 = 0.9;
const BETA2 = 0.97;
const EPSILON = 1e-8;
const WEIGHT_DECAY = 0.1;
const MAX_NORM = 1;

/** @returns {number} the L2 norm over all gradients */
export function globalNorm(gradientOf) {
  let sum = 0;
  for (const gradient of gradientOf.values())
    for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  return Math.sqrt(sum);
}

/** One step in place; `moments` holds `first` and `second`, maps like `weights`. Vectors (norms) do not decay. */
export function adamwStep({ weights, shapes, moments, gradientOf, step, learningRate }) {
  const norm = globalNorm(gradientOf);
  if (!Number.isFinite(norm)) return norm;
  const clip = Math.min(1, MAX_NORM / norm);
  const rate = learningRate * (Math.sqrt(1 - BETA2 ** step) / (1 - BETA1 ** step));
  const epsilon = EPSILON * Math.sqrt(1 - BETA2 ** step);
  for (const [name, weight] of weights) {
    const decay = shapes.get(name).length > 1 ? 1 - learningRate * WEIGHT_DECAY : 1;
    update(weight, gradientOf.get(name), moments.first.get(name), moments.second.get(name), {
      clip,
      rate,
      epsilon,
      decay,
    });
  }
  return norm;
}

function update(weight, gradient, first, second, { clip, rate, epsilon, decay }) {
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i] * clip;
    const m = BETA1 * first[i] + (1 - BETA1) * g;
    const v = BETA2 * second[i] + (1 - BETA2) * g * g;
    first[i] = m;
    second[i] = v;
    weight[i] = weight[i] * decay - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}
