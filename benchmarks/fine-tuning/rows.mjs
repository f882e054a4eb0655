// The work of each row: what is trained, on what, and how much faster than the peer it must be and should be.
const lora = {
  rank: 8,
  alpha: 16,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  rankStabilized: false,
};

/**
 * `step`: settled optimizer steps on full rows of random tokens, all logits. `train`: a run on sentences, completion-only, with an evaluation
 * each epoch, everything from the first graph to the last evaluation counted. `labels`: every label's likelihood as the answer to each prompt.
 * `sameAllocator`: the peer runs under our allocator settings as well.
 */
export const rows = {
  full: {
    kind: 'step',
    what: 'every weight, 4 × 128',
    method: 'full',
    rows: 4,
    tokens: 128,
    sameAllocator: true,
    must: 1.25,
    aim: 1.4,
  },
  'full-512': { kind: 'step', what: 'every weight, 4 × 512', method: 'full', rows: 4, tokens: 512, must: 1, aim: 1.1 },
  'full-2048': {
    kind: 'step',
    what: 'every weight, 1 × 2,048',
    method: 'full',
    rows: 1,
    tokens: 2048,
    must: 1,
    aim: 1.1,
  },
  lora: { kind: 'step', what: 'LoRA r = 8, 4 × 128', method: 'lora', lora, rows: 4, tokens: 128, must: 1.4, aim: 1.6 },
  sentences: {
    kind: 'train',
    what: 'sentences, LoRA, one epoch',
    method: 'lora',
    lora,
    frozen: 0,
    epochs: 1,
    must: 3,
    aim: 5,
  },
  chat: {
    kind: 'train',
    what: 'the same as chats',
    method: 'lora',
    lora,
    frozen: 0,
    epochs: 1,
    template: 'chat',
    must: 3,
    aim: 5,
  },
  'top-layers': {
    kind: 'train',
    what: 'top 4 layers, three epochs',
    method: 'full',
    frozen: -4,
    epochs: 3,
    must: 4,
    aim: 8,
  },
  labels: { kind: 'labels', what: 'evaluation of a label task', must: 5, aim: 10 },
};

/** What both sides train with. */
export const shared = {
  batchSize: 16,
  learningRate: 2e-4,
  weightDecay: 0.01,
  maxGradientNorm: 1,
  intents: 10,
  validation: 32,
  seed: 7,
};
