/** The survey of a job's restore points, by which each turn of retention decides what may go. */
import { inTurns } from '../../concurrency/in-turns.ts';
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { lineageOf, type Lineage } from '../../domain/restore-points/lineage.ts';
import {
  decideRetention,
  isMaybeClaimed,
  type Keep,
  type Needs,
  type Unit,
} from '../../domain/restore-points/retention.ts';
import { locationOf, writerOf } from '../../domain/restore-points/stored-points.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { entryOf, readLedger, type Entry, type Ledger } from './ledger.ts';
import { checkpointFolders, checkpointsIn, savepointFolders, type NamedFolder } from './listing.ts';
import { readSnapshot, type Snapshot } from './stored-points.ts';

/** A unit that was not opened yet. */
export interface NamedUnit extends NamedFolder, Pick<Unit, 'kind' | 'location' | 'mayBeClaimed'> {
  readonly epoch: number;
}

interface Asked {
  readonly current: Deployment;
  /** The last deployment before `current` that ran. */
  readonly previous: Deployment | null;
  readonly keep: Keep;
}

/** An incomplete unit is as old as the newest of so many of its objects. */
const MOST_LOOKED_AT = 1_000;

/** Orders units by age; the place of a unit stays the same from turn to turn. */
export const placeOf = ({ epoch, location }: NamedUnit): string => `${String(epoch).padStart(12, '0')} ${location}`;

export class Survey {
  /** The units whose writer is known, oldest first. All others stay. */
  readonly units: readonly NamedUnit[];
  readonly #deps: Dependencies;
  readonly #keep: Keep;
  readonly #needs: Needs;
  readonly #ways: readonly Lineage<Entry>[];
  readonly #looked = new Map<string, Promise<Unit>>();
  #newest: readonly Unit[] = [];

  private constructor(deps: Dependencies, asked: Asked, ledger: Ledger, folders: readonly NamedFolder[]) {
    this.#deps = deps;
    this.#keep = asked.keep;
    this.#needs = needsOf(ledger, asked);
    const ways = hasRun(asked.current) ? [asked.current] : [asked.current, asked.previous];
    this.#ways = ways.flatMap((way) => (way === null ? [] : lineageOf(ledger.entries, entryOf(way))));
    this.units = unitsOf(deps.s3.bucket, ledger, folders).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }

  static async of(deps: Dependencies, asked: Asked): Promise<Survey> {
    const { job } = asked.current;
    const [savepoints, checkpoints, ledger] = await Promise.all([
      savepointFolders(deps.s3, job),
      checkpointFolders(deps.s3, job),
      readLedger(deps.s3, asked.current),
    ]);
    const survey = new Survey(deps, asked, ledger, [...savepoints, ...checkpoints]);
    survey.#newest = [...(await survey.#newestOf('savepoint')), ...(await survey.#newestOf('checkpoint'))];
    return survey;
  }

  /** The units of these that no rule keeps. */
  async due(units: readonly NamedUnit[]): Promise<readonly Unit[]> {
    const asked = await inTurns(units, (unit) => this.#look(unit));
    const known = [...new Set([...this.#newest, ...asked])];
    const decided = decideRetention({ ...this.#needs, units: known, keep: this.#keep, now: Date.now() });
    const due = new Set(decided.filter(({ keptBecause }) => keptBecause === null).map(({ unit }) => unit));
    return asked.filter((unit) => due.has(unit));
  }

  /** Opens units from the newest epoch on, until the rules about the newest and the count have all that they keep. */
  async #newestOf(kind: Unit['kind']): Promise<readonly Unit[]> {
    const units = this.units.filter((unit) => unit.kind === kind);
    const epochs = [...new Set(units.map(({ epoch }) => epoch))].sort((a, b) => b - a);
    const looked: Unit[] = [];
    for (const epoch of epochs) {
      const usable = looked.filter(({ whole, abandoned }) => whole && abandoned !== true);
      const open = this.#ways.filter((_way, index) => !usable.some(({ onWays }) => onWays[index] === true));
      const mayBeOn = (way: Lineage<Entry>) => way.has({ epoch, checkpointId: null }) !== false;
      if (usable.length >= this.#keep.count && !open.some(mayBeOn)) continue;
      const ofEpoch = units.filter((unit) => unit.epoch === epoch);
      looked.push(...(await inTurns(ofEpoch, (unit) => this.#look(unit))));
    }
    return looked;
  }

  #look(unit: NamedUnit): Promise<Unit> {
    const looking = this.#looked.get(unit.location) ?? this.#open(unit);
    this.#looked.set(unit.location, looking);
    return looking;
  }

  async #open({ folder, kind, location, epoch, mayBeClaimed }: NamedUnit): Promise<Unit> {
    const snapshot = await this.#newestSnapshot(kind, folder);
    const { checkpointId } = snapshot ?? { checkpointId: null };
    const onTheWay = this.#ways.map((way) => way.has({ epoch, checkpointId }));
    return {
      location,
      kind,
      epoch,
      mayBeClaimed,
      checkpointId,
      whole: snapshot !== null,
      abandoned: onTheWay.includes(true) ? false : onTheWay.includes(null) ? null : true,
      onWays: onTheWay.map((isOn) => isOn !== false),
      changedAt: snapshot?.completedAt ?? (await this.#newestObject(folder)),
    };
  }

  async #newestSnapshot(kind: Unit['kind'], folder: string): Promise<Snapshot | null> {
    const { s3 } = this.#deps;
    const folders = kind === 'savepoint' ? [{ folder }] : await checkpointsIn(s3, `${folder}/`);
    for (const one of folders) {
      const snapshot = await readSnapshot(s3, one.folder);
      if (typeof snapshot !== 'string') return snapshot;
    }
    return null;
  }

  async #newestObject(folder: string): Promise<number> {
    let newest = 0;
    for await (const entry of this.#deps.s3.list(`${folder}/`, { limit: MOST_LOOKED_AT }))
      if (entry.kind === 'object') newest = Math.max(newest, entry.lastModified);
    return newest;
  }
}

function unitsOf(bucket: string, { entries }: Ledger, folders: readonly NamedFolder[]): NamedUnit[] {
  const recorded = new Map(
    entries
      .flatMap(({ restorePoint, ended }) => [restorePoint, ended?.savepoint ?? null])
      .flatMap((point) => (point === null ? [] : [[locationOf(point.path), point.epoch] as const])),
  );
  const adopted = entries.filter(({ isAdopted }) => isAdopted);
  const alike = new Map<string, Entry[]>();
  for (const entry of entries) {
    const digits = entry.flinkJobId.slice(0, 6);
    alike.set(digits, [...(alike.get(digits) ?? []), entry]);
  }
  return folders.flatMap((folder): NamedUnit[] => {
    const location = `${bucket}/${folder.folder}`;
    const epoch = recorded.get(location) ?? writerOf(folder, alike.get(folder.writer.slice(0, 6)) ?? [])?.epoch ?? null;
    if (epoch === null) return [];
    return [{ ...folder, location, epoch, mayBeClaimed: isMaybeClaimed({ location, epoch }, adopted) }];
  });
}

function needsOf({ entries, target }: Ledger, { current, previous }: Asked): Needs {
  const { hops } = lineageOf(entries, entryOf(current));
  const after = hops.map(({ deployment }) => deployment).filter(({ number }) => target && number > target.number);
  return {
    current,
    previous,
    target,
    afterTarget: after.at(-1) ?? null,
    provenEpochs: entries.flatMap(({ epoch, completedCheckpoint }) => (completedCheckpoint === null ? [] : epoch)),
  };
}
