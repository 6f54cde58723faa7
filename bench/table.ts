import type { FigureShown, Scenario } from './scenario.ts';
import { median } from './statistics.ts';

/** What one program did in one scenario: the values of each figure, or why there are none. */
export type Result = ReadonlyMap<string, readonly number[]> | { readonly failure: string };

export interface Measured {
  readonly scenario: Scenario;
  readonly ours: Result;
  /** Null: there was none to compare with. */
  readonly peer: Result | null;
}

/** All figures as one table in Markdown, each with its target where it has one. */
export function table(measured: readonly Measured[]): string {
  const hasPeer = measured.some(({ peer }) => peer !== null);
  const header = [
    '',
    'autoloop',
    '(from - to)',
    'target',
    '',
    ...(hasPeer ? ['peer', '(from - to)', 'peer / autoloop'] : []),
  ];
  const rows = measured.flatMap((one) => [
    [`**${one.scenario.title}**`],
    ...one.scenario.figures.map((figure) => rowOf(figure, one, hasPeer)),
  ]);
  const notes = measured.flatMap(({ ours, peer }) => [ours, peer].flatMap((result) => failureOf(result)));
  return [aligned([header, ...rows]), ...notes].join('\n');
}

function rowOf(figure: FigureShown, { ours, peer }: Measured, hasPeer: boolean): string[] {
  const [own, others] = [valuesOf(ours, figure.key), valuesOf(peer, figure.key)];
  const { atMost } = figure;
  const target = atMost === undefined ? '' : `<= ${shown(atMost, figure.unit)}`;
  const verdict = atMost === undefined || own.length === 0 ? '' : verdictOf(own, atMost);
  const left = [figure.label, ...cells(own, figure), target, verdict];
  if (!hasPeer) return left;
  const ratio = own.length === 0 || others.length === 0 ? '' : (median(others) / median(own)).toFixed(2);
  return [...left, ...cells(others, figure), Number.isFinite(Number(ratio)) ? ratio : ''];
}

/** What else the machine does only adds to a figure. */
function verdictOf(values: readonly number[], atMost: number): string {
  if (median(values) <= atMost) return 'ok';
  return Math.min(...values) <= atMost ? 'ok at best' : 'over';
}

function cells(values: readonly number[], { unit }: FigureShown): [string, string] {
  if (values.length === 0) return ['-', ''];
  const range = `(${shown(Math.min(...values), '')} - ${shown(Math.max(...values), '')})`;
  return [shown(median(values), unit), values.length === 1 ? '' : range];
}

/** Three digits or so: what is beyond them changes from run to run. */
function shown(value: number, unit: FigureShown['unit']): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toFixed(digits).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return unit === '' || unit === 'x' ? `${number}${unit}` : `${number} ${unit}`;
}

function valuesOf(result: Result | null, key: string): readonly number[] {
  return result === null || 'failure' in result ? [] : (result.get(key) ?? []);
}

function failureOf(result: Result | null): string[] {
  return result !== null && 'failure' in result ? [`no figures: ${result.failure}`] : [];
}

/** Text to the left, figures to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const count = rows[0]?.length ?? 0;
  const columns = Array.from({ length: count }, (_, at) => at);
  const widths = columns.map((at) => Math.max(3, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${columns.map((at) => pad(row[at] ?? '', widths[at] ?? 0, at)).join(' | ')} |`;
  const rule = `|${columns.map((at) => '-'.repeat((widths[at] ?? 0) + (at === 0 ? 2 : 1)) + (at === 0 ? '' : ':')).join('|')}|`;
  const [header = [], ...body] = rows;
  return [line(header), rule, ...body.map(line)].join('\n');
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
