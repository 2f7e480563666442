/** Checks that the records that everything depends on can be read: fences, adoptions and releases. */
import type { RecordStore } from '../../records/record-store.ts';
import type { ReleaseCatalogue } from '../../releases/catalogue.ts';
import { broken, fine, type Finding } from '../checkups.ts';

interface Stores {
  readonly records: RecordStore;
  readonly releases: Pick<ReleaseCatalogue, 'found' | 'read'>;
  readonly clusters: readonly string[];
}

/** The most findings: a reader begins with these. */
const MOST = 50;

export async function checkRecords({ records, releases, clusters }: Stores): Promise<readonly Finding[]> {
  const [fences, adoptions, { listed, unreadable }] = await Promise.all([
    records.fences(),
    Promise.all(clusters.map((cluster) => records.adoptions(cluster))),
    releases.found().then((found) => releases.read(found)),
  ]);
  const bad = [...fences.unreadable, ...adoptions.flatMap((adopted) => adopted.unreadable), ...unreadable];
  if (bad.length > 0) return bad.slice(0, MOST).map(({ key, problem }) => broken('records', key, problem));
  const count = fences.values.length + adoptions.flatMap(({ values }) => values).length + listed.length;
  return [fine('records', `${count} fences, adoptions and releases were read`)];
}
