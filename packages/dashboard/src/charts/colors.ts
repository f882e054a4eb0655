// The tokens as colours that a canvas takes, and scales that colour-blind people can read.

const names = [
  ...['bg', 'card', 'raised', 'ink', 'muted', 'line', 'line-strong', 'base', 'recommended', 'found', 'zone'],
  ...['bad', 'good', 'grey-wash'],
] as const;

export type Colors = Record<'bg' | 'card' | 'raised' | 'ink' | 'muted' | 'line' | 'line-strong', string> &
  Record<'base' | 'recommended' | 'found' | 'zone' | 'bad' | 'good' | 'grey-wash', string>;

/** As the theme shown now makes them. */
export function readColors(): Colors {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colors = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colors) as Colors;
}

// Cividis (Nuñez, Anderton, Renslow 2018) at nine places: even in lightness, the same to all kinds of colour vision.
const cividis = [
  [0, 32, 77],
  [0, 52, 110],
  [58, 74, 108],
  [87, 96, 110],
  [112, 117, 120],
  [140, 139, 121],
  [170, 161, 113],
  [203, 186, 97],
  [255, 234, 70],
] as const;

/** A share of the way from bad (0) to good (1): the good ones stand out from the page, whether it is light or dark. */
export function scaleColor(share: number, dark: boolean): string {
  // Against white the yellow end would vanish, against black the navy end.
  const place = (dark ? 0.12 + 0.88 * share : 0.86 * (1 - share)) * (cividis.length - 1);
  const at = Math.min(cividis.length - 2, Math.floor(place));
  const rest = place - at;
  const mix = [0, 1, 2].map((i) => Math.round(cividis[at]![i]! * (1 - rest) + cividis[at + 1]![i]! * rest));
  return `rgb(${mix.join(',')})`;
}

/** So much of `color` over a background; both as `rgb(…)`. */
export function over(color: string, share: number, background: string): string {
  const parts = (rgb: string) => (rgb.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const [front, back] = [parts(color), parts(background)];
  return `rgb(${front.map((part, i) => Math.round(share * part + (1 - share) * back[i]!)).join(',')})`;
}

/** Lines that are told apart by more than colour get their dash as well. After Okabe and Ito (2008). */
export function lineLook(index: number, dark: boolean): { color: string; type: 'solid' | number[] } {
  const light = ['#a86400', '#0b6aa8', '#00785a', '#9b3f78', '#b3431a', '#5a5a5a'];
  const onDark = ['#f0b13c', '#6bb6e8', '#35c79b', '#e08cbb', '#f08a5d', '#bdbdbd'];
  const dashes: ('solid' | number[])[] = ['solid', [8, 4], [2, 3], [10, 3, 2, 3]];
  const palette = dark ? onDark : light;
  return { color: palette[index % palette.length]!, type: dashes[index % dashes.length]! };
}
