import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';

/** Registers what the pictures are made of, and no more; a renderer is registered by whoever draws. */
export function useCharts(): void {
  use([BarChart, CustomChart, LineChart, ScatterChart]);
  use([GridComponent, LegendComponent, MarkLineComponent, TooltipComponent]);
}
