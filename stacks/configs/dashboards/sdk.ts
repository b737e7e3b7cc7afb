// How is a dashboard written down? The only file that knows Grafana's own builder.
import {
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type Place, placesOf } from './layout.ts';
import type { Page, Panel, Query } from './page.ts';

export const datasourceUid = 'muster-prometheus';

const datasource = { type: 'prometheus', uid: datasourceUid };

function target({ expr, legend }: Query, index: number, kind: Panel['kind']): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode(65 + index));
  return kind === 'number' ? query.instant() : query.range();
}

function number(): StatBuilder {
  const last = new ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']);
  return new StatBuilder().graphMode(BigValueGraphMode.None).reduceOptions(last);
}

function lines(stacked: boolean): TimeSeriesBuilder {
  const legend = new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
  const panel = new TimeSeriesBuilder()
    .legend(legend)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .min(0);
  return stacked
    ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')).fillOpacity(30)
    : panel;
}

function panelOf(
  { description, kind, queries, title, unit }: Panel,
  id: number,
  place: Place,
): StatBuilder | TimeSeriesBuilder {
  const panel = kind === 'number' ? number() : lines(kind === 'areas');
  return panel
    .id(id)
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .gridPos(place)
    .targets(queries.map((query, index) => target(query, index, kind)));
}

/** The model that Grafana reads from a file; the same page gives the same bytes. */
export function dashboardOf({ description, panels, title, uid }: Page): object {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['muster'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s');
  const places = placesOf(panels);
  for (const [index, panel] of panels.entries()) dashboard.withPanel(panelOf(panel, index + 1, places[index] as Place));
  return dashboard.build();
}
