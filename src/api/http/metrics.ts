/** Counts what the API does, in Prometheus' text format. Workers have the metrics of Temporal's SDK. */

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10] as const;

interface Timing {
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Timing>();
  readonly #submissions = new Map<string, number>();
  readonly #gauges = new Map<string, { readonly help: string; readonly read: () => number }>();

  /** Registers a value that `render` reads. */
  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.set(name, { help, read });
  }

  /** Counts a request. `route` is the pattern, because paths would make every job name a label. */
  request(method: string, route: string, status: number, seconds: number): void {
    count(this.#requests, labels({ method, route, status: String(status) }));
    const key = labels({ method, route });
    const timing = this.#durations.get(key) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    this.#durations.set(key, timing);
    timing.sum += seconds;
    timing.count += 1;
    BUCKETS.forEach((bound, place) => {
      if (seconds <= bound) timing.counts[place] = (timing.counts[place] ?? 0) + 1;
    });
  }

  /** Counts a submission. `result` is `accepted`, or the code of the refusal. */
  submission(kind: string, result: string): void {
    count(this.#submissions, labels({ kind, result }));
  }

  render(): string {
    const lines: string[] = [];
    const family = (name: string, type: string, help: string): void => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    };
    family('sluice_api_requests_total', 'counter', 'Requests answered');
    for (const [key, value] of this.#requests) lines.push(`sluice_api_requests_total{${key}} ${value}`);
    family('sluice_api_request_duration_seconds', 'histogram', 'Time from a request to its answer');
    for (const [key, { counts, sum, count: all }] of this.#durations) {
      const name = 'sluice_api_request_duration_seconds';
      BUCKETS.forEach((bound, place) => lines.push(`${name}_bucket{${key},le="${bound}"} ${counts[place] ?? 0}`));
      lines.push(
        `${name}_bucket{${key},le="+Inf"} ${all}`,
        `${name}_sum{${key}} ${sum}`,
        `${name}_count{${key}} ${all}`,
      );
    }
    family('sluice_api_submissions_total', 'counter', 'Operations asked for, by result');
    for (const [key, value] of this.#submissions) lines.push(`sluice_api_submissions_total{${key}} ${value}`);
    for (const [name, { help, read }] of this.#gauges) {
      family(name, 'gauge', help);
      lines.push(`${name} ${read()}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

const count = (counters: Map<string, number>, key: string): void => {
  counters.set(key, (counters.get(key) ?? 0) + 1);
};

const labels = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, '_')}"`)
    .join(',');
