/**
 * Metrics in the text format of Prometheus.
 *
 * @module
 */

/** A number, with what distinguishes it from others of its family. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one metric. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The content type of {@link metricsText}. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A family with one sample. */
export function metric(type: MetricFamily['type'], name: string, help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ value }] };
}

/** Puts families of several processes together. */
export function mergeFamilies(all: readonly MetricFamily[]): readonly MetricFamily[] {
  const merged = new Map<string, MetricFamily>();
  for (const family of all) {
    const samples = [...(merged.get(family.name)?.samples ?? []), ...family.samples];
    merged.set(family.name, { ...family, samples });
  }
  return [...merged.values()];
}

/** Adds labels to all samples. */
export function labelled(family: MetricFamily, labels: Readonly<Record<string, string>>): MetricFamily {
  return {
    ...family,
    samples: family.samples.map((sample) => ({ ...sample, labels: { ...sample.labels, ...labels } })),
  };
}

/** The text that Prometheus reads. */
export function metricsText(families: readonly MetricFamily[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
