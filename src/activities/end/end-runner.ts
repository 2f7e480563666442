/** Ends the launcher of a start, so that its client submits nothing any more. */
import { isTerminal } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { lookForLife } from '../instance/confirm-dead.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { saveRunnerLog } from './evidence.ts';

interface Input {
  readonly deployment: Deployment;
  readonly evidenceOf: string | null;
  readonly believeLost: boolean;
}

/** Time between two kills of the same application. */
export const ASK_AGAIN_MS = 3_000;

export class EndingRunner {
  readonly warnings: string[] = [];
  /** Nodes that count as gone only because a person has decided so. */
  believedLost: readonly string[] = [];
  readonly #deps: Dependencies;
  readonly #id: string;
  readonly #input: Input;
  #isLogKept: boolean;
  #askedAt = 0;

  constructor(deps: Dependencies, id: string, input: Input) {
    this.#deps = deps;
    this.#id = id;
    this.#input = input;
    // Once the instance ran, the log of its launch is of no use.
    this.#isLogKept = input.evidenceOf === null || input.deployment.runningAt !== null;
  }

  /** Why the launcher may still submit something; null once it cannot. */
  async look(): Promise<string | null> {
    const { deployment, believeLost } = this.#input;
    const { job, cluster: name, flinkJobId, runningAt } = deployment;
    const { yarn } = clusterOfInstance(this.#deps, name);
    const report = await yarn.application(this.#id);
    if (report && !this.#isLogKept) {
      this.warnings.push(...(await saveRunnerLog(this.#deps, deployment, report, this.#input.evidenceOf ?? '')));
      this.#isLogKept = true;
    }
    if (report && !isTerminal(report.state)) {
      if (Date.now() - this.#askedAt >= ASK_AGAIN_MS) {
        await yarn.kill(this.#id);
        this.#askedAt = Date.now();
      }
      return `launcher ${this.#id} is still ${report.state}`;
    }
    // The instance ran, so the launcher's client had submitted it and has ended.
    if (runningAt !== null) return null;
    const suspect = { job, cluster: name, applicationId: this.#id, flinkJobId, report, believeLost };
    const { doubt, believedLost } = await lookForLife(this.#deps, suspect);
    this.believedLost = believedLost;
    return doubt;
  }
}
