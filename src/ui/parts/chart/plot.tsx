/** The drawing of a chart on a canvas, by uPlot. `TimeChart` fetches it, and has its words beside it. */
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useSettings } from '../../state/settings.ts';
import type { Zone } from '../../state/zone.ts';
import { durationSteps, tickTexts, units, type Unit } from './axes.ts';
import { paletteOf, usePaletteName, type Palette } from './palette.ts';
import type { Series } from './series.ts';

interface PlotProps {
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly heightPx: number;
  readonly onPoint: (place: number | null) => void;
}

export default function Plot({ times, series, heightPx, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const { zone } = useSettings();
  const palette = usePaletteName();
  const data = dataOf(times, series);
  const newest = useRef(data);
  useEffect(() => {
    newest.current = data;
    plot.current?.setData(data);
  });
  const shape = JSON.stringify(series.map(({ title, unit }) => [title, unit]));
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const lines = JSON.parse(shape) as [string, Unit][]; // as just written
    const size = { width: element.clientWidth, height: heightPx };
    const options = { ...optionsOf(lines, zone, paletteOf(element, lines.length), onPoint), ...size };
    const drawn = new UPlot(options, newest.current, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [shape, zone, palette, heightPx, onPoint]);
  return <div ref={place} />;
}

const dataOf = (times: readonly number[], series: readonly Series[]): UPlot.AlignedData => [
  [...times],
  ...series.map(({ values }) => [...values]),
];

const LEFT = 3;
const RIGHT = 1;

type Lines = readonly (readonly [title: string, unit: Unit])[];

function optionsOf(
  lines: Lines,
  zone: Zone,
  palette: Palette,
  onPoint: (place: number | null) => void,
): Omit<UPlot.Options, 'width' | 'height'> {
  const found = [...new Set(lines.map(([, unit]) => unit))];
  return {
    ms: 1,
    tzDate: (at) => (zone === 'utc' ? UPlot.tzDate(new Date(at), 'Etc/UTC') : new Date(at)),
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? null)] },
    scales: Object.fromEntries(found.map((unit) => [unit, { range: fromZero }])),
    series: [{}, ...lines.map(([label, scale], index) => ({ label, scale, ...strokeOf(palette, index) }))],
    axes: [
      {
        ...frameOf(palette),
        space: 80,
        values: (_plot, ticks, _axis, _space, step) => tickTexts(ticks, step, zone),
      },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enum has types alone, no values
      ...found.map((unit, index) => ({
        ...frameOf(palette),
        scale: unit,
        side: index === 0 ? LEFT : RIGHT,
        size: 64,
        grid: { show: index === 0, stroke: palette.line, width: 1 },
        ...(unit === 'ms' ? { incrs: [...durationSteps] } : {}),
        values: (_plot: UPlot, ticks: number[]) => ticks.map((tick) => units[unit](tick)),
      })),
    ],
  };
}

/** Small changes of a large value must not look large. */
const fromZero: UPlot.Scale.Range = (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1];

/** Dashes tell lines apart where colours do not. */
const strokeOf = ({ series }: Palette, index: number) => ({
  stroke: series[index] ?? '',
  width: 1.5,
  ...(index === 0 ? {} : { dash: [6, 3 * index] }),
  points: { show: true, size: 4 },
});

const frameOf = ({ ink, line }: Palette): UPlot.Axis => ({
  stroke: ink,
  font: '12px system-ui, sans-serif',
  grid: { stroke: line, width: 1 },
  ticks: { stroke: line, width: 1 },
});
