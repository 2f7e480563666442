/** Stands between campaigns and the workflows of jobs: holds questions, loses requests and answers, and counts requests. */
import type { CampaignJobs } from '../../../src/activities/dependencies/campaign-settings.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';

export interface Between {
  /** The place for `Circumstances`. */
  readonly jobs: (real: CampaignJobs) => CampaignJobs;
  /** Jobs that were looked at before they were asked, in order. */
  readonly seen: string[];
  /** Jobs that a request has reached, in order. */
  readonly asked: string[];
  /** The next requests are lost, or their answers are; with a defect the activity fails after its request. */
  fault: 'none' | 'requestLost' | 'answerLost' | 'defect';
  /** Looks wait until the function is called that this returns. */
  hold(): () => void;
}

export function createBetween(): Between {
  let held: Promise<void> | null = null;
  const noAnswer = () => new SluiceError('TemporalUnavailable', 'no answer in time');
  const between: Between = {
    seen: [],
    asked: [],
    fault: 'none',
    hold() {
      let letGo = (): void => undefined;
      held = new Promise((resolve) => (letGo = resolve));
      return () => letGo();
    },
    jobs: (real) => ({
      ...real,
      async see(job) {
        between.seen.push(job);
        const view = await real.see(job);
        await held;
        return view;
      },
      async ask(asked) {
        if (between.fault === 'requestLost') throw noAnswer();
        between.asked.push(asked.job);
        const operation = await real.ask(asked);
        if (between.fault === 'answerLost') throw noAnswer();
        if (between.fault === 'defect') throw new Error('the answer has no form');
        return operation;
      },
    }),
  };
  return between;
}
