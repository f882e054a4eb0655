// Dynamic loss scaling (1710.03740): small gradients vanish in 16 bits, large ones overflow, so the loss is multiplied by as much as they bear.

const highest = 2 ** 16;
/** Steps without overflow after which the scale is doubled, as in PyTorch's GradScaler. */
const growthInterval = 2000;

export class LossScale {
  private steps = 0;
  /** A power of 2, so that scaling does not round. */
  private scale = highest;

  get value(): number {
    return this.scale;
  }

  /** Notes a step. @returns whether it overflowed and should be taken again, with half the scale */
  retry(applied: boolean): boolean {
    if (!applied && this.scale > 1) {
      this.scale /= 2;
      this.steps = 0;
      return true;
    }
    this.steps += 1;
    if (this.steps % growthInterval === 0) this.scale = Math.min(highest, 2 * this.scale);
    return false;
  }
}
