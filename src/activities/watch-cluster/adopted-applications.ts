/** Adopted applications of a cluster. They carry no tags of ours, so their records in S3 tell which they are. */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { adoptedOn, readAdoption } from '../../records/adoptions.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Identity } from './watched-application.ts';

const AT_ONCE = 10;

export class AdoptedApplications {
  readonly #deps: Dependencies;
  readonly #cluster: Cluster;
  #byId: ReadonlyMap<string, Identity> = new Map();
  #readAt = 0;

  constructor(deps: Dependencies, cluster: Cluster) {
    this.#deps = deps;
    this.#cluster = cluster;
  }

  identityOf(id: string): Identity | null {
    return this.#byId.get(id) ?? null;
  }

  /** The live adopted applications. Each is asked for by id, because there are few, and each only until its next deploy. */
  async live(): Promise<readonly ApplicationReport[]> {
    await this.#read();
    const live: ApplicationReport[] = [];
    await inTurns(
      [...this.#byId.keys()],
      async (id) => {
        const report = await this.#cluster.yarn.application(id);
        if (report && !isTerminal(report.state)) live.push(report);
      },
      AT_ONCE,
    );
    return live;
  }

  /** Reads the adoptions again when they are due; while S3 is away, the earlier ones count. */
  async #read(): Promise<void> {
    if (Date.now() - this.#readAt < this.#deps.watch.adoptedEveryMs) return;
    try {
      const ids = await adoptedOn(this.#deps.s3, this.#cluster.name);
      const byId = new Map<string, Identity>();
      await inTurns(
        ids,
        async (applicationId) => {
          const identity =
            this.#byId.get(applicationId) ??
            (await readAdoption(this.#deps.s3, { cluster: this.#cluster.name, applicationId }));
          if (identity) byId.set(applicationId, identity);
        },
        AT_ONCE,
      );
      this.#byId = byId;
      this.#readAt = Date.now();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  }
}
