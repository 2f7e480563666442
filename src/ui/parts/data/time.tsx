/** A moment as an age that goes on by itself. The full time, and the same in ISO 8601, are in its title. */
import { useNow } from '../../state/clock.ts';
import { useSettings } from '../../state/settings.ts';
import { ageText, agoText, durationText, momentText } from './format.ts';

interface TimeProps {
  readonly at: string | null | undefined;
  /** `ago`: "3 min ago"; `age`: "3 min"; `moment`: date and time; `clock`: the time of the day. */
  readonly as?: 'ago' | 'age' | 'moment' | 'clock';
  /** Shown where there is no time. */
  readonly none?: string;
  readonly className?: string;
}

export function Time({ at, as = 'ago', none = '–', className }: TimeProps) {
  const { zone } = useSettings();
  const now = useNow(paceOf(at));
  if (at == null) return none;
  const moment = momentText(at, zone);
  const past = now - Date.parse(at);
  const texts = { ago: agoText(past), age: ageText(past), moment, clock: momentText(at, zone, 'time') };
  return (
    <time className={className} dateTime={at} title={`${moment} ${zone === 'utc' ? 'UTC' : 'local time'} · ${at}`}>
      {texts[as]}
    </time>
  );
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An age of hours is the same for minutes: nothing is drawn anew each second that stays as it is. */
function paceOf(at: string | null | undefined): number {
  const past = at == null ? 0 : Date.now() - Date.parse(at);
  return past > 2 * HOUR ? MINUTE : past > 2 * MINUTE ? 10 * SECOND : SECOND;
}

/** The time since a moment, or until another one, by the second. */
export function Elapsed({ since, until = null }: { readonly since: string; readonly until?: string | null }) {
  const now = useNow();
  return <span className="number">{durationText((until === null ? now : Date.parse(until)) - Date.parse(since))}</span>;
}
