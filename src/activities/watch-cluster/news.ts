/**
 * News: what signs of life and the clock make due between the rounds. The watcher asks about it at once, whatever the round under way
 * waits for.
 */
import { timeLimits } from '../../domain/time-limits.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { askAbout, type Watch } from './questions.ts';

export class News {
  readonly #watch: Watch;
  /** Jobs with a new sign from before the applications were known. */
  readonly #signed = new Set<string>();
  /** Applications to ask about, those first that wait longest. */
  readonly #due = new Set<string>();
  readonly #asking = new Set<Promise<void>>();
  #isOver = false;
  #wake: () => void = () => undefined;
  /** A defect, which the next round throws, because nothing awaits the news. */
  #defect: Error | null = null;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** @throws the defect that ended the listening, if there is one. */
  assertSound(): void {
    if (this.#defect !== null) throw this.#defect;
  }

  /** Listens until it is told to stop. @returns what stops it, and waits for the answers that are on their way. */
  listen(): () => Promise<void> {
    const listening = this.#listen();
    return async () => {
      this.#isOver = true;
      this.#wake();
      await listening;
      await Promise.all(this.#asking);
    };
  }

  async #listen(): Promise<void> {
    const { signsEveryMs } = this.#watch.deps.watch;
    try {
      while (!this.#hasEnded()) {
        const nextAt = Date.now() + signsEveryMs;
        await this.hear();
        await this.#pause(nextAt - Date.now());
      }
    } catch (error) {
      this.#defect = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Reads the signs once, and begins to ask about what is new. */
  async hear(): Promise<void> {
    const { deps, applications, complaints, signs, cluster } = this.#watch;
    const idsOf = applications.isListed ? applications.allByJob() : null;
    const changed = (job: string): void => {
      if (idsOf === null) this.#signed.add(job);
      else this.#askSoon(idsOf.get(job) ?? []);
    };
    const signed = [...this.#signed];
    this.#signed.clear();
    for (const job of signed) changed(job);
    this.#askSoon(applications.turningBy(Date.now(), deps.watch));
    await complaints.each([signs], {
      what: 'be read',
      nameOf: () => `the signs of life on cluster ${cluster.name}`,
      act: () => signs.read(changed),
    });
  }

  #askSoon(ids: readonly string[]): void {
    for (const id of ids) {
      this.#watch.applications.askNow(id);
      this.#due.add(id);
    }
    this.#askAboutDue();
  }

  #askAboutDue(): void {
    const { deps, applications } = this.#watch;
    // While the ResourceManager is silent its jobs are unreachable, and a JobManager that answers would make them waver.
    if (this.#isOver || applications.isSilent(deps.watch)) return;
    for (const id of this.#due) {
      if (this.#asking.size >= deps.watch.newsAtOnce) return;
      this.#due.delete(id);
      const asking = this.#ask(id);
      this.#asking.add(asking);
      void asking.then(() => {
        this.#asking.delete(asking);
        this.#askAboutDue();
      });
    }
  }

  /** An application that cannot be asked about, or a job that cannot be told, has its turn in a round. */
  async #ask(id: string): Promise<void> {
    try {
      await askAbout(this.#watch, id);
    } catch (error) {
      if (error instanceof Error && !(error instanceof SluiceError)) this.#defect ??= error;
    }
  }

  #hasEnded(): boolean {
    return this.#isOver || this.#defect !== null;
  }

  async #pause(milliseconds: number): Promise<void> {
    if (this.#hasEnded()) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.min(Math.max(0, milliseconds), timeLimits.watchTurn));
    });
    clearTimeout(timer);
  }
}
