import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useCharts } from './modules';

/** Draws a picture as SVG for the inside of an HTML page (so without the namespaces that a file of its own needs). `name` is for screen readers. */
export function svgOf(
  option: EChartsOption,
  size: { readonly width: number; readonly height: number },
  name: string,
): string {
  useCharts();
  use([SVGRenderer]);
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ ...option, tooltip: { show: false } });
    const svg = chart.renderToSVGString();
    const view = `viewBox="0 0 ${size.width} ${size.height}"`;
    const inside = svg.slice(svg.indexOf('>') + 1).replace(/ xmlns(:\w+)?="[^"]*"/g, '');
    return `<svg ${view} width="${size.width}" height="${size.height}" role="img" aria-label="${attribute(name)}">${inside}`;
  } finally {
    chart.dispose();
  }
}

function attribute(text: string): string {
  return text.replace(/[&"<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
