// Names of adapter tensors, as PEFT has them.

/** Of a linear layer's adapter matrices, and of DoRA's magnitudes. */
export const loraNames = (linearName: string) => ({
  a: `${linearName}.lora_A.weight`,
  b: `${linearName}.lora_B.weight`,
  magnitude: `${linearName}.lora_magnitude_vector`,
});

/** The weight that an adapter tensor belongs to; other names stay. */
export const weightOfAdapter = (name: string): string =>
  name.replace(/\.(lora_[AB]\.weight|lora_magnitude_vector)$/, '.weight');

/** A linear layer's name without that of the layer it is in: `model.layers.3.self_attn.q_proj` → `self_attn.q_proj`. */
export const nameInLayer = (linearName: string): string => linearName.replace(/^.*?\.\d+\./, '');
