// Says how far a download is and how long it will take, now and then.

const everyMilliseconds = 5000;

/** Lines such as `Downloading org/name: 45 % of 269 MB, 12.3 MB/s, 12 s left`. */
export class DownloadProgress {
  private readonly began: number;
  private told: number;
  /** Bytes of this run, for the speed; what was there before took no time. */
  private came = 0;
  private have = 0;

  constructor(
    private readonly name: string,
    private readonly total: number,
    private readonly tell: (text: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.began = now();
    this.told = this.began;
  }

  /** Bytes that were there already, or have to be fetched again (negative). */
  skip(count: number): void {
    this.have += count;
  }

  add(count: number): void {
    this.have += count;
    this.came += count;
    const now = this.now();
    if (now - this.told < everyMilliseconds && this.have < this.total) return;
    this.told = now;
    this.tell(this.line(now));
  }

  private line(now: number): string {
    const perSecond = this.came / Math.max(0.001, (now - this.began) / 1000);
    const left = Math.max(0, this.total - this.have) / Math.max(1, perSecond);
    const share = this.total === 0 ? 100 : Math.floor((100 * this.have) / this.total);
    return `Downloading ${this.name}: ${share} % of ${bytesText(this.total)}, ${bytesText(perSecond)}/s, ${timeText(left)} left`;
  }
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
