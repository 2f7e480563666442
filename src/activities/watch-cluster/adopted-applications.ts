/** Adopted applications of a cluster. They carry no tags of ours, so their records in S3 tell which they are. */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { adoptedOn, readAdoption } from '../../records/adoptions.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import type { Complaints } from './complaints.ts';
import type { Identity } from './watched-application.ts';

/** The live adopted applications, and those about which YARN gave no answer that can be read. */
export interface AdoptedLive {
  readonly reports: readonly ApplicationReport[];
  readonly unanswered: readonly string[];
}

export class AdoptedApplications {
  readonly #deps: Dependencies;
  readonly #cluster: Cluster;
  readonly #complaints: Complaints;
  #byId: ReadonlyMap<string, Identity> = new Map();
  #readAt = 0;

  constructor(deps: Dependencies, cluster: Cluster, complaints: Complaints) {
    this.#deps = deps;
    this.#cluster = cluster;
    this.#complaints = complaints;
  }

  identityOf(id: string): Identity | null {
    return this.#byId.get(id) ?? null;
  }

  /** Each is asked for by id, because there are few, and each only until its next deploy. */
  async live(): Promise<AdoptedLive> {
    await this.#read();
    const asked = await this.#complaints.each([...this.#byId.keys()], {
      what: 'be asked for',
      nameOf: (id) => `adopted application ${id}`,
      act: (id) => this.#cluster.yarn.application(id),
    });
    const reports = asked.results.filter((report) => report !== null).filter(({ state }) => !isTerminal(state));
    return { reports, unanswered: asked.failed.map(({ item }) => item) };
  }

  /** Reads the adoptions again when they are due; while S3 is away, the earlier ones count. */
  async #read(): Promise<void> {
    if (Date.now() - this.#readAt < this.#deps.watch.adoptedEveryMs) return;
    try {
      const ids = await adoptedOn(this.#deps.s3, this.#cluster.name);
      const byId = new Map<string, Identity>();
      await this.#complaints.each(ids, {
        what: 'be read',
        nameOf: (applicationId) => `the record of adopted application ${applicationId}`,
        act: async (applicationId) => {
          const identity =
            this.#byId.get(applicationId) ??
            (await readAdoption(this.#deps.s3, { cluster: this.#cluster.name, applicationId }));
          if (identity) byId.set(applicationId, identity);
        },
      });
      this.#byId = byId;
      this.#readAt = Date.now();
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  }
}
