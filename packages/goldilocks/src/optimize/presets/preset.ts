// A ready-made space for a training tool: its flags, its recommended settings with sources, and where it reports.
import type { SpaceFile } from '@goldilocks/protocol';

export interface Preset {
  readonly name: string;
  /** The tool, and the version whose flags these are. */
  readonly tool: string;
  readonly version: string;
  /** Where flags and output were looked up. */
  readonly source: string;
  /** A command to put after `--preset NAME --`. */
  readonly example: string;
  /** What a person must know. */
  readonly note?: string;
  readonly space: SpaceFile;
}

export const sources = {
  lora: 'LoRA Without Regret (Schulman et al., Thinking Machines, 2025): about ten times the rate of full fine-tuning',
  full: 'SmolLM3-3B and torchtune 1B: 2e-5; BERT grid 2e-5 to 5e-5 (arXiv:1810.04805)',
  epochs: 'OpenAI cookbook: three; repeated epochs degrade (arXiv:2305.13230)',
  decay: 'Tulu 3 (arXiv:2411.15124): 0; torchtune: 0.01',
  schedule: 'Tulu 3 (arXiv:2411.15124): linear; arXiv:2412.13337: constant costs nothing',
  dropout: "the one regulariser that helped over repeated epochs (arXiv:2305.13230); the tool's default",
  batch: 'effective batch below 32 for LoRA (LoRA Without Regret)',
  rank: "the tool's default",
} as const;
