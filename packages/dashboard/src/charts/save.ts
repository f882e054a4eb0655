// Saves a chart as a picture, or its numbers.

export function saveText(content: string, name: string, type: string): void {
  saveBlob(new Blob([content], { type }), name);
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

interface Picture {
  option: object;
  width: number;
  height: number;
  background: string;
}

export async function saveSvg({ option, width, height, background }: Picture, name: string): Promise<void> {
  const { init } = await import('./echarts.js');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ ...option, backgroundColor: background });
  saveText(chart.renderToSVGString(), name, 'image/svg+xml');
  chart.dispose();
}

/** At twice the size shown. */
export async function savePng({ option, width, height, background }: Picture, name: string): Promise<void> {
  const { init } = await import('./echarts.js');
  const chart = init(document.createElement('div'), null, { renderer: 'canvas', width, height });
  // What is drawn piece by piece must be there whole.
  chart.setOption({ ...still(option), backgroundColor: background });
  const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: background });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  chart.dispose();
  if (blob) saveBlob(blob, name);
}

function still(option: object): object {
  const { series } = option as { series?: object | object[] };
  const all = Array.isArray(series) ? series : series ? [series] : [];
  return { ...option, series: all.map((one) => ({ ...one, progressive: 0 })) };
}
