/** How everything looks in this browser. */
import { Panel } from '../../parts/panel.tsx';
import { changeSettings, densities, densityWords, themes, themeWords, useSettings } from '../../state/settings.ts';
import { zones, zoneWords } from '../../state/zone.ts';

export function LookTab() {
  const { theme, zone, density } = useSettings();
  return (
    <Panel title="This browser">
      <div className="choices">
        <Choice
          title="Theme"
          values={themes}
          words={themeWords}
          chosen={theme}
          onChange={(one) => changeSettings({ theme: one })}
        />
        <Choice
          title="Times"
          values={zones}
          words={zoneWords}
          chosen={zone}
          onChange={(one) => changeSettings({ zone: one })}
        />
        <Choice
          title="Rows"
          values={densities}
          words={densityWords}
          chosen={density}
          onChange={(one) => changeSettings({ density: one })}
        />
      </div>
    </Panel>
  );
}

interface ChoiceProps<T extends string> {
  readonly title: string;
  readonly values: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly onChange: (value: T) => void;
}

const Choice = <T extends string>({ title, values, words, chosen, onChange }: ChoiceProps<T>) => (
  <fieldset className="choice">
    <legend>{title}</legend>
    {values.map((value) => (
      <label key={value}>
        <input type="radio" name={title} checked={value === chosen} onChange={() => onChange(value)} />
        {words[value]}
      </label>
    ))}
  </fieldset>
);
